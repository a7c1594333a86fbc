"""Periodic steps: what is put back, woken and given up, and that running them twice does no harm."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from redis import Redis

from relay import keys
from relay.lifecycle import Trigger
from relay.models import Attempt
from relay.store import Move, RefusalRecord, Store
from tests.support.making import CLOSED, a_delivery, claim_all, keep, state_of

STEP = 60_000  # ms, so that no step ends by itself while a test runs


def look_after(redis: Redis, steps: float, missed: int) -> list[str]:
    """A look by a sweeper that has just been started, so many steps after the last one."""
    redis.hset(keys.LOOKS, ":at", Store(redis).now_ms() - int(steps * STEP))
    return Store(redis).look(STEP, missed)


def beat(store: Store, worker: str, number: int) -> None:
    store.beat(worker, number, host="h", pid=1, in_flight=0, slots=1)


def test_a_clock_that_is_set_back_moves_what_is_planned(store: Store, redis: Redis) -> None:
    """Retries, waits and the rest of an account end when they should, not an hour later; small steps do nothing."""
    hour = 3600_000
    keep(store, a_delivery())
    keep(store, a_delivery(awaits=("bill:school:1",), wait=60.0))
    [claim] = claim_all(store)
    due = store.now_ms() + hour + 30
    store.move(Move(claim.delivery, Trigger.POSTPONED, Attempt(1, 1, 1), {"next_attempt_at": due}))
    store.close_gate(replace(CLOSED, until=due))
    ends = redis.zscore(keys.WAIT_UNTIL, redis.zrange(keys.WAIT_UNTIL, 0, 0)[0])
    assert store.mind_the_clock() == 0
    redis.hincrby(keys.CLOCK, "at", 2000)
    assert store.mind_the_clock() == 0
    redis.hincrby(keys.CLOCK, "at", hour)
    assert hour - 100 < (back := store.mind_the_clock()) <= hour
    assert store.mind_the_clock() == 0
    assert store.delivery(claim.delivery.id).next_attempt_at == due - back
    assert redis.zscore(keys.DUE, claim.delivery.id) == due - back
    assert store.gates()["account:school"].until == due - back
    assert redis.zscore(keys.WAIT_UNTIL, redis.zrange(keys.WAIT_UNTIL, 0, 0)[0]) == ends - back


def test_a_call_that_was_open_when_the_clock_was_set_back_is_tried_again_in_time(store: Store, redis: Redis) -> None:
    """The time of its next attempt was reckoned from the claim, an hour ahead, after all that is planned was moved."""
    keep(store, a_delivery())
    [claim] = claim_all(store)
    hour = 3600_000
    claimed = redis.hincrby(keys.DELIVERY + claim.delivery.id, "claimed_at", hour)
    before = store.now_ms()
    store.move(Move(claim.delivery, Trigger.POSTPONED, Attempt(1, 1, 1), {"next_attempt_at": claimed + 2000}))
    due = redis.zscore(keys.DUE, claim.delivery.id)
    assert before + 2000 <= due <= store.now_ms() + 2000
    assert store.delivery(claim.delivery.id).next_attempt_at == due


def test_very_much_that_is_planned_is_moved_in_slices(store: Store, redis: Redis) -> None:
    """Meanwhile one of them is moved by hand, one is planned anew, and the clock is set back once more."""
    hour = 3600_000
    due = store.now_ms() + 5 * hour
    for number in range(50):
        keep(store, a_delivery(id=f"dlv_{number:02}"))
        [claim] = claim_all(store)
        store.move(Move(claim.delivery, Trigger.POSTPONED, Attempt(1, 1, 1), {"next_attempt_at": due}))
    store.mind_the_clock()
    redis.hincrby(keys.CLOCK, "at", hour)
    assert hour - 1000 < store.mind_the_clock(most=1) <= hour  # ten slices
    assert redis.zcard(keys.DUE) == 10
    redis.zadd(keys.DUE, {"dlv_48": due - hour})
    redis.hset(keys.DELIVERY + "dlv_49", "state", "dead")
    while redis.hexists(keys.CLOCK, "back"):
        assert store.mind_the_clock(most=1) == 0
    redis.hincrby(keys.CLOCK, "at", hour)
    assert store.mind_the_clock() > 0
    moved = {id_.decode(): due - at for id_, at in redis.zrange(keys.DUE, 0, -1, withscores=True)}
    assert moved.keys() == {f"dlv_{number:02}" for number in range(49)}
    assert all(2 * hour - 30_000 < back <= 2 * hour for back in moved.values())


def test_the_dead_are_found_by_whoever_looks(store: Store, redis: Redis) -> None:
    """Looks are counted for all sweepers together; a new beat begins the count anew; within a step none counts."""
    beat(store, "dead", 1)
    beat(store, "alive", 1)
    assert [look_after(redis, 1, 3), look_after(redis, 1, 3)] == [[], []]
    beat(store, "alive", 2)
    assert [store.look(STEP, 3), store.look(STEP, 3), store.look(STEP, 3)] == [[], [], []]
    assert look_after(redis, 1, 3) == []
    assert look_after(redis, 1, 3) == ["dead"]
    store.bury("dead", "The worker died.")
    assert look_after(redis, 1, 3) == []
    assert list(store.beats()) == ["alive"]


def test_a_clock_that_is_set_back_stops_no_looks(store: Store, redis: Redis) -> None:
    """The last look lies an hour ahead: the next one counts all the same."""
    beat(store, "dead", 1)
    assert [look_after(redis, -60, 2) for _ in range(3)] == [[], [], ["dead"]]


def test_a_look_after_a_long_pause_counts_for_a_few_only(store: Store, redis: Redis) -> None:
    """While nobody looked the living could not beat either, if it was the store that stood still."""
    beat(store, "w1", 1)
    assert [look_after(redis, 1000, 20) for _ in range(5)] == [[], [], [], [], ["w1"]]


def test_a_retry_comes_back_when_it_is_due(store: Store) -> None:
    """Not before, and once."""
    keep(store, a_delivery())
    [claim] = claim_all(store)
    later = store.now_ms() + 60
    store.move(Move(claim.delivery, Trigger.POSTPONED, Attempt(1, 1, 1), {"next_attempt_at": later}))
    assert store.put_due() == 0
    time.sleep(0.08)
    assert store.put_due() == 1
    assert store.put_due() == 0
    [again] = claim_all(store)
    assert (again.delivery.tries, again.delivery.next_attempt_at) == (2, None)


def test_who_waits_too_long_is_a_dead_letter(store: Store) -> None:
    """Its reason says that the order is not known."""
    payment = a_delivery(awaits=(keys.bill_link("school", "1"),), wait=0.0)
    keep(store, payment)
    claim_all(store)
    time.sleep(0.01)
    assert store.expire_waiting() == 1
    dead = store.delivery(payment.id)
    assert dead is not None
    assert (dead.state, dead.reason) == ("dead", "order-unknown")


def test_a_waiter_that_nobody_woke_is_found(store: Store, redis: Redis) -> None:
    """The worker that made the order was killed between recording it and waking who waited."""
    payment = a_delivery(awaits=(keys.bill_link("school", "1"),))
    keep(store, payment)
    claim_all(store)
    redis.set(keys.LINK + keys.bill_link("school", "1"), "77")
    assert store.wake_found() == 1
    assert state_of(store, payment.id) == "queued"


@pytest.mark.parametrize("wiped", ["rq:*", "rq:queue:*"])
def test_deliveries_whose_jobs_vanished_are_queued_again(store: Store, redis: Redis, wiped: str) -> None:
    """RQ's keys are wiped, all or the lists alone: the deliveries are the ledger."""
    kept = [a_delivery() for _ in range(5)]
    for one in kept:
        keep(store, one)
    for key in redis.scan_iter(wiped):
        redis.delete(key)
    assert claim_all(store) == []
    assert store.requeue_lost(["school", "school.later"]) == 5
    assert store.requeue_lost(["school", "school.later"]) == 0
    assert {claim.delivery.id for claim in claim_all(store)} == {one.id for one in kept}


