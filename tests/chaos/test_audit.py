"""A check that cannot fail proves nothing: each kind of violation is planted into sound books, and must be found."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from benchmarks.chaos import audit
from benchmarks.chaos.books import read_books
from benchmarks.chaos.faults.weather import impatient
from benchmarks.chaos.justclick import Seen, Trouble
from benchmarks.chaos.sent import LEAD, ORDER, PAYMENT, UNMAPPABLE
from relay import keys
from tests.chaos.conftest import World, again, without


def _answer(world: World, kind: str, **changes: object) -> None:
    one = next(one for one in world.sent if one.kind == kind)
    one.answers.append(replace(one.answers[0], **changes))


def _replace_first_answer(world: World, kind: str, **changes: object) -> None:
    one = next(one for one in world.sent if one.kind == kind)
    one.answers[0] = replace(one.answers[0], **changes)


def _forget_answer_and_call(world: World) -> None:
    """The sender of the lead was never answered and gave up; JustClick was never called."""
    next(one for one in world.sent if one.kind == LEAD).answers.clear()
    world.seen = without(world.seen, "AddLeadToGroup")


def _set(key: Callable[[World], str], field: str, value: object) -> Callable[[World], object]:
    return lambda world: world.redis.hset(key(world), field, value)


def _lead(world: World) -> str:
    return world.delivery(LEAD)


def test_sound_books_are_sound(world: World) -> None:
    """Nothing is found where nothing is wrong."""
    assert [str(one) for one in audit.audit(read_books(world.redis), world.seen, world.sent)] == []
    assert audit.safe_repeats(world.seen, world.sent) == 0


PLANTED: dict[str, tuple[str, Callable[[World], object]]] = {
    "an event is gone": ("event-missing", lambda w: w.redis.delete(w.event(LEAD))),
    "a delivery is gone": ("delivery-missing", lambda w: w.redis.delete(_lead(w))),
    "an event has two deliveries instead of none": (
        "no-delivery",
        _set(lambda w: w.event(LEAD), "deliveries", "dlv_x"),
    ),
    "a delivery has not ended": ("unfinished", _set(_lead, "state", "retrying")),
    "a delivery is dead that should be delivered": ("wrong-end", _set(_lead, "state", "dead")),
    "a call was never made": ("never-made", lambda w: setattr(w, "seen", without(w.seen, "CreateOrder"))),
    "a safe call was never made": ("never-made", lambda w: setattr(w, "seen", without(w.seen, "AddLeadToGroup"))),
    "an order was made twice": ("made-twice", lambda w: again(w, ORDER)),
    "a payment was made twice": ("made-twice", lambda w: again(w, PAYMENT)),
    "a call was made that no attempt tells of": ("uncounted", lambda w: again(w, LEAD)),
    "an attempt tells of an answer that nobody gave": (
        "phantom",
        lambda w: w.seen.__setitem__(0, replace(w.seen[0], answered_at=None)),
    ),
    "a call that nobody asked for": ("stranger", lambda w: w.seen.append(replace(w.seen[0], who="x@example.com"))),
    "a call with a wrong signature": (
        "not-genuine",
        lambda w: w.seen.__setitem__(0, replace(w.seen[0], genuine=False)),
    ),
    "kept as two events": ("kept-twice", lambda w: _answer(w, LEAD, event_id="evt_other")),
    "two webhooks, one event": (
        "shared-event",
        lambda w: _replace_first_answer(w, ORDER, event_id=w.event(LEAD)[len(keys.EVENT) :]),
    ),
    "a server error": ("odd-answer", lambda w: _answer(w, LEAD, status=500)),
    "503 without Retry-After": ("no-retry-after", lambda w: _answer(w, LEAD, status=503)),
    "a first try that is called a duplicate": (
        "false-duplicate",
        lambda w: _replace_first_answer(w, LEAD, duplicate=True),
    ),
    "what cannot be mapped was delivered": ("not-told", _set(lambda w: w.delivery(UNMAPPABLE), "state", "delivered")),
    "in two indexes of states": (
        "two-states",
        lambda w: w.redis.zadd(keys.in_state("sending"), {w.ids[LEAD]: 0}),
    ),
    "an event that nobody sent": ("stranger-event", lambda w: w.redis.hset(w.event(LEAD), "body", '{"id": "x-1"}')),
    "kept a second time, and its sender was not told": (
        "kept-twice",
        lambda w: w.redis.copy(w.event(LEAD), keys.EVENT + "evt_second"),
    ),
    "kept though nobody was answered, and never made": ("never-made", _forget_answer_and_call),
    "in no index of states": ("two-states", lambda w: w.redis.zrem(keys.in_state("delivered"), w.ids[LEAD])),
    "missing among all": ("not-in-index", lambda w: w.redis.zrem(keys.ALL, w.ids[LEAD])),
    "missing among its function's": (
        "not-in-index",
        lambda w: w.redis.zrem(keys.of_function("AddLeadToGroup"), w.ids[LEAD]),
    ),
    "an event missing among all": (
        "not-in-index",
        lambda w: w.redis.zrem(keys.EVENTS, w.event(LEAD)[len(keys.EVENT) :]),
    ),
    "an index names what is not there": ("index-of-nothing", lambda w: w.redis.zadd(keys.ALL, {"dlv_nothing": 0})),
    "an index of another hook": ("wrong-index", lambda w: w.redis.zadd(keys.of_hook("order"), {w.ids[LEAD]: 0})),
    "a dead letter missing by code": ("dead-letters", lambda w: w.redis.delete(keys.dead_of("code", 103))),
    "a living one among the dead": (
        "dead-letters",
        lambda w: w.redis.zadd(keys.dead_of("hook", "lead"), {w.ids[LEAD]: 0}),
    ),
    "an attempt is not told": ("attempts", lambda w: w.redis.hdel(_lead(w), "a1")),
    "an attempt too many": ("attempts", _set(_lead, "a2", "{}")),
    "the last attempt says otherwise": ("attempts", _set(_lead, "a1", json.dumps({"trigger": "postponed"}))),
    "accepted is counted wrongly": ("counter", lambda w: w.redis.hincrby(keys.COUNTS, "accepted:lead", 1)),
    "delivered is counted wrongly": ("counter", lambda w: w.redis.hincrby(keys.COUNTS, "delivered", -1)),
    "dead letters are counted wrongly": ("counter", lambda w: w.redis.hdel(keys.COUNTS, "dead:103")),
    "dead letters are counted wrongly by kind": ("dead-counts", lambda w: w.redis.delete(keys.DEAD_COUNTS)),
    "an idempotency mark of nothing": ("no-event", lambda w: w.redis.set(keys.seen("lead", "id:x"), "evt_nothing")),
    "still counted as in flight": ("left-over", lambda w: w.redis.sadd(keys.IN_FLIGHT + "school", w.ids[LEAD])),
    "still claimed": ("left-over", lambda w: w.redis.sadd(keys.CLAIMS + "w1", w.ids[LEAD])),
    "still due": ("left-over", lambda w: w.redis.zadd(keys.DUE, {w.ids[LEAD]: 1})),
    "still held": ("left-over", lambda w: w.redis.zadd(keys.HELD + "account:school", {w.ids[LEAD]: 0})),
    "still waiting": ("left-over", lambda w: w.redis.zadd(keys.WAIT_UNTIL, {w.ids[LEAD]: 1})),
    "still being made": ("left-over", lambda w: w.redis.set(keys.MAKING + "bill:school:1", w.ids[ORDER])),
    "a job left in a queue": ("left-over", lambda w: w.redis.rpush(keys.QUEUE + "school", w.ids[LEAD])),
    "a job of RQ left": ("left-over", lambda w: w.redis.hset(keys.JOB + w.ids[LEAD], "data", "x")),
    "a closed gate": ("left-over", lambda w: w.redis.hset(keys.GATES, "account:school", "{}")),
    "a claim's mark on what has ended": ("left-over", _set(_lead, "claimed_by", "w1")),
}


@pytest.mark.parametrize("told", PLANTED)
def test_what_is_planted_is_found(world: World, told: str) -> None:
    """By its own name."""
    kind, plant = PLANTED[told]
    plant(world)
    assert kind in world.wrong()


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("an event is gone", "event-missing"),
        ("a delivery is gone", "delivery-missing"),
        ("a delivery has not ended", "unfinished"),
        ("a call was never made", "never-made"),
    ],
)
def test_what_is_lost_is_counted(world: World, told: str, kind: str) -> None:
    """One webhook, however many violations speak of it."""
    PLANTED[told][1](world)
    found = audit.audit(read_books(world.redis), world.seen, world.sent)
    assert {f"{LEAD}-1", f"{ORDER}-1"} & audit.lost(found)
    assert audit.doubled(found) == set()


def test_what_is_doubled_is_counted(world: World) -> None:
    """An order that was made twice; a lead that was sent twice is a safe repeat."""
    again(world, ORDER)
    again(world, LEAD)
    assert audit.doubled(audit.audit(read_books(world.redis), world.seen, world.sent)) == {f"{ORDER}-1"}
    assert audit.safe_repeats(world.seen, world.sent) == 1


def test_tries_that_nobody_answered_or_answered_late_are_found(world: World) -> None:
    """While no web process was touched there may be none."""
    assert list(audit.unanswered(world.sent)) == []
    _answer(world, LEAD, status=0)
    _answer(world, ORDER, status=503, took=21.0)
    assert [one.kind for one in audit.unanswered(world.sent)] == ["unanswered", "slow-answer"]


def test_who_asks_for_patience_must_get_it() -> None:
    """Counted from the answer that asked for it, for this call of this customer alone."""
    asked = Seen(
        0, 10.0, "CreateOrder", "a@b.example", {}, True, False, None, 11.0, Trouble(status=429, retry_after="2")
    )
    other = replace(asked, at=11.5, who="c@d.example", trouble=None)
    assert impatient([asked, other, replace(asked, at=13.0, trouble=None)]) == []
    assert [one.kind for one in impatient([asked, replace(asked, at=12.9, trouble=None)])] == ["impatient"]
