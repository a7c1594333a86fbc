"""Keep, claim and move: each is one atomic step, and nobody can take a step twice."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from relay import keys
from relay.connect import connect
from relay.errors import StoreUnavailable
from relay.lifecycle import TRANSITIONS, State, Trigger
from relay.models import Attempt
from relay.outcomes import Accepted
from relay.store import DeliveryFilter, Move, Store
from relay.store.ledger import ON_BELL
from tests.support.making import SCHOOL, a_delivery, an_event, claim_all, keep


def test_what_is_kept_can_be_read_back_whole(store: Store) -> None:
    """An event and its delivery come back as they were kept."""
    one = a_delivery(accept=(102,), retry=(1.0, 2.0), order_id="10457")
    kept = keep(store, one, words=("anna@example.com",), body="Привет".encode() * 100, test=False, query="a=1")
    event = store.event(kept.event_id)
    assert event is not None
    assert event.body == "Привет".encode() * 100
    assert event.deliveries == (one.id,)
    assert store.delivery(one.id) == one
    assert store.counts()["queued"] == 1


def test_a_job_of_rq_stands_in_the_queue(store: Store, redis: Redis) -> None:
    """RQ's own classes read our jobs."""
    one = a_delivery()
    keep(store, one)
    job = Queue("school", connection=redis, serializer=JSONSerializer).jobs[0]
    assert (job.id, job.func_name, job.args) == (one.id, "workers.deliver.deliver_job", [one.id])
    assert job.get_status().value == "queued"


def test_a_repeat_makes_nothing_new(store: Store) -> None:
    """The second event with the same idempotency key is told the first one's id, and is only counted."""
    first = keep(store, a_delivery(), key="id:1")
    second = keep(store, a_delivery(), key="id:1")
    assert (second.duplicate, second.event_id) == (True, first.event_id)
    assert store.counts()["queued"] == 1
    event = store.event(first.event_id)
    assert event is not None
    assert event.duplicates == 1


def test_an_idempotency_key_belongs_to_its_hook(store: Store) -> None:
    """Two hooks may get events with the same id."""
    keep(store, a_delivery(), key="id:1")
    assert not keep(store, a_delivery(hook="other"), key="id:1", hook="other").duplicate


def test_only_one_of_many_racing_repeats_is_kept(redis_url: str) -> None:
    """Forty threads bring the same event at once."""
    store = Store(connect(redis_url, max_connections=32))
    with ThreadPoolExecutor(16) as pool:
        kept = list(pool.map(lambda _: keep(store, a_delivery(), key="id:race"), range(40)))
    assert [one.duplicate for one in kept].count(False) == 1
    assert len({one.event_id for one in kept}) == 1
    assert store.counts()["queued"] == 1


def test_the_allowance_of_a_minute_ends(store: Store) -> None:
    """What is over the hook's allowance is not kept."""
    answers = []
    for _ in range(4):
        one = a_delivery()
        event = an_event(one)
        kept = store.keep(event, [one], idempotency_key=event.id, window_ms=1000, words=(), max_per_minute=3)
        answers.append(kept.over_allowance)
    assert answers == [False, False, False, True]
    assert store.counts()["queued"] == 3


def test_a_claim_counts_before_anything_is_sent(store: Store) -> None:
    """The claimed delivery is sending, its attempt stands in the ledger without an end."""
    one = a_delivery()
    keep(store, one)
    [claim] = claim_all(store)
    assert (claim.delivery.id, claim.delivery.state, claim.delivery.number) == (one.id, "sending", 1)
    read = store.delivery(one.id)
    assert read is not None
    assert [attempt.duration_ms for attempt in read.attempts] == [None]
    assert claim_all(store) == []


def test_every_delivery_is_claimed_once(redis_url: str) -> None:
    """Eight workers claim two hundred deliveries: nobody gets one that another has."""
    store = Store(connect(redis_url, max_connections=32))
    for _ in range(200):
        keep(store, a_delivery())
    wide = replace(SCHOOL, max_in_flight=1000)
    with ThreadPoolExecutor(8) as pool:
        taken = [
            claim.delivery.id
            for claims in pool.map(lambda n: claim_all(store, f"w{n % 8}", wide, 10), range(40))
            for claim in claims
        ]
    assert len(taken) == len(set(taken)) == 200


def test_a_record_that_cannot_be_read_keeps_no_other_from_being_claimed(store: Store, redis: Redis) -> None:
    """Of a newer version, say. It is not sent; its worker goes on."""
    odd, usual = a_delivery(), a_delivery()
    keep(store, odd)
    keep(store, usual)
    redis.hset(keys.DELIVERY + odd.id, "params", "no JSON")
    assert [claim.delivery.id for claim in claim_all(store)] == [usual.id]


def test_a_move_needs_the_state_that_it_starts_from(store: Store) -> None:
    """An outcome of an attempt that is over changes nothing."""
    keep(store, a_delivery())
    [claim] = claim_all(store)
    accepted = Move(claim.delivery, Trigger.ACCEPTED, Attempt(1, 1, 5, code=0), {"code": 0, "text": "OK"})
    assert store.move(accepted)
    assert not store.move(accepted)
    assert store.counts()["delivered"] == 1
    read = store.delivery(claim.delivery.id)
    assert read is not None
    assert (read.state, read.code, read.attempts[0].duration_ms) == ("delivered", 0, 5)


