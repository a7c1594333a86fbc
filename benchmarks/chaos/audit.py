"""Holds three books against each other: what senders were promised, what the store says, what JustClick saw.

Every check yields violations; that each of them can fail is shown by planting violations (tests/chaos/test_audit.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.chaos import ledger_checks
from benchmarks.chaos.books import Books, Record
from benchmarks.chaos.justclick import Seen
from benchmarks.chaos.sent import DEAD_IN_THE_END, REFUSED, UNMAPPABLE, Expected, Webhook
from benchmarks.chaos.violation import Violation
from relay import keys

__all__ = ["Violation", "audit", "doubled", "lost"]

LOST = frozenset({"event-missing", "delivery-missing", "unfinished", "never-made"})
SLOWEST_ANSWER = 20.0  # seconds
DOUBLED = frozenset({"made-twice", "kept-twice"})


@dataclass(frozen=True, slots=True)
class Ended:
    """How an expected call ended in the store's eyes."""

    id: str
    state: str
    reason: str
    number: int
    answered: int  # attempts that tell of an answer


def audit(books: Books, seen: Sequence[Seen], sent: Sequence[Webhook], *, forgetful: bool = False) -> list[Violation]:
    """All violations. Books and calls must be read when nothing is on its way any more.

    ``forgetful``: the store had to make room, so what was delivered may be gone; dead letters may not.
    """
    return [
        *ledger_checks.check_all(books, forgetful),
        *_answers(sent),
        *_promises(books, seen, sent, forgetful),
        *_strangers(seen, sent),
        *_untold(books, seen, sent, forgetful),
    ]


def lost(violations: Iterable[Violation]) -> set[str]:
    return {violation.about for violation in violations if violation.kind in LOST}


def doubled(violations: Iterable[Violation]) -> set[str]:
    return {violation.about for violation in violations if violation.kind in DOUBLED}


# ---------------------------------------------------------------- what senders heard
def _answers(sent: Sequence[Webhook]) -> Iterator[Violation]:
    owners: dict[str, str] = {}
    for one in sent:
        about = _name(one)
        kept = [answer for answer in one.answers if 200 <= answer.status < 300]
        events = {answer.event_id for answer in kept}
        if len(events) > 1:
            yield Violation("kept-twice", about, f"was kept as {' and '.join(sorted(events))}")
        for event in events:
            if owners.setdefault(event, about) != about:
                yield Violation("shared-event", about, f"has the event of {owners[event]}: {event}")
        for place, answer in enumerate(one.answers):
            if answer.status not in (0, 200, 503):
                yield Violation("odd-answer", about, f"was answered {answer.status}")
            if answer.status == 503 and not answer.retry_after.isdigit():
                yield Violation("no-retry-after", about, "was answered 503 without Retry-After")
            if answer.duplicate and place == 0:
                yield Violation("false-duplicate", about, "was called a duplicate at its first try")


def unanswered(sent: Sequence[Webhook]) -> Iterator[Violation]:
    """While no web process was touched, every try is answered, and soon enough: routers wait for 30 seconds."""
    for one in sent:
        for answer in one.answers:
            if answer.status == 0:
                yield Violation("unanswered", _name(one), f"was not answered at all, for {answer.took:.1f} s")
            elif answer.took > SLOWEST_ANSWER:
                yield Violation("slow-answer", _name(one), f"was answered {answer.status} after {answer.took:.1f} s")


# ---------------------------------------------------------------- what became of what was promised
def _promises(books: Books, seen: Sequence[Seen], sent: Sequence[Webhook], forgetful: bool) -> Iterator[Violation]:
    calls = _by_customer(seen)
    for one in sent:
        if one.kept is None:
            continue
        if forgetful and one.kind not in DEAD_IN_THE_END and one.kept.event_id not in books.events:
            yield from _forgotten(one, calls)
        else:
            yield from _promise(one, one.kept.event_id, books, calls, forgetful)


