"""Calls that may have been made already: what the worker's steps do with them. A real JustClick of our own."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest
from redis import Redis

from config.settings import load_settings
from relay import keys
from relay.justclick.sandbox import Sandbox
from relay.lifecycle import Trigger
from relay.models import Attempt, Delivery
from relay.outcomes import Accepted
from relay.replaying import replay
from relay.store import Claim, Gate, Move, Store
from tests.support.making import a_delivery, keep
from tests.support.running import Running
from workers.deliver import attempt, read_result
from workers.parts import WorkerParts, build

ORDER = {"bill_email": "anna@example.com", "goods": [{"good_name": "course", "good_sum": "10.00"}]}
ACCOUNT = "account:school"


@pytest.fixture
def parts(running: Running, redis: Redis) -> WorkerParts:
    return build(load_settings(running.environ), redis)


def an_order(**changes: Any) -> Delivery:
    return a_delivery(function="CreateOrder", params=ORDER, **changes)


def claimed(parts: WorkerParts, delivery: Delivery, links: Mapping[str, Any] | None = None) -> Claim:
    keep(parts.store, delivery)
    return reclaimed(parts, links)


def reclaimed(parts: WorkerParts, links: Mapping[str, Any] | None = None) -> Claim:
    _, [claim] = parts.store.claim(parts.name, 1, parts.configuration.accounts.values())
    return Claim(claim.delivery, {**claim.links, **(links or {})})


def test_a_call_that_redis_may_have_forgotten_is_left_alone_first(parts: WorkerParts, sandbox: Sandbox) -> None:
    """Its first claim may still be open: whoever looked now would not see the order, and make it again."""
    now = parts.store.now_ms()
    move = attempt(claimed(parts, an_order(), {"forgotten": now}), parts)
    assert (move.trigger, move.fields["reason"]) == (Trigger.POSTPONED, "interrupted")
    assert 5000 < move.fields["next_attempt_at"] - now < 7000  # the account's timeout, and as long as a claim is fresh
    assert sandbox.calls == []
    assert parts.store.move(move)
    move = attempt(claimed(parts, an_order(), {"forgotten": now - 7000}), parts)
    assert move.trigger is Trigger.ACCEPTED


def test_no_clock_makes_it_left_alone_for_long(parts: WorkerParts) -> None:
    """The moment at which Redis was started lies ahead: its clock was set back, and nobody has noticed yet."""
    now = parts.store.now_ms()
    move = attempt(claimed(parts, an_order(), {"forgotten": now + 3600_000}), parts)
    assert move.fields["next_attempt_at"] - now < 7000


def test_what_may_be_repeated_waits_for_nobody(parts: WorkerParts) -> None:
    """A lead."""
    lead = a_delivery(params={"rid": ["webinar"], "lead_email": "anna@example.com"})
    assert attempt(claimed(parts, lead, {"forgotten": parts.store.now_ms()}), parts).trigger is Trigger.ACCEPTED


def test_the_order_of_another_delivery_is_not_taken_for_ours(parts: WorkerParts, sandbox: Sandbox) -> None:
    """Somebody bought the same twice; the answer to one call was lost. Only a person can tell whether it was made."""
    other = attempt(claimed(parts, an_order()), parts)
    assert parts.store.move(other)
    lost = claimed(parts, an_order(doubtful_since=parts.store.now_ms()))
    move = attempt(lost, parts)
    assert (move.trigger, move.fields["reason"]) == (Trigger.GAVE_UP, "uncertain")
    assert other.delivery.id in move.fields["note"]
    assert len(sandbox.state.orders) == 1


def test_our_own_order_is_found(parts: WorkerParts, sandbox: Sandbox) -> None:
    """The answer was lost; nobody else has it."""
    attempt(claimed(parts, an_order()), parts)  # and is never written
    parts.store.give_back(parts.name, parts.store.claims_of(parts.name))
    move = attempt(reclaimed(parts), parts)
    [number] = sandbox.state.orders
    assert (move.trigger, move.fields["result"]) == (Trigger.ACCEPTED, {"bill_id": str(number)})


@pytest.mark.parametrize(("in_bulk", "asked"), [(False, ["CreateOrder"]), (True, ["GetBills", "CreateOrder"])])
def test_who_replays_an_uncertain_order_has_looked(
    parts: WorkerParts, sandbox: Sandbox, in_bulk: bool, asked: list[str]
) -> None:
    """Another look would end as before. Nobody has looked at each of many."""
    order = an_order(makes=("bill:school:1",), doubtful_since=parts.store.now_ms())
    move = Move(claimed(parts, order).delivery, Trigger.GAVE_UP, Attempt(1, 5, 1), {"reason": "uncertain"})
    assert parts.store.move(move)
    replay(parts.store, parts.configuration, order.id, in_bulk=in_bulk)
    assert attempt(reclaimed(parts), parts).trigger is Trigger.ACCEPTED
    assert [call.function for call in sandbox.calls] == asked


def test_looking_keeps_the_accounts_pace(running: Running, redis: Redis, sandbox: Sandbox) -> None:
    """Two questions and the call itself, at five a second."""
    running.configuration = running.configuration.replace("max_per_second: 500", "max_per_second: 5")
    parts = build(load_settings(running.environ), redis)
    claim = claimed(parts, an_order(doubtful_since=parts.store.now_ms()))
    began = time.monotonic()
    assert attempt(claim, parts).trigger is Trigger.ACCEPTED
    assert [call.function for call in sandbox.calls] == ["GetBills", "CreateOrder"]
    assert time.monotonic() - began > 0.15


def test_an_order_made_already_says_nothing_of_justclick(parts: WorkerParts, store: Store, sandbox: Sandbox) -> None:
    """As a probe it opens no gate: another one has to find out."""
    claim = claimed(parts, an_order(), {"made": "7", "probe": ACCOUNT})
    store.close_gate(Gate(ACCOUNT, "probing", "account-unreachable", since=1, probe=claim.delivery.id))
    assert attempt(claim, parts).trigger is Trigger.ACCEPTED
    assert store.gates()[ACCOUNT].state == "closed"
    assert store.gates_due() == [ACCOUNT]
    assert sandbox.calls == []


def test_a_code_4_that_could_not_be_checked_is_tried_again(running: Running, redis: Redis, sandbox: Sandbox) -> None:
    """Only a wrong key pauses the account until a person comes; silence to the check does not."""
    running.secret = "wrong"
    parts = build(load_settings(running.environ), redis)
    sandbox.trouble(function="GetAllGroups", shape="cut", times=1)
    for until in (True, False):
        move = attempt(claimed(parts, an_order()), parts)
        assert move.trigger is Trigger.BLOCKED
        assert (parts.store.gates()[ACCOUNT].until is not None) is until
        parts.store.move(move)
        redis.hdel(keys.GATES, ACCOUNT)


@pytest.mark.parametrize(("told", "number"), [("8", "8"), (8, "8"), ([{"bill_id": 8}], "8"), (True, None)])
def test_an_orders_number_is_read_in_every_shape(told: Any, number: str | None) -> None:
    """Whoever would make it again must find it; what is not understood is kept as it came."""
    result = read_result(an_order(makes=("bill:school:1",)), Accepted(0, "OK", told))
    assert result == ({"bill_id": number} if number else told)
