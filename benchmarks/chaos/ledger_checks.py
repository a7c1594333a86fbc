"""Whether the store's books agree with each other when nothing is on its way: records, indexes, counters, leftovers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from benchmarks.chaos.books import Books, Record
from benchmarks.chaos.violation import Violation

STATES = ("queued", "waiting", "held", "sending", "retrying", "delivered", "dead", "discarded")
ENDS = ("delivered", "dead", "discarded")
ENDING = {"accepted": "delivered", "refused": "dead", "gave_up": "dead", "expired": "dead"}
WHILE_SENDING = ("claimed_by", "claimed_at", "held_by", "next_attempt_at")


def check_all(books: Books, forgetful: bool = False) -> Iterator[Violation]:
    """``forgetful``: what was delivered may have been removed, so marks and counters may speak of what is gone."""
    yield from _events(books, forgetful)
    for id_, delivery in books.deliveries.items():
        yield from _delivery(books, id_, delivery)
        yield from _attempts(id_, delivery)
    yield from _index_members(books)
    yield from _dead_counts(books)
    if not forgetful:
        yield from _counters(books)
    for key in books.left:
        yield Violation("left-over", key, "still holds something though nothing is on its way")


# ---------------------------------------------------------------- events
def _events(books: Books, forgetful: bool) -> Iterator[Violation]:
    for id_, event in books.events.items():
        for index in ("events", f"events:{event.get('hook')}"):
            if id_ not in books.indexes.get(index, ()):
                yield Violation("not-in-index", id_, f"is missing in {index}")
        for delivery in event.get("deliveries", "").split():
            gone = forgetful and delivery not in books.deliveries
            if not gone and books.deliveries.get(delivery, {}).get("event_id") != id_:
                yield Violation("no-delivery", id_, f"names {delivery}, which is not its delivery")
    for mark, id_ in books.seen.items():
        if id_ not in books.events and not forgetful:
            yield Violation("no-event", mark, f"marks {id_}, which is not there")


# ---------------------------------------------------------------- deliveries
def _delivery(books: Books, id_: str, delivery: Record) -> Iterator[Violation]:
    state = delivery.get("state", "")
    if id_ not in books.events.get(delivery.get("event_id", ""), {}).get("deliveries", "").split():
        yield Violation("no-event", id_, f"its event {delivery.get('event_id')} does not know it")
    found = [name for name in STATES if id_ in books.indexes.get(f"state:{name}", ())]
    if found != [state]:
        yield Violation("two-states", id_, f"is {state}, and stands among the {' and '.join(found) or 'none'}")
    if state not in ENDS:
        yield Violation("unfinished", id_, f"is {state} though nothing is on its way")
    for index in ("all", f"hook:{delivery.get('hook')}", f"function:{delivery.get('function')}"):
        if id_ not in books.indexes.get(index, ()):
            yield Violation("not-in-index", id_, f"is missing in {index}")
    for name in WHILE_SENDING:
        if state in ENDS and name in delivery:
            yield Violation("left-over", id_, f"has ended and still has {name}")
    yield from _dead_letter(books, id_, delivery)


def _dead_letter(books: Books, id_: str, delivery: Record) -> Iterator[Violation]:
    for kind in ("hook", "function", "code"):
        listed = id_ in books.indexes.get(f"dead:{kind}:{delivery.get(kind)}", ())
        if listed != (delivery.get("state") == "dead" and kind in delivery):
            told = "stands" if listed else "is missing"
            yield Violation("dead-letters", id_, f"is {delivery.get('state')} and {told} in dead:{kind}")


def _attempts(id_: str, delivery: Record) -> Iterator[Violation]:
    number, state = int(delivery.get("number", 0)), delivery.get("state", "")
    told = {place: json.loads(delivery[f"a{place}"]) for place in range(1, number + 1) if f"a{place}" in delivery}
    if missing := [place for place in range(1, number + 1) if place not in told]:
        yield Violation("attempts", id_, f"counts {number} attempts, and nothing is told of {missing}")
    if f"a{number + 1}" in delivery:
        yield Violation("attempts", id_, f"counts {number} attempts and tells of one more")
    if state in ENDS and number and not missing:
        trigger = told[number].get("trigger")
        expired = state == "dead" and delivery.get("reason") in ("order-unknown", "result-unknown")
        if ENDING.get(trigger) != state and not expired:
            yield Violation("attempts", id_, f"is {state}, but its last attempt says {trigger}")
    if state == "delivered" and not number:
        yield Violation("attempts", id_, "is delivered without an attempt")


# ---------------------------------------------------------------- the other way round
def _index_members(books: Books) -> Iterator[Violation]:
    for name, members in books.indexes.items():
        records = books.events if name == "events" or name.startswith("events:") else books.deliveries
        for id_ in members:
            record = records.get(id_)
            kind, _, value = name.rpartition(":")
            field = kind.removeprefix("dead:").replace("events", "hook")
            if record is None:
                yield Violation("index-of-nothing", id_, f"stands in {name} and is not there")
            elif field and record.get(field) != value:
                yield Violation("wrong-index", id_, f"stands in {name}, but its {field} is {record.get(field)}")


def _counters(books: Books) -> Iterator[Violation]:
    expected: Counter[str] = Counter()
    for event in books.events.values():
        expected[f"accepted:{event.get('hook')}"] += 1
    for delivery in books.deliveries.values():
        if delivery.get("state") == "delivered":
            expected["delivered"] += 1
        elif delivery.get("state") == "dead" and "problems" not in delivery:  # dead at birth is not counted
            expected[f"dead:{delivery.get('code', delivery.get('reason', ''))}"] += 1
    for name in expected.keys() | {one for one in books.counts if one.startswith(("accepted:", "delivered", "dead:"))}:
        if expected[name] != books.counts.get(name, 0):
            yield Violation("counter", name, f"says {books.counts.get(name, 0)}, and there are {expected[name]}")


def _dead_counts(books: Books) -> Iterator[Violation]:
    dead = [one for one in books.deliveries.values() if one.get("state") == "dead"]
    there = Counter(
        (one["hook"], one["function"], int(one["code"]) if "code" in one else None, one["account"]) for one in dead
    )
    counted = {tuple(json.loads(kind)): number for kind, number in books.dead_counts.items()}
    for kind in there.keys() | counted.keys():
        if there[kind] != counted.get(kind, 0):
            told = f"{counted.get(kind, 0)} dead letters are counted, and there are {there[kind]}"
            yield Violation("dead-counts", " ".join(map(str, kind)), told)
