"""What dead workers held, and what living ones lost: put back once, never too early, and never out of other hands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from redis import Redis

from relay import keys, queue
from relay.models import Delivery
from relay.store import Store
from tests.support.making import SCHOOL, a_delivery, claim_all, keep

HOUR = 3600_000  # ms


def test_a_dead_workers_deliveries_go_back_in_doubt(store: Store) -> None:
    """The attempt that never reported back is written down, and its outcome is in doubt from then on."""
    keep(store, a_delivery())
    [claim] = claim_all(store)
    assert store.bury("w1", "The worker died.") == 1
    assert store.bury("w1", "The worker died.") == 0
    [again] = claim_all(store, "w2")
    assert again.delivery.doubtful_since == claim.delivery.attempts[0].started_at
    assert [attempt.reason for attempt in again.delivery.attempts] == ["interrupted", None]
    assert store.claim("w3", 10, [replace(SCHOOL, max_in_flight=1)])[1] == []


def test_what_must_not_be_made_twice_rests_before_it_is_taken_again(store: Store) -> None:
    """JustClick may still be at work on the call that its worker left: a look-up would come too soon. It holds no slot
    of its account while it rests.
    """
    keep(store, a_delivery())
    keep(store, a_delivery())
    [one, two] = claim_all(store)
    assert store.bury("w1", "The worker died.", lambda it: 60.0 if it.id == one.delivery.id else 0.0) == 2
    resting = store.delivery(one.delivery.id)
    assert resting is not None
    assert (resting.state, resting.reason, resting.doubtful_since) == (
        "retrying",
        "interrupted",
        one.delivery.attempts[0].started_at,
    )
    assert resting.next_attempt_at is not None
    left = resting.next_attempt_at - store.now_ms()
    assert 50_000 < left <= 60_000
    assert store.put_due() == 0
    assert [claim.delivery.id for claim in claim_all(store, "w2")] == [two.delivery.id]
    assert store.claims_of("w2") == {two.delivery.id}


def test_a_clock_that_was_set_back_shortens_no_rest(store: Store, redis: Redis) -> None:
    """The call was claimed when the clock was an hour ahead: who looked for the order at once would see nothing yet."""
    keep(store, a_delivery())
    [claim] = claim_all(store)
    redis.hincrby(keys.DELIVERY + claim.delivery.id, "claimed_at", HOUR)
    assert store.bury("w1", "The worker died.", lambda _: 60.0) == 1
    assert 50_000 < store.delivery(claim.delivery.id).next_attempt_at - store.now_ms() <= 60_000
    assert store.put_due() == 0


def test_who_was_interrupted_keeps_its_place_among_the_live_ones(store: Store, redis: Redis) -> None:
    """Also when it has rested; not the second time, and no replay."""
    keep(store, a_delivery())
    for place in (queue.live, queue.later):
        [claim] = claim_all(store)
        store.bury("w1", "The worker died.", lambda _: 0.001)
        redis.zadd(keys.DUE, {claim.delivery.id: 0})
        assert store.put_due() == 1
        assert redis.lrange(keys.QUEUE + place("school"), 0, -1) == [claim.delivery.id.encode()]


def test_a_worker_is_known_from_its_first_claim(store: Store) -> None:
    """It may be killed before it has ever told that it lives."""
    keep(store, a_delivery())
    claim_all(store, "w1")
    assert store.beats() == {"w1": 0}


def test_claims_that_never_reached_their_worker_go_back(store: Store) -> None:
    """The answer to the claim was lost; others keep theirs."""
    keep(store, a_delivery())
    keep(store, a_delivery())
    [one, two] = claim_all(store, "w1")
    assert store.claims_of("w1") == {one.delivery.id, two.delivery.id}
    assert store.give_back("w1", [one.delivery.id]) == 1
    assert store.claims_of("w1") == {two.delivery.id}
    [again] = claim_all(store, "w2")
    assert again.delivery.id == one.delivery.id
    assert store.give_back("w1", [one.delivery.id]) == 0


def _meanwhile_claimed(store: Store, late: Delivery) -> Callable[[Delivery], float]:
    """Asked how long a delivery of w1 has to rest (60 s), w1 claims another one first."""

    def rest(_one: Delivery) -> float:
        if store.delivery(late.id) is None:
            keep(store, late)
            claim_all(store, "w1")
        return 60.0

    return rest


def test_what_a_worker_claims_while_it_is_buried_stays_its_own(store: Store) -> None:
    """It only stood still. What it takes meanwhile is on its list, and it is among the living: or nobody would find the
    delivery when it dies.
    """
    keep(store, a_delivery())
    [one] = claim_all(store, "w1")
    late = a_delivery()
    assert store.bury("w1", "The worker died.", _meanwhile_claimed(store, late)) == 1
    assert (store.claims_of("w1"), list(store.beats())) == ({late.id}, ["w1"])
    assert store.bury("w1", "The worker died.") == 1
    assert (store.claims_of("w1"), store.beats()) == (set(), {})
    assert store.delivery(one.delivery.id).state == "retrying"


def test_what_is_claimed_anew_while_it_is_given_back_stays_claimed(store: Store) -> None:
    """A list of ids is older than what a sender of the same worker has just taken."""
    keep(store, a_delivery())
    [one] = claim_all(store, "w1")
    again = a_delivery()
    assert store.give_back("w1", [one.delivery.id, again.id], _meanwhile_claimed(store, again)) == 1
    assert store.claims_of("w1") == {again.id}
    assert store.delivery(one.delivery.id).state == "retrying"


def test_a_record_that_cannot_be_read_keeps_nobody_from_being_put_back(store: Store, redis: Redis) -> None:
    """Written by a newer version, say, of which somebody went back."""
    keep(store, a_delivery())
    keep(store, a_delivery())
    [odd, usual] = claim_all(store)
    redis.hset(keys.DELIVERY + odd.delivery.id, "params", "no JSON")
    assert store.bury("w1", "The worker died.") == 1
    assert [claim.delivery.id for claim in claim_all(store, "w2")] == [usual.delivery.id]


def test_what_takes_down_every_worker_is_shown_to_a_person(store: Store) -> None:
    """Not tried for ever: after eleven interruptions in a row it is a dead letter."""
    one = a_delivery()
    keep(store, one)
    for number in range(11):
        assert len(claim_all(store, f"w{number}")) == 1
        assert store.bury(f"w{number}", "The worker died.") == 1
    dead = store.delivery(one.id)
    assert dead is not None
    assert (dead.state, dead.reason, dead.number) == ("dead", "interrupted-often", 11)
    assert claim_all(store, "last") == []
