"""What is forgotten and what never is: terms, living siblings, several processes at once, SIGKILL at any step."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.synchronize import Event

import pytest
from redis import Redis

from relay import ids, keys, replaying
from relay.connect import connect
from relay.errors import NotFound, WrongState
from relay.lifecycle import State, Trigger
from relay.models import Attempt, Configuration, Delivery
from relay.store import Gate, Move, Store, Terms
from relay.store.retention import DAY_MS
from tests.support.books import wrong_in_the_books
from tests.support.making import SCHOOL, a_delivery, keep

TERMS = Terms.of_days(30, 90, 30)
AT_ONCE = Terms(0, 0, 0)
WORDS = ("anna@example.com", "79990000000")
STAY = (
    keys.SEEN,
    keys.ALLOWANCE,
    keys.COUNTS,
    keys.DEAD_COUNTS,
    keys.TOOK,
    keys.LINK,
    keys.BEATS,
    keys.EPOCH,
    keys.HOLDING,
    keys.BELL,
)


def ago(days: float) -> int:
    """Milliseconds since 1970, so many days ago."""
    return time.time_ns() // 1_000_000 - int(days * DAY_MS)


def kept(store: Store, count: int = 1, days: float = 0, **changes: object) -> list[Delivery]:
    """An event that came in so many days ago, with its deliveries."""
    event_id = ids.new_id("evt", ago(days))
    born = [a_delivery(event_id, id=ids.new_id("dlv", ago(days)), **changes) for _ in range(count)]
    keep(store, *born, id=event_id, words=WORDS)
    return born


def end(store: Store, delivery: Delivery, state: str, days: float = 0) -> Delivery:
    """Brings it to an end, so many days ago."""
    store.redis.lrem(keys.QUEUE + "school", 1, delivery.id)  # taken as RQ's own workers take it
    claimed = store.claim("w1", 1, [], only=delivery.id)[1][0].delivery
    attempt = Attempt(claimed.number, 1, 1)
    made = Move(claimed, Trigger.ACCEPTED, attempt, {"code": 0, "result": {"bill_id": 4711}}, found=("4711",))
    refused = Move(claimed, Trigger.REFUSED, attempt, {"code": 606, "text": "No such group"})
    assert store.move(made if state == State.DELIVERED else refused)
    if state == State.DISCARDED:
        replaying.discard(store, delivery.id)
    store.redis.hset(keys.DELIVERY + delivery.id, "updated_at", ago(days))
    return delivery


def forget_all(store: Store, terms: Terms, most: int = 200) -> tuple[int, int, int]:
    """The whole walk: how many deliveries, events and bodies went."""
    after: str | None = ""
    total = (0, 0, 0)
    while after is not None:
        gone = store.forget(terms, after, most)
        total = (total[0] + gone.deliveries, total[1] + gone.events, total[2] + gone.bodies)
        after = gone.cursor
    return total


def everything(redis: Redis) -> dict[bytes, bytes]:
    return {key: redis.dump(key) for key in redis.scan_iter(count=1000)}


@pytest.mark.parametrize(
    ("state", "days", "stays"),
    [
        ("delivered", 29, True),
        ("delivered", 31, False),
        ("discarded", 29, True),
        ("discarded", 31, False),
        ("dead", 31, True),
        ("dead", 89, True),
        ("dead", 91, False),
    ],
)
def test_what_has_ended_is_kept_for_its_days(store: Store, redis: Redis, state: str, days: int, stays: bool) -> None:
    """Counted from its end, not from when it came in."""
    one = end(store, kept(store, days=95)[0], state, days)
    assert forget_all(store, TERMS)[:2] == ((0, 0) if stays else (1, 1))
    assert (store.delivery(one.id) is not None, store.event(one.event_id) is not None) == (stays, stays)
    assert wrong_in_the_books(redis) == []


@pytest.mark.parametrize("state", ["delivered", "dead", "discarded"])
def test_nothing_of_it_is_left(store: Store, redis: Redis, state: str) -> None:
    """No index entry, no word, no job; only what has a life time of its own, and the counters."""
    end(store, kept(store)[0], state)
    assert forget_all(store, AT_ONCE) == (1, 1, 0)
    left = [key.decode() for key in redis.scan_iter() if not key.decode().startswith(STAY)]
    assert left == []
    assert store.totals()["accepted:webinar"] == 1


def test_an_event_without_calls_is_kept_as_long_as_a_delivered_one(store: Store, redis: Redis) -> None:
    """A sender's test, or one that no plan wanted."""
    old, young = ids.new_id("evt", ago(31)), ids.new_id("evt", ago(29))
    for event_id in (old, young):
        keep(store, id=event_id, words=WORDS, test=True)
    assert forget_all(store, TERMS) == (0, 1, 0)
    assert [store.event(one) is None for one in (old, young)] == [True, False]
    assert [one.id for one in store.events(q=WORDS[0]).items] == [young]
    assert wrong_in_the_books(redis) == []


