"""Filters and cursors in a store where most does not match: nothing is missed, nothing is shown twice."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from redis import Redis

from relay import ids, keys, replaying
from relay.lifecycle import Trigger
from relay.models import Attempt, Configuration, Delivery
from relay.store import Count, DeliveryFilter, Move, Store
from relay.store.finding import MOST_LOOKED_AT, MOST_WALKS
from relay.store.took import buckets
from tests.support.books import wrong_in_the_books
from tests.support.making import SCHOOL, a_delivery, keep

HOOKS, FUNCTIONS = ("lead", "shop"), ("AddLeadToGroup", "CreateOrder")


def born(store: Store, count: int = 1, words: tuple[str, ...] = (), **changes: Any) -> list[Delivery]:
    """An event with its deliveries."""
    event_id = ids.new_id("evt")
    deliveries = [a_delivery(event_id, **changes) for _ in range(count)]
    keep(store, *deliveries, id=event_id, hook=deliveries[0].hook, words=words)
    return deliveries


def answered(store: Store, trigger: Trigger, code: int, started_at: int = 1, took_ms: int = 1) -> Delivery:
    """JustClick has answered the call that has waited the longest."""
    [claim] = store.claim("w1", 1, [SCHOOL])[1]
    attempt = Attempt(claim.delivery.number, started_at, took_ms, code=code)
    assert store.move(Move(claim.delivery, trigger, attempt, {"code": code, "text": "x"}))
    return claim.delivery


def all_of(store: Store, wanted: DeliveryFilter, limit: int = 7) -> list[str]:
    """Every page, one behind the other."""
    found: list[str] = []
    cursor: str | None = None
    for _ in range(1000):
        page = store.deliveries(wanted, cursor, limit)
        found += [one.id for one in page.items]
        if page.next is None:
            return found
        cursor = page.next
    raise AssertionError("it never ends")


@pytest.fixture
def mixed(store: Store) -> list[Delivery]:
    """Each hook with each function, in five states or codes, three times over."""
    outcomes = ((Trigger.ACCEPTED, 0), (Trigger.ACCEPTED, 102), (Trigger.REFUSED, 102), (Trigger.REFUSED, 606), None)
    made = []
    for hook, function, outcome, _ in itertools.product(HOOKS, FUNCTIONS, outcomes, range(3)):
        words = ("anna@example.com",) if hook == "lead" else ()
        [one] = born(store, words=words, hook=hook, function=function)
        made.append(one.id)
        if outcome:
            store.redis.lrem("rq:queue:school", 1, one.id)
            claimed = store.claim("w1", 1, [], only=one.id)[1][0].delivery
            assert store.move(Move(claimed, outcome[0], Attempt(1, 1, 1, code=outcome[1]), {"code": outcome[1]}))
    return store.brief(made)


FILTERS = [
    DeliveryFilter(state=state, hook=hook, function=function, code=code, q=q)
    for state, hook, function, code, q in itertools.product(
        (None, "dead", "delivered", "queued", "held"),
        (None, "lead", "unknown"),
        (None, "CreateOrder"),
        (None, 0, 102, 606, 999),
        (None, "anna@example.com"),
    )
]


def test_every_combination_finds_exactly_what_matches(store: Store, redis: Redis, mixed: list[Delivery]) -> None:
    """All filters at once and in pages, held against a look at every single record."""
    assert wrong_in_the_books(redis) == []
    for wanted in FILTERS:
        expected = [one.id for one in mixed if wanted.matches(one) and (not wanted.q or one.hook == "lead")]
        assert all_of(store, wanted) == sorted(expected, reverse=True), wanted


def test_a_walk_that_finds_little_hands_out_a_cursor(store: Store) -> None:
    """A page may be short, even empty, and still have a next one: no answer takes longer than its bounded look."""
    [needle] = born(store, hook="shop", function="CreateOrder")
    for _ in range(MOST_LOOKED_AT // 100):
        event_id, kinds = ids.new_id("evt"), ({"hook": "shop"}, {"function": "CreateOrder"})
        keep(store, *(a_delivery(event_id, **kinds[place % 2]) for place in range(450)), id=event_id)
    wanted = DeliveryFilter(hook="shop", function="CreateOrder")
    pages, cursor = [], None
    while True:
        page = store.deliveries(wanted, cursor)
        pages.append([one.id for one in page.items])
        cursor = page.next
        if cursor is None:
            break
    assert pages == [[], [], [needle.id]]


def test_a_long_run_of_what_does_not_match_is_skipped(store: Store) -> None:
    """Thousands of a hook that still wait stand before the first one that was delivered; its page is full at once."""
    done = [born(store, hook="shop")[0].id for _ in range(3)]
    for _ in done:
        answered(store, Trigger.ACCEPTED, 0)
    for _ in range(4):
        born(store, MOST_LOOKED_AT, hook="shop")
        born(store, MOST_LOOKED_AT)
    found = store.deliveries(DeliveryFilter(hook="shop", state="delivered"))
    assert ([one.id for one in found.items], found.next) == (sorted(done, reverse=True), None)


def test_a_code_is_found_in_whatever_state(store: Store, redis: Redis) -> None:
    """A code that counts as delivered, a refusal, and no longer what was replayed."""
    for _ in range(3):
        born(store)
    delivered = answered(store, Trigger.ACCEPTED, 102)
    dead, replayed = (answered(store, Trigger.REFUSED, 102) for _ in range(2))
    assert all_of(store, DeliveryFilter(code=102)) == sorted((delivered.id, dead.id, replayed.id), reverse=True)
    replaying.replay(store, Configuration({}, {}), replayed.id)
    assert all_of(store, DeliveryFilter(code=102)) == sorted((delivered.id, dead.id), reverse=True)
    replaying.discard(store, dead.id)
    assert all_of(store, DeliveryFilter(code=102, state="discarded")) == [dead.id]
    assert wrong_in_the_books(redis) == []


def test_what_matches_is_counted_without_being_read(store: Store) -> None:
    """A bulk replay of a filter takes all of it, however many walks that needs."""
    for _ in range(30):
        born(store)
    for _ in range(30):
        answered(store, Trigger.REFUSED, 606)
    assert replaying.count_matching(store, DeliveryFilter(code=606)) == Count(30)
    assert replaying.count_matching(store, DeliveryFilter(code=606, account="school")) == Count(30)
    assert replaying.count_matching(store, DeliveryFilter(hook="unknown")) == Count(0)


def test_dead_letters_are_counted_by_kind(store: Store, redis: Redis) -> None:
    """Without a walk, so the number is exact however many there are; what was replayed or discarded is none of them."""
    for _ in range(6):
        born(store)
    [replayed, discarded, *_] = [answered(store, Trigger.REFUSED, 606) for _ in range(4)]
    for _ in range(2):
        answered(store, Trigger.REFUSED, 102)
    replaying.replay(store, Configuration({}, {}), replayed.id)
    replaying.discard(store, discarded.id)
    born(store, hook="shop", state="dead", problems={"email": ["There is none."]}, reason="no-contact")
    assert store.count_dead(DeliveryFilter()) == Count(5)
    assert store.count_dead(DeliveryFilter(code=606, hook="webinar")) == Count(2)
    assert store.count_dead(DeliveryFilter(account="school", function="AddLeadToGroup")) == Count(5)
    assert store.count_dead(DeliveryFilter(hook="shop", code=606)) == Count(0)
    assert wrong_in_the_books(redis) == []


def test_who_replays_what_another_has_replayed_meanwhile_is_told(store: Store, redis: Redis) -> None:
    """It has died again since, of something else: nobody has looked at that yet."""
    born(store)
    seen = store.delivery(answered(store, Trigger.REFUSED, 606).id)
    assert seen is not None
    replaying.replay(store, Configuration({}, {}), seen.id)
    answered(store, Trigger.REFUSED, 102)
    for trigger in (Trigger.REPLAYED, Trigger.DISCARDED):
        assert not store.move(Move(seen, trigger))
    assert store.count_dead(DeliveryFilter(code=102)) == Count(1)
    assert wrong_in_the_books(redis) == []


def test_dead_letters_of_an_older_version_are_counted_by_walking(store: Store, redis: Redis) -> None:
    """It has counted none of them; of very many it is told that there are at least so many."""
    for _ in range(3):
        born(store)
    for _ in range(3):
        answered(store, Trigger.REFUSED, 606)
    redis.delete(keys.DEAD_COUNTS)
    assert store.count_dead(DeliveryFilter(code=606, hook="webinar")) == Count(3)
    ids_ = [f"dlv_{number:06}" for number in range(MOST_LOOKED_AT * MOST_WALKS + 500)]
    for index in (keys.in_state("dead"), keys.dead_of("code", 606), keys.dead_of("hook", "webinar")):
        redis.zadd(index, dict.fromkeys(ids_, 0))
    both = store.count_dead(DeliveryFilter(code=606, hook="webinar"))
    assert MOST_LOOKED_AT < both.number < len(ids_)
    assert str(both) == f"at least {both.number}"


def test_how_long_deliveries_took_is_counted(store: Store) -> None:
    """By bounds, from accepted to delivered; a dead letter is not counted."""
    for _ in range(3):
        born(store, created_at=1_000_000)
    answered(store, Trigger.ACCEPTED, 0, started_at=1_000_020, took_ms=15)
    answered(store, Trigger.ACCEPTED, 0, started_at=1_090_000, took_ms=250)
    answered(store, Trigger.REFUSED, 606, started_at=1_090_000, took_ms=250)
    told, seconds = buckets(store.took())
    counts = dict(told)
    assert (counts["0.025"], counts["0.05"], counts["60"], counts["300"], counts["+Inf"]) == (0, 1, 1, 2, 2)
    assert seconds == pytest.approx(0.035 + 90.25)