def test_very_many_jobs_that_vanished_are_written_in_rounds(store: Store, redis: Redis) -> None:
    """Each by one sweeper alone: the others must not write the same jobs at the same time."""
    for number in range(1200):
        keep(store, a_delivery(id=f"dlv_{number:04}"))
    redis.delete(keys.QUEUE + "school")
    queues = ["school", "school.later"]
    redis.set(keys.REBUILDING, "1")
    assert store.requeue_lost(queues) == 0
    redis.delete(keys.REBUILDING)
    assert [store.requeue_lost(queues, most=400) for _ in range(4)] == [500, 500, 200, 0]
    assert redis.lrange(keys.QUEUE + "school", 0, -1) == [f"dlv_{number:04}".encode() for number in range(1200)]


def test_one_job_that_vanished_is_found_behind_a_thousand(store: Store, redis: Redis) -> None:
    """Those that stand in front have their jobs; whoever looks at the oldest only would never come to it."""
    for number in range(1200):
        keep(store, a_delivery(id=f"dlv_{number:04}"))
    redis.lrem(keys.QUEUE + "school", 1, "dlv_1100")
    assert store.requeue_lost(["school", "school.later"]) == 1
    assert redis.lrange(keys.QUEUE + "school", -1, -1) == [b"dlv_1100"]