def on_their_way(store: Store) -> list[Delivery]:
    """One delivery in each state that is not an end, all of them years old."""
    [retrying] = kept(store, days=1000)
    [claim] = store.claim("w1", 1, [SCHOOL])[1]
    store.move(Move(claim.delivery, Trigger.POSTPONED, Attempt(1, 1, 1), {"next_attempt_at": store.now_ms() + 10**6}))
    [waiting] = kept(store, days=1000, awaits=("bill:school:1",), wait=10.0**9)
    [sending] = kept(store, days=1000)
    assert len(store.claim("w1", 2, [SCHOOL])[1]) == 1
    store.close_gate(Gate("account:school", "closed", "operator", None, "", 1))
    [held] = kept(store, days=1000)
    assert store.claim("w1", 2, [SCHOOL])[1] == []
    [queued] = kept(store, days=1000)
    born = [retrying, waiting, sending, held, queued]
    for one in born:
        store.redis.hset(keys.DELIVERY + one.id, "updated_at", ago(1000))
    return born


def test_what_is_on_its_way_is_never_touched(store: Store, redis: Redis) -> None:
    """However old, and however short the memory: neither it nor its event's body."""
    born = on_their_way(store)
    states = [store.delivery(one.id).state for one in born]  # type: ignore[union-attr]
    assert states == ["retrying", "waiting", "sending", "held", "queued"]
    before = everything(redis)
    assert forget_all(store, AT_ONCE) == (0, 0, 0)
    assert not store.strip_delivered()
    assert not store.forget_delivered()
    assert everything(redis) == before


def test_a_living_call_keeps_its_event_whole(store: Store, redis: Redis) -> None:
    """Its sibling that was delivered long ago goes; event and body stay until the last one has ended."""
    done, living = kept(store, 2, days=200)
    end(store, done, "delivered", 100)
    assert forget_all(store, TERMS) == (1, 0, 0)
    event = store.event(living.event_id)
    assert event is not None
    assert event.body == b'{"email": "anna@example.com"}'
    assert [one.id for one in store.brief(event.deliveries)] == [living.id]
    assert wrong_in_the_books(redis) == []


def test_a_dead_letter_outlives_its_body(store: Store) -> None:
    """After 30 days it can still be read and replayed as it was sent, for another 60."""
    one = end(store, kept(store, days=40)[0], "dead", 35)
    assert forget_all(store, TERMS) == (0, 0, 1)
    assert forget_all(store, TERMS) == (0, 0, 0)
    event = store.event(one.event_id)
    assert event is not None
    assert event.body is None
    assert event.headers == {"content-type": "application/json"}
    replaying.replay(store, Configuration({}, {}), one.id)
    assert [claim.delivery.params for claim in store.claim("w1", 9, [SCHOOL])[1]] == [one.params]