def test_the_outcome_of_a_lost_claim_is_not_taken_for_the_new_one(store: Store) -> None:
    """A worker that was declared dead comes back with its outcome, while another has claimed the delivery."""
    keep(store, a_delivery())
    [stale] = claim_all(store, "w1")
    assert store.bury("w1", "died") == 1
    [fresh] = claim_all(store, "w2")
    assert not store.move(Move(stale.delivery, Trigger.REFUSED, Attempt(1, 1, 5, code=100), {"code": 100}))
    assert store.move(Move(fresh.delivery, Trigger.ACCEPTED, Attempt(2, 1, 5, code=0), {"code": 0}))


@pytest.mark.parametrize("trigger", list(Trigger))
def test_the_table_is_what_the_store_does(store: Store, trigger: Trigger) -> None:
    """Whatever state a delivery is in: a trigger moves it exactly when the table says so, and where the table says."""
    allowed, goal = TRANSITIONS[trigger]
    for state in State:
        one = a_delivery(state=State.QUEUED)
        keep(store, one)
        store.redis.hset(keys.DELIVERY + one.id, mapping={"state": state.value, "number": 1})
        fields = {"next_attempt_at": 1} if goal is State.RETRYING else {}
        moved = store.move(Move(replace(one, number=1), trigger, fields=fields, hold="account:school"))
        assert moved == (state in allowed)
        read = store.delivery(one.id)
        assert read is not None
        assert read.state == (goal if moved else state)


def test_a_dead_letter_is_found_by_hook_function_and_code(store: Store) -> None:
    """And is found there no more when it has been replayed."""
    keep(store, a_delivery())
    [claim] = claim_all(store)
    store.move(Move(claim.delivery, Trigger.REFUSED, Attempt(1, 1, 5, code=103), {"code": 103, "text": "no group"}))
    by_code = DeliveryFilter(state="dead", code=103)
    assert [one.id for one in store.deliveries(by_code).items] == [claim.delivery.id]
    dead = store.delivery(claim.delivery.id)
    assert dead is not None
    store.move(Move(dead, Trigger.REPLAYED, fields={"code": None, "text": None}))
    assert store.deliveries(by_code).items == []
    assert len(claim_all(store)) == 1


def test_the_bell_rings_for_what_is_kept(store: Store) -> None:
    """A worker that sleeps on the bell is woken by a new event, and sleeps its time when there is none."""
    assert not store.wait_for_bell(0.05)
    keep(store, a_delivery())
    assert store.wait_for_bell(1)
    assert store.claim("w1", 0, [SCHOOL]) == (ON_BELL, [])


def test_a_store_that_is_away_is_one_kind_of_error(redis_url: str) -> None:
    """Whatever the client raises, callers see StoreUnavailable."""
    nowhere = Store(connect("redis://127.0.0.1:1/0", timeout=0.2, retries=0))
    with pytest.raises(StoreUnavailable):
        keep(nowhere, a_delivery())
    with pytest.raises(StoreUnavailable):
        nowhere.counts()


def test_accepted_is_not_confused_with_text(store: Store) -> None:
    """A result that is a plain text comes back as the text."""
    keep(store, a_delivery(function="GetCountSubscribe"))
    [claim] = claim_all(store)
    outcome = Accepted(0, "OK", "12 contacts")
    store.move(
        Move(claim.delivery, Trigger.ACCEPTED, Attempt(1, 1, 1), {"text": outcome.text, "result": outcome.result})
    )
    read = store.delivery(claim.delivery.id)
    assert read is not None
    assert read.result == "12 contacts"


@pytest.mark.parametrize("sweeper_first", [False, True])
def test_what_was_queued_before_the_server_was_started_anew_is_in_doubt(
    store: Store, redis: Redis, sweeper_first: bool
) -> None:
    """Redis may have forgotten its last second, and in it a claim whose call was made: the unsafe is looked up, back to
    what the store remembers last, also when a sweeper is faster than the first claim.
    """
    old, replayed = a_delivery(created_at=1000), a_delivery(created_at=1000, state="dead", reason="refused")
    keep(store, old)
    keep(store, replayed)
    keep(store, a_delivery())
    assert (
        claim_all(store, room=1)[0].delivery.doubtful_since is None
    )  # the store's first server: nothing was forgotten
    store.bury("w1", "It is to be claimed again.")
    redis.hdel(keys.DELIVERY + old.id, "doubtful_since")
    store.mind_the_clock()
    seen = int(redis.hget(keys.CLOCK, "at"))
    redis.hset(keys.EPOCH, "run", "another")
    if sweeper_first:
        time.sleep(0.01)
        store.mind_the_clock()
    claims = {claim.delivery.id: claim.delivery for claim in claim_all(store)}
    assert {one.doubtful_since for one in claims.values()} == {seen}
    keep(store, new := a_delivery(created_at=store.now_ms() + 1))
    store.move(Move(replayed, Trigger.REPLAYED, fields={"replay": "1"}))
    later = {claim.delivery.id: claim.delivery.doubtful_since for claim in claim_all(store)}
    assert later == {new.id: None, replayed.id: None}


def test_a_claim_is_held_until_it_is_put_back(store: Store) -> None:
    """A worker that was taken for dead sees that its claim is no longer its own, also when it has claimed it anew."""
    keep(store, a_delivery())
    [claim] = claim_all(store)
    assert store.still_holds("w1", claim.delivery)
    assert not store.still_holds("w2", claim.delivery)
    store.bury("w1", "It was taken for dead.")
    assert not store.still_holds("w1", claim.delivery)
    [again] = claim_all(store)
    assert not store.still_holds("w1", claim.delivery)
    assert store.still_holds("w1", again.delivery)