def _forgotten(one: Webhook, calls: Mapping[tuple[str, str], Sequence[Seen]]) -> Iterator[Violation]:
    """Only what was delivered may be forgotten; JustClick must know of it."""
    for expected in one.expected:
        acted = sum(call.acted for call in calls.get((expected.function, expected.who), ()))
        if not acted:
            yield Violation("never-made", _name(one), f"{expected.function} was forgotten before it was made")
        elif acted > 1 and not expected.safe:
            yield Violation("made-twice", _name(one), f"{expected.function} was made {acted} times")


def _promise(
    one: Webhook, event_id: str, books: Books, calls: dict[tuple[str, str], list[Seen]], forgetful: bool
) -> Iterator[Violation]:
    event = books.events.get(event_id)
    if event is None:
        yield Violation("event-missing", _name(one), f"was answered 2xx as {event_id}, which is not there")
        return
    known = [id_ for id_ in event.get("deliveries", "").split() if id_ in books.deliveries]
    deliveries = {books.deliveries[id_]["function"]: id_ for id_ in known}
    if one.kind == UNMAPPABLE:
        states = [books.deliveries[id_]["state"] for id_ in deliveries.values()]
        if states != ["dead"]:
            yield Violation("not-told", _name(one), f"cannot be mapped, and its deliveries are {states}")
    for expected in one.expected:
        made = calls.get((expected.function, expected.who), [])
        if expected.function not in deliveries:
            if forgetful:
                yield from _forgotten(one, calls)
                continue
            yield Violation("delivery-missing", _name(one), f"{event_id} has no {expected.function}")
            continue
        id_ = deliveries[expected.function]
        yield from _call(one, expected, _ended(id_, books.deliveries[id_]), made)


def _ended(id_: str, delivery: Record) -> Ended:
    number = int(delivery.get("number", 0))
    told = [json.loads(delivery.get(f"a{place}", "{}")) for place in range(1, number + 1)]
    # What was found by looking it up is told in a note: that attempt made no call.
    answered = sum(attempt.get("code") is not None and not attempt.get("note") for attempt in told)
    return Ended(id_, delivery["state"], delivery.get("reason", ""), number, answered)


def _call(one: Webhook, expected: Expected, ended: Ended, made: Sequence[Seen]) -> Iterator[Violation]:
    what = f"{expected.function} for {expected.who} ({ended.id}, {ended.state} {ended.reason})".rstrip()
    acted = [call for call in made if call.acted]
    wanted = "dead" if one.kind == REFUSED else "delivered"
    unsure = not expected.safe and ended.state == "dead" and ended.reason == "uncertain"
    if ended.state not in ("delivered", "dead", "discarded"):
        yield Violation("unfinished", _name(one), what)
    elif ended.state != wanted and not unsure:
        yield Violation("wrong-end", _name(one), f"{what} should be {wanted}")
    if not (made if one.kind == REFUSED else acted) and not unsure:
        yield Violation("never-made", _name(one), what)
    if not expected.safe and (len(acted) > 1 or _made_after_it_had_worked(made)):
        yield Violation("made-twice", _name(one), f"{what}: {len(made)} calls, {len(acted)} of them carried out")
    if len(made) > ended.number:
        yield Violation("uncounted", _name(one), f"{what}: {len(made)} calls, but {ended.number} attempts")
    if ended.answered > sum(call.answered_at is not None for call in made):
        yield Violation("phantom", _name(one), f"{what}: {ended.answered} attempts tell of answers that nobody gave")


def _made_after_it_had_worked(made: Sequence[Seen]) -> bool:
    first = next((place for place, call in enumerate(made) if call.acted), len(made))
    return len(made) > first + 1


def _strangers(seen: Sequence[Seen], sent: Sequence[Webhook]) -> Iterator[Violation]:
    """Calls that nobody has asked for, and calls that were not signed as JustClick signs."""
    asked = {(expected.function, expected.who) for one in sent for expected in one.expected}
    for call in seen:
        if not call.genuine:
            yield Violation("not-genuine", call.who, f"{call.function} had a wrong hash")
        changes = call.function in ("AddLeadToGroup", "CreateOrder", "UpdateOrderStatus")
        if changes and (call.function, call.who) not in asked:
            yield Violation("stranger", call.who or "nobody", f"{call.function} {call.params} was never asked for")


