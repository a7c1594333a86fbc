"""How many calls of an account may be open, and how many begin in a second, whichever workers make them."""

from __future__ import annotations

import random
import time
from dataclasses import replace

from redis import Redis

from relay import keys
from relay.lifecycle import Trigger
from relay.models import Attempt
from relay.store import Move, Store
from relay.store.ledger import ON_BELL
from tests.support.making import SCHOOL, a_delivery, claim_all, keep


def test_max_in_flight_holds_across_workers(store: Store) -> None:
    """Two workers together have no more calls open than the account allows."""
    narrow = replace(SCHOOL, max_in_flight=3)
    for _ in range(5):
        keep(store, a_delivery())
    assert len(claim_all(store, "w1", narrow)) == 3
    again, claims = store.claim("w2", 10, [narrow])
    assert (claims, again) == ([], ON_BELL)


def test_who_found_an_account_at_its_limit_is_woken_when_one_of_its_calls_ends(store: Store, redis: Redis) -> None:
    """By whatever process ends it; the end of another account's call wakes nobody."""
    school, shop = replace(SCHOOL, max_in_flight=1), replace(SCHOOL, name="shop")
    for account in ("school", "school", "shop"):
        keep(store, a_delivery(account=account))
    [lead] = claim_all(store, "w1", school)
    [other] = claim_all(store, "w1", shop)
    assert claim_all(store, "w2", school) == []
    redis.delete(keys.BELL)
    store.move(Move(other.delivery, Trigger.ACCEPTED, Attempt(1, 1, 1)))
    assert not store.wait_for_bell(0.05)
    store.move(Move(lead.delivery, Trigger.ACCEPTED, Attempt(1, 1, 1)))
    assert store.wait_for_bell(0.05)
    assert len(claim_all(store, "w2", school)) == 1


def test_who_has_no_room_left_wakes_another(store: Store, redis: Redis) -> None:
    """Only when there is something that may go now: nobody is woken in vain."""
    for _ in range(4):
        keep(store, a_delivery())
    redis.delete(keys.BELL)
    assert len(claim_all(store, "w1", replace(SCHOOL, max_in_flight=3), room=2)) == 2
    assert store.wait_for_bell(0.05)
    assert len(claim_all(store, "w2", replace(SCHOOL, max_in_flight=3), room=1)) == 1
    assert not store.wait_for_bell(0.05)


def test_max_per_second_spaces_the_calls(store: Store) -> None:
    """At two a second the second call has to wait a little longer than half a second."""
    slow = replace(SCHOOL, max_per_second=2)
    for _ in range(3):
        keep(store, a_delivery())
    again, claims = store.claim("w1", 10, [slow])
    assert len(claims) == 1
    assert 0.4 < again <= 0.53


def test_no_second_holds_more_calls_than_the_account_allows(store: Store) -> None:
    """Though some start together, and some make up for a worker that comes late."""
    limited = replace(SCHOOL, max_in_flight=1000, max_per_second=50)
    for _ in range(150):
        keep(store, a_delivery())
    late, began = random.Random(1), time.monotonic()
    starts: list[int] = []
    while time.monotonic() < began + 2.5:
        claims = claim_all(store, account=limited)
        starts += [claim.delivery.attempts[-1].started_at for claim in claims]
        time.sleep(late.choice((0.001, 0.01, 0.05)))
    busiest = max(sum(start <= other < start + 1000 for other in starts) for start in starts)
    assert len(starts) > 3
    assert busiest <= 50


def test_a_late_claim_costs_the_account_nothing(store: Store, redis: Redis) -> None:
    """Its turn came 30 ms ago: the next one comes as if it had been in time. Idle time is not made up."""
    ten = replace(SCHOOL, max_per_second=10)
    for late, least, most in ((30, 0, 61), (5000, 65, 91)):
        keep(store, a_delivery())
        keep(store, a_delivery())
        redis.set(keys.RATE + "school", store.now_ms() - late)
        again, claims = store.claim("w1", 10, [ten])
        assert len(claims) == 1
        assert least <= again * 1000 <= most
        claim_all(store, "w1")


def test_less_than_one_call_a_minute_is_a_limit_too(store: Store) -> None:
    """max_per_second 0.01: never two calls in 100 seconds."""
    for _ in range(5):
        keep(store, a_delivery())
    rare = replace(SCHOOL, max_per_second=0.01)
    assert len(claim_all(store, account=rare)) == 1
    again, taken = store.claim("w1", 5, [rare])
    assert taken == []
    assert 105 < again <= 110
