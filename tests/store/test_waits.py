"""How long a delivery waits for what it needs: from when it first had to, not from when it came in."""

from __future__ import annotations

import pytest
from redis import Redis

from relay import keys
from relay.lifecycle import Trigger
from relay.models import Attempt, Delivery
from relay.store import Move, Store
from tests.support.making import CLOSED, SCHOOL, a_delivery, claim_all, keep, state_of

LINK = keys.bill_link("school", "1")
HOUR = 3600_000  # ms


def a_payment(store: Store, **changes: object) -> Delivery:
    return a_delivery(function="UpdateOrderStatus", awaits=(LINK,), wait=60.0, **changes)


def until(redis: Redis, delivery: Delivery) -> float:
    return float(redis.zscore(keys.WAIT_UNTIL, delivery.id) or 0)


def test_the_time_in_a_queue_or_behind_a_pause_does_not_count(store: Store, redis: Redis) -> None:
    """The workers were away for the night, or the account was paused: its order was held as long as the payment."""
    old = store.now_ms() - 7 * HOUR
    payment = a_payment(store, created_at=old, updated_at=old)
    store.close_gate(CLOSED)
    keep(store, payment)
    assert claim_all(store) == []
    store.open_gate("account:school")
    assert claim_all(store) == []
    assert state_of(store, payment.id) == "waiting"
    assert 50_000 < until(redis, payment) - store.now_ms() <= 60_000
    assert store.expire_waiting() == 0


def test_who_waits_again_does_not_begin_anew(store: Store, redis: Redis) -> None:
    """Woken in vain; but a clock that has been set back since does not make it longer either."""
    payment = a_payment(store)
    keep(store, payment)
    claim_all(store)
    first = until(redis, payment)
    for ahead in (-10_000, HOUR):
        redis.hincrby(keys.DELIVERY + payment.id, "waits_since", ahead)
        assert store.wake(LINK) == 1
        claim_all(store)
        assert until(redis, payment) <= first + 5000
    assert until(redis, payment) - store.now_ms() <= 60_000


def test_a_replay_waits_anew(store: Store, redis: Redis) -> None:
    """Its order may have been replayed beside it."""
    payment = a_payment(store)
    keep(store, payment)
    claim_all(store)
    redis.hincrby(keys.DELIVERY + payment.id, "waits_since", -7 * HOUR)
    redis.zadd(keys.WAIT_UNTIL, {payment.id: 1})
    assert store.expire_waiting() == 1
    dead = store.delivery(payment.id)
    assert dead is not None
    assert (dead.state, dead.reason) == ("dead", "order-unknown")
    store.move(Move(dead, Trigger.REPLAYED))
    assert claim_all(store) == []
    assert 50_000 < until(redis, payment) - store.now_ms() <= 60_000


@pytest.mark.parametrize("role", ["awaits", "makes"])
def test_what_has_come_unseen_is_not_given_up(store: Store, redis: Redis, role: str) -> None:
    """Whoever was to wake it was killed, and nobody looked until its time was over."""
    maker = a_delivery(function="CreateOrder", makes=(LINK,))
    waiting = a_delivery(function="CreateOrder", **{role: (LINK,)})
    keep(store, maker)
    keep(store, waiting)
    claim_all(store)
    assert state_of(store, waiting.id) == "waiting"
    redis.set(keys.LINK + LINK, "77")
    redis.zadd(keys.WAIT_UNTIL, {waiting.id: 1})
    assert store.expire_waiting() == 1
    assert state_of(store, waiting.id) == "queued"


def test_who_waits_for_its_maker_does_not_wait_for_ever(store: Store, redis: Redis) -> None:
    """What it needs is there, and another makes what it would make: its time ends like anybody's."""
    redis.set(keys.LINK + "result:evt_1:first", "1")
    keep(store, a_delivery(function="CreateOrder", makes=(LINK,)))
    second = a_delivery(function="CreateOrder", makes=(LINK,), awaits=("result:evt_1:first",))
    keep(store, second)
    claim_all(store)
    redis.zadd(keys.WAIT_UNTIL, {second.id: 1})
    assert store.expire_waiting() == 1
    assert state_of(store, second.id) == "dead"


def test_very_many_that_must_wait_are_moved_in_slices(store: Store) -> None:
    """One script blocks the store for as long as it takes."""
    for _ in range(250):
        keep(store, a_payment(store))
    again, taken = store.claim("w1", 100, [SCHOOL])
    assert (again, taken, store.counts()["waiting"]) == (0, [], 200)
    store.claim("w1", 100, [SCHOOL])
    assert store.counts()["waiting"] == 250


def test_an_order_that_was_made_is_not_waited_for(store: Store) -> None:
    """The usual case: the link stands when the payment is claimed."""
    order, payment = a_delivery(function="CreateOrder", makes=(LINK,)), a_payment(store)
    keep(store, order)
    [claim] = claim_all(store)
    move = Move(claim.delivery, Trigger.ACCEPTED, Attempt(1, 1, 1, code=0), {"result": {"bill_id": "7"}})
    assert store.move(move)
    keep(store, payment)
    [claim] = claim_all(store)
    assert claim.links == {LINK: "7"}
