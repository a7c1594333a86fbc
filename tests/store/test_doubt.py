"""Orders of which nobody knows whether they were made: the doubt goes on to whoever would make the same one."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from redis import Redis

from relay import keys
from relay.lifecycle import Trigger
from relay.models import Attempt, Delivery
from relay.store import Claim, Move, Store
from tests.support.making import SCHOOL, a_delivery, claim_all, keep

LINK = keys.bill_link("school", "1")


def an_order(makes: tuple[str, ...] = (LINK,), **changes: Any) -> Delivery:
    return a_delivery(function="CreateOrder", makes=makes, **changes)


def claimed(store: Store, order: Delivery) -> Claim:
    keep(store, order)
    [claim] = claim_all(store)
    return claim


def test_who_makes_an_order_after_a_maker_that_died_in_doubt_has_to_look(store: Store) -> None:
    """Two events of one payment: the first call timed out for good, and may have been carried out."""
    first = claimed(store, an_order())
    gone = {"reason": "uncertain", "doubtful_since": 5}
    assert store.move(Move(first.delivery, Trigger.GAVE_UP, Attempt(1, 5, 1), gone))
    assert claimed(store, an_order()).delivery.doubtful_since == 5


def test_a_waiting_twin_takes_the_doubt_over(store: Store) -> None:
    """It was there before the maker died."""
    keep(store, an_order())
    keep(store, an_order())
    [first] = claim_all(store)
    store.move(Move(first.delivery, Trigger.GAVE_UP, Attempt(1, 5, 1), {"reason": "uncertain", "doubtful_since": 5}))
    [second] = claim_all(store)
    assert second.delivery.doubtful_since == 5


def test_a_maker_that_was_refused_leaves_no_doubt(store: Store) -> None:
    """JustClick said no: nothing was made."""
    first = claimed(store, an_order())
    store.move(Move(first.delivery, Trigger.REFUSED, Attempt(1, 5, 1, code=600), {"code": 600, "reason": "refused"}))
    assert claimed(store, an_order()).delivery.doubtful_since is None


@pytest.mark.parametrize("result", [None, [], {"bill_id": None}, {"number": 3}])
def test_an_order_whose_number_is_not_known_is_not_made_again_blindly(store: Store, result: Any) -> None:
    """Accepted, but without a number in any known shape: the next event of it looks for it."""
    first = claimed(store, an_order())
    told = Attempt(1, 5, 1, code=0)
    store.move(Move(first.delivery, Trigger.ACCEPTED, told, {"code": 0, "result": result}))
    assert claimed(store, an_order()).delivery.doubtful_since == 5


def test_doubt_ends_when_the_order_is_found(store: Store, redis: Redis) -> None:
    """Its number stands for it from then on."""
    redis.set(keys.DOUBT + LINK, 5)
    first = claimed(store, an_order())
    store.move(Move(first.delivery, Trigger.ACCEPTED, Attempt(1, 5, 1, code=0), {"result": {"bill_id": "7"}}))
    assert not redis.exists(keys.DOUBT + LINK)
    assert claimed(store, an_order()).links["made"] == "7"


def test_the_maker_of_an_order_is_known(store: Store) -> None:
    """By account and number; the number of somebody's order id or of another account is no order of JustClick's."""
    mine, other = an_order(makes=()), an_order(makes=())
    for one, bill in ((mine, "7"), (other, "8")):
        claim = claimed(store, one)
        fields = {"result": {"bill_id": bill}}
        assert store.move(Move(claim.delivery, Trigger.ACCEPTED, Attempt(1, 5, 1, code=0), fields, found=(bill,)))
    keep(store, a_delivery(function="CreateOrder"), words=("9",))
    assert store.maker_of(mine, "8") == other.id
    assert store.maker_of(mine, "7") is None
    assert store.maker_of(mine, "9") is None
    assert store.maker_of(a_delivery(function="CreateOrder", account="another"), "8") is None


def test_a_restarted_store_tells_since_when_it_may_have_forgotten(store: Store, redis: Redis) -> None:
    """Once, with the doubt."""
    store.mind_the_clock()
    redis.hset(keys.EPOCH, "run", "another")
    order = an_order()
    keep(store, order)
    redis.hset(keys.DELIVERY + order.id, "created_at", store.now_ms() - 1000)
    [claim] = claim_all(store)
    assert abs(claim.links["forgotten"] - store.now_ms()) < 5000
    assert claim.delivery.doubtful_since


def test_it_tells_so_of_orders_in_doubt_and_of_replays_too(store: Store, redis: Redis) -> None:
    """Whoever has just looked may be about to send; a retry that was put on its queue again is no younger for it."""
    store.mind_the_clock()
    doubtful = an_order(makes=(), doubtful_since=5)
    replayed, younger = an_order(makes=()), an_order(makes=())
    for one in (doubtful, replayed, younger):
        keep(store, one)
    redis.hset(keys.DELIVERY + replayed.id, "replay", store.now_ms() - 1)
    redis.hset(keys.EPOCH, "run", "another")
    store.mind_the_clock()
    redis.hset(keys.DELIVERY + replayed.id, "updated_at", store.now_ms() + 1000)
    redis.hset(keys.DELIVERY + younger.id, "replay", store.now_ms() + 1)
    told = {claim.delivery.id: claim for claim in claim_all(store)}
    assert [("forgotten" in told[one.id].links) for one in (doubtful, replayed, younger)] == [True, True, False]
    assert told[doubtful.id].delivery.doubtful_since == 5
    assert told[younger.id].delivery.doubtful_since is None


def test_a_clock_that_is_set_back_does_not_make_new_orders_old(store: Store, redis: Redis) -> None:
    """The server was started at twelve; at half past the clock went back an hour. What comes in now is no older."""
    store.mind_the_clock()
    redis.hset(keys.EPOCH, "run", "another")
    store.mind_the_clock()
    hour = 3600_000
    for name in ("before", "since"):
        redis.hincrby(keys.EPOCH, name, hour)
    redis.hincrby(keys.CLOCK, "at", hour)
    assert store.mind_the_clock() > 0
    time.sleep(0.005)
    keep(store, an_order())
    [claim] = claim_all(store)
    assert ("forgotten" in claim.links, claim.delivery.doubtful_since) == (False, None)


def test_the_older_doubt_counts(store: Store, redis: Redis) -> None:
    """An order that was made in between would look too old to be ours."""
    redis.set(keys.DOUBT + LINK, 5)
    assert claimed(store, an_order(doubtful_since=9)).delivery.doubtful_since == 5


def test_calls_of_an_account_take_turns(store: Store) -> None:
    """Also those that belong to no claim of their own: each has its moment, a little more than ``1 / max_per_second``
    after the last.
    """
    assert [store.reserve_call(SCHOOL) for _ in range(3)] == [0, 0, 0]
    spaced = replace(SCHOOL, max_per_second=2)
    first, second, third = (store.reserve_call(spaced) for _ in range(3))
    assert first == 0
    assert 0.5 < second <= 0.55
    assert 1.0 < third <= 1.1
    keep(store, a_delivery())
    assert store.claim("w1", 1, [spaced])[1] == []


def test_turns_of_a_slow_account_are_not_taken_for_a_clock_that_was_set_back(store: Store, redis: Redis) -> None:
    """One call in eleven seconds, sixteen that wait: each has its own moment."""
    slow = replace(SCHOOL, max_per_second=0.1)
    assert [round(store.reserve_call(slow)) for _ in range(16)] == list(range(0, 176, 11))
    assert redis.ttl(keys.RATE + "school") > 160
