"""Events that come in at once share a round trip; each is answered, and fails, by itself."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from redis import Redis

from relay import keys
from relay.connect import connect
from relay.errors import StoreUnavailable
from relay.store import Kept, Store
from tests.support.making import a_delivery, keep

PAUSE = 0.4  # seconds in which the server answers nobody, so that events have to gather
MANY = 12


def kept_at_once(store: Store, redis: Redis, names: Sequence[str]) -> list[Future[Kept]]:
    """One thread an event; all of them have come before the first is answered."""
    redis.client_pause(int(PAUSE * 1000))
    with ThreadPoolExecutor(len(names)) as pool:
        return [pool.submit(keep, store, a_delivery(), key=f"id:{name}") for name in names]


def reads(redis: Redis) -> int:
    """How often the server has read from its clients."""
    return int(redis.info("stats")["total_reads_processed"])


def test_events_that_gather_share_a_round_trip(redis: Redis, redis_url: str) -> None:
    """The first goes at once, the others together behind it, and each thread hears of its own event."""
    store = Store(connect(redis_url))
    keep(store, a_delivery(), key="id:warm")  # the connection is open, the script known
    before = reads(redis)
    kept = [one.result() for one in kept_at_once(store, redis, [str(number) for number in range(MANY)])]
    assert reads(redis) - before < MANY
    assert len({one.event_id for one in kept}) == MANY
    assert not any(one.duplicate for one in kept)
    assert store.counts()["queued"] == MANY + 1
    assert all(store.event(one.event_id) for one in kept)


def test_repeats_in_one_round_trip_are_repeats(redis: Redis, redis_url: str) -> None:
    """Of the same event in one batch one is kept, and all hear its id."""
    kept = [one.result() for one in kept_at_once(Store(connect(redis_url)), redis, ["same"] * MANY)]
    assert [one.duplicate for one in kept].count(False) == 1
    assert len({one.event_id for one in kept}) == 1


def test_a_server_that_has_forgotten_the_script_gets_it_again(redis: Redis, redis_url: str) -> None:
    """A restarted server knows no scripts: nobody of the batch is refused for that."""
    store = Store(connect(redis_url))
    keep(store, a_delivery(), key="id:warm")
    redis.script_flush()
    kept = [one.result() for one in kept_at_once(store, redis, [str(number) for number in range(MANY)])]
    assert store.counts()["queued"] == len(kept) + 1


def test_one_that_fails_fails_alone(redis: Redis, redis_url: str) -> None:
    """What the server refuses of one event is no matter of the others in its batch."""
    store = Store(connect(redis_url))
    redis.hset(keys.seen("webinar", "id:3"), "not", "a text")
    futures = kept_at_once(store, redis, [str(number) for number in range(MANY)])
    failed = [number for number, one in enumerate(futures) if one.exception()]
    assert failed == [3]
    assert isinstance(futures[3].exception(), StoreUnavailable)
    assert store.counts()["queued"] == MANY - 1


def test_all_who_wait_hear_that_the_store_is_away(redis: Redis, redis_url: str) -> None:
    """Nobody waits for another time-out behind one that has already run out; afterwards all goes on."""
    store = Store(connect(redis_url, timeout=PAUSE / 4, retries=0))
    began = time.monotonic()
    futures = kept_at_once(store, redis, [str(number) for number in range(MANY)])
    assert all(isinstance(one.exception(), StoreUnavailable) for one in futures)
    assert time.monotonic() - began < PAUSE
    with pytest.raises(StoreUnavailable):
        keep(store, a_delivery(), key="id:still")
    time.sleep(PAUSE)
    keep(store, a_delivery(), key="id:after")
    assert store.counts()["queued"] >= 1