def test_queues_of_accounts_that_are_no_longer_configured_are_no_riddle(store: Store, redis: Redis) -> None:
    """Their deliveries are queued and nobody takes them; they get no second job, and are looked through once only."""
    keep(store, a_delivery(account="sold"))
    assert [store.requeue_lost(["school", "school.later"]) for _ in range(2)] == [0, 0]
    assert redis.llen(keys.QUEUE + "sold") == 1
    assert "sold" in store.further_queues


def test_a_waiter_behind_many_others_is_woken(store: Store, redis: Redis) -> None:
    """Its link came while nobody could wake it; a thousand others wait for orders that never come."""
    for number in range(25):
        keep(store, a_delivery(id=f"dlv_{number:02}", function="UpdateOrderStatus", awaits=(f"bill:school:{number}",)))
    claim_all(store)
    redis.set(keys.LINK + keys.bill_link("school", "24"), "77")
    assert [Store(redis).wake_found(most=1) for _ in range(4)] == [0, 0, 1, 0]
    assert state_of(store, "dlv_24") == "queued"


def test_many_sweepers_go_one_walk_over_those_who_wait(store: Store, redis: Redis) -> None:
    """Within a step one of them looks, and reads what it needs: a thousand are read in two scripts."""
    for number in range(1000):
        keep(store, a_delivery(function="UpdateOrderStatus", awaits=(f"bill:school:{number}",)))
    for _ in range(10):
        claim_all(store)
    before = redis.info("commandstats")
    assert [Store(redis).wake_found(60_000) for _ in range(8)] == [0] * 8
    after = redis.info("commandstats")
    ran = {name: after[name]["calls"] - before.get(name, {"calls": 0})["calls"] for name in after}
    assert ran.get("cmdstat_hgetall", 0) == 0
    assert ran["cmdstat_exists"] == 1000
    redis.hincrby(keys.WAITS, "at", 3600_000)  # the clock was set back
    redis.set(keys.LINK + keys.bill_link("school", "999"), "77")
    assert store.wake_found(60_000) == 1


def test_refusals_are_kept_newest_first_and_bounded(store: Store) -> None:
    """The last 200 of each hook."""
    for number in range(205):
        store.keep_refusal(RefusalRecord(number, "webinar", "unverified", "wrong", 401))
    kept = store.refusals("webinar")
    assert (len(kept), kept[0].at) == (200, 204)
    assert store.totals()["refused:webinar:unverified"] == 205


def test_what_counts_the_requests_of_a_minute_goes_with_it(store: Store, redis: Redis) -> None:
    """Also when the only request was a refused one: anybody can send one each minute of the year."""
    store.keep_refusal(RefusalRecord(1, "webinar", "unverified", "wrong", 401))
    assert 0 < redis.ttl(keys.allowance("webinar")) <= 120