def _untold(books: Books, seen: Sequence[Seen], sent: Sequence[Webhook], forgetful: bool) -> Iterator[Violation]:
    """Events that stand in the store and of which no sender was told: each must be a sent one, and is a promise too."""
    senders = _senders(books, sent, forgetful)
    calls = _by_customer(seen)
    for id_ in books.events:
        one = senders.get(id_)
        if one is None:
            yield Violation("stranger-event", id_, "stands in the store, and nobody has sent it")
        elif id_ in (told := {answer.event_id for answer in one.answers if 200 <= answer.status < 300}):
            continue
        elif told:
            yield Violation("kept-twice", _name(one), f"stands in the store as {id_} too, not only as {told}")
        else:
            yield from _promise(one, id_, books, calls, forgetful)


def _senders(books: Books, sent: Sequence[Webhook], forgetful: bool) -> dict[str, Webhook]:
    """Who has sent each event, by its body; where the store had to make room, by what the sender heard, or its mark."""
    bodies = {(one.hook, one.body["id"]): one for one in sent}
    found = {}
    for id_, event in books.events.items():
        known = (event.get("hook", ""), json.loads(event.get("body", "{}")).get("id", ""))
        if known in bodies:
            found[id_] = bodies[known]
    if forgetful:
        bare = {id_ for id_, event in books.events.items() if "body_removed" in event}
        marked = {books.seen.get(_mark(one)): one for one in sent}
        heard = {one.kept.event_id: one for one in sent if one.kept}
        found.update({id_: one for id_, one in {**marked, **heard}.items() if id_ in bare})
    return found


def _mark(one: Webhook) -> str:
    """As it stands in ``Books.seen``."""
    return keys.seen(one.hook, f"id:{one.body['id']}").removeprefix(keys.SEEN)


def _by_customer(seen: Sequence[Seen]) -> dict[tuple[str, str], list[Seen]]:
    calls: dict[tuple[str, str], list[Seen]] = {}
    for call in seen:
        calls.setdefault((call.function, call.who), []).append(call)
    return calls


def safe_repeats(seen: Sequence[Seen], sent: Sequence[Webhook]) -> int:
    """Calls that are safe to repeat and were made again after they had worked (their answer was lost)."""
    safe = {(expected.function, expected.who) for one in sent for expected in one.expected if expected.safe}
    acted: dict[tuple[str, str], int] = {}
    again = 0
    for call in seen:
        key = (call.function, call.who)
        if key in safe:
            again += key in acted
            if call.acted:
                acted[key] = call.number
    return again


def longest_wait(seen: Sequence[Seen], sent: Sequence[Webhook]) -> float:
    """Seconds from the answer 2xx to the first time that the call was carried out, at the slowest event."""
    first: dict[tuple[str, str], float] = {}
    for call in seen:
        if call.acted or call.code is not None:
            first.setdefault((call.function, call.who), call.at)
    return max((made - answered for answered, made in _pairs(first, sent)), default=0.0)


def longest_way(books: Books, sent: Sequence[Webhook], clock: float) -> float:
    """Seconds from the answer 2xx to the end state, at the slowest event. ``clock``: time.time() - time.monotonic()."""
    ends: dict[str, float] = {}
    for event_id, event in books.events.items():
        found = [books.deliveries[id_] for id_ in event.get("deliveries", "").split() if id_ in books.deliveries]
        ends[event_id] = max((int(one["updated_at"]) / 1000 - clock for one in found), default=0.0)
    waits = [ends[one.kept.event_id] - one.kept.at for one in sent if one.kept and one.kept.event_id in ends]
    return max(waits, default=0.0)


def _pairs(first: Mapping[tuple[str, str], float], sent: Sequence[Webhook]) -> Iterator[tuple[float, float]]:
    for one in sent:
        for expected in one.expected:
            if one.kept and (made := first.get((expected.function, expected.who))):
                yield one.kept.at, made


def _name(one: Webhook) -> str:
    return f"{one.kind}-{one.number}"