def test_a_repeat_of_a_forgotten_event_is_still_a_repeat(store: Store, redis: Redis) -> None:
    """Its mark has a life time of its own, and does not bring back a shadow of the event."""
    first = keep(store, key="id:1")
    assert forget_all(store, AT_ONCE) == (0, 1, 0)
    again = keep(store, a_delivery(), key="id:1")
    assert (again.duplicate, again.event_id) == (True, first.event_id)
    assert store.event(first.event_id) is None
    assert wrong_in_the_books(redis) == []


def test_a_slice_is_bounded_and_the_next_goes_on_behind_it(store: Store) -> None:
    """Dead letters that stay for months do not stand in the way of what is younger."""
    for _ in range(5):
        end(store, kept(store, days=40)[0], "dead", 40)
    young = end(store, kept(store, days=39)[0], "delivered", 39)
    first = store.forget(TERMS, most=5)
    assert (first.deliveries, first.bodies) == (0, 5)
    assert store.delivery(young.id) is not None
    second = store.forget(TERMS, first.cursor or "", most=5)
    assert (second.deliveries, second.cursor) == (1, None)


def test_several_at_once_remove_everything_once(store: Store, redis: Redis, redis_url: str) -> None:
    """Every record is counted by exactly one of them, and the books are right in the end."""
    ended = [end(store, one, "delivered") for _ in range(60) for one in kept(store)]
    stores = [Store(connect(redis_url, max_connections=4)) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        totals = list(pool.map(lambda one: forget_all(one, AT_ONCE, 7), stores))
    assert tuple(map(sum, zip(*totals, strict=True))) == (len(ended), len(ended), 0)
    assert wrong_in_the_books(redis) == []


def test_a_replay_and_its_forgetting_never_both_happen(store: Store, redis: Redis) -> None:
    """Whoever comes first decides: a dead letter that is queued again stays whole, one that is gone stays gone."""
    dead = [end(store, one, "dead") for _ in range(80) for one in kept(store)]
    replayed: list[str] = []

    def replay_all() -> None:
        for one in reversed(dead):
            with suppress(NotFound, WrongState):
                replaying.replay(store, Configuration({}, {}), one.id)
                replayed.append(one.id)

    with ThreadPoolExecutor(2) as pool:
        replaying_them, (gone, _, _) = pool.submit(replay_all), forget_all(store, AT_ONCE, 3)
        replaying_them.result()
    gone += forget_all(store, AT_ONCE)[0]
    assert gone + len(replayed) == len(dead)
    assert {one.id for one in dead if store.delivery(one.id)} == set(replayed)
    assert store.counts()["queued"] == len(replayed)
    assert wrong_in_the_books(redis) == []


def forget_until_killed(redis_url: str, ready: Event) -> None:
    store = Store(connect(redis_url, max_connections=1))
    store.counts()
    ready.set()
    while True:
        forget_all(store, AT_ONCE, 3)


def test_killed_at_any_step_nothing_dangles(store: Store, redis: Redis, redis_url: str) -> None:
    """After every SIGKILL the books are right as they stand, and in the end all that has ended is gone."""
    for _ in range(100):
        two = kept(store, 2)
        for one in random.sample(two, random.choice([1, 2, 2])):
            end(store, one, random.choice(["delivered", "dead", "discarded"]))
    living = store.counts()["queued"]
    processes, left = get_context("fork"), set()
    for _ in range(25):
        ready = processes.Event()
        process = processes.Process(target=forget_until_killed, args=(redis_url, ready))
        process.start()
        assert ready.wait(20)
        time.sleep(random.uniform(0, 0.008))
        process.kill()
        process.join()
        assert wrong_in_the_books(redis) == []
        left.add(sum(store.counts().values()) - living)
    assert len(left - {0}) > 2, "it was killed before it began or after it had ended"
    forget_all(store, AT_ONCE)
    assert {state: count for state, count in store.counts().items() if count} == {"queued": living}
    assert wrong_in_the_books(redis) == []
