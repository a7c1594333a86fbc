"""What the page and the API ask: filters, cursors, search, health."""

from __future__ import annotations

import json

import pytest
from redis import Redis

from relay import keys
from relay.lifecycle import Trigger
from relay.models import Attempt
from relay.store import Count, DeliveryFilter, Move, Store
from relay.words import sought
from tests.support.making import SCHOOL, a_delivery, keep


def walk(store: Store, wanted: DeliveryFilter, limit: int) -> list[list[str]]:
    pages, cursor = [], None
    while True:
        page = store.deliveries(wanted, cursor, limit)
        pages.append([one.id for one in page.items])
        if page.next is None:
            return pages
        cursor = page.next


def test_paging_shows_everything_once_newest_first(store: Store) -> None:
    """Twenty-five deliveries in pages of ten."""
    kept = [a_delivery() for _ in range(25)]
    for one in kept:
        keep(store, one)
    pages = walk(store, DeliveryFilter(), 10)
    assert [len(page) for page in pages] == [10, 10, 5]
    assert [id_ for page in pages for id_ in page] == sorted((one.id for one in kept), reverse=True)


def test_filters_work_together(store: Store) -> None:
    """State, hook and function at once."""
    wanted = a_delivery(hook="shop", function="CreateOrder")
    for one in (a_delivery(), a_delivery(hook="shop"), wanted, a_delivery(function="CreateOrder")):
        keep(store, one, hook=one.hook)
    found = store.deliveries(DeliveryFilter(state="queued", hook="shop", function="CreateOrder"))
    assert [one.id for one in found.items] == [wanted.id]
    assert store.deliveries(DeliveryFilter(state="dead")).items == []


@pytest.mark.parametrize(
    "typed", ["anna@example.com", " Anna@Example.com ", "8 (999) 000-00-00", "+79990000000", "10457"]
)
def test_a_lead_is_found_by_what_people_type(store: Store, typed: str) -> None:
    """E-mail in any case, a phone in any shape, an order number: the delivery and its event."""
    one = a_delivery()
    kept = keep(store, one, words=("anna@example.com", "79990000000", "10457"))
    keep(store, a_delivery(), words=("other@example.com",))
    assert [found.id for found in store.deliveries(DeliveryFilter(q=typed)).items] == [one.id]
    assert [found.id for found in store.events(q=typed).items] == [kept.event_id]


def test_ids_are_found_too(store: Store) -> None:
    """An event's id leads to its deliveries, a delivery's id to its event."""
    one = a_delivery()
    kept = keep(store, one)
    keep(store, a_delivery())
    assert [found.id for found in store.deliveries(DeliveryFilter(q=kept.event_id)).items] == [one.id]
    assert [found.id for found in store.events(q=kept.event_id).items] == [kept.event_id]
    assert store.events(q="evt_unknown").items == []


def test_a_made_orders_number_is_found(store: Store) -> None:
    """People look for the number that JustClick gave."""
    one = a_delivery(function="CreateOrder")
    keep(store, one)
    [claim] = store.claim("w1", 1, [SCHOOL])[1]
    store.move(Move(claim.delivery, Trigger.ACCEPTED, Attempt(1, 1, 1), {"result": {"bill_id": 5}}, found=("258367",)))
    assert [found.id for found in store.deliveries(DeliveryFilter(q="258367")).items] == [one.id]


def test_no_e_mail_stands_in_a_key(store: Store, redis: Redis) -> None:
    """Key names end up in logs and in the tools of hosting companies."""
    keep(store, a_delivery(), words=("anna@example.com",))
    assert not [key for key in redis.scan_iter("*") if b"anna" in key]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("8 999 000 00 00", "79990000000"), ("+7 999 000-00-00", "79990000000"), ("10457", "10457"), ("A-1", "a-1")],
)
def test_what_is_sought(typed: str, kept: str) -> None:
    """A number with eleven digits is a phone; a short one is an order."""
    assert sought(typed) == kept


def test_health_warns_of_a_store_that_forgets(store: Store, redis: Redis) -> None:
    """The tests' server keeps nothing on disk; with an eviction policy it may even forget while it runs."""
    assert store.health().warnings == ("not-persistent",)
    redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        assert "may-evict" in store.health().warnings
    finally:
        redis.config_set("maxmemory-policy", "noeviction")
    redis.config_set("appendonly", "yes")
    try:
        assert store.health().persistent
    finally:
        redis.config_set("appendonly", "no")


def test_a_bulk_replay_is_worked_off_in_slices(store: Store, redis: Redis) -> None:
    """Its progress counts up, and it ends."""
    redis.zadd(keys.in_state("dead"), {f"dlv_{number:03}": 0 for number in range(250)})
    bulk_id = store.start_bulk(DeliveryFilter(state="dead"), "sent", Count(200, exact=False))
    [taken] = store.next_of_bulks()
    assert list(store.next_of_bulks()) == []  # another sweeper
    redis.delete(f"{keys.REPLAY}{bulk_id}:taken")  # who had taken it was killed
    rounds, seen = 0, []
    while work := list(store.next_of_bulks()):
        for portion in work:
            assert (portion.bulk_id, portion.how) == (bulk_id, "sent")
            seen += portion.ids
            store.bulk_done(portion, len(portion.ids), 0)
        rounds += 1
    assert seen[:100] == taken.ids
    assert len(set(seen)) == 250
    progress = store.bulk_progress(bulk_id)
    assert progress is not None
    assert (rounds, progress["replayed"], progress["finished"]) == (3, 250, True)


def test_a_bulk_of_a_newer_version_waits_for_it(store: Store, redis: Redis) -> None:
    """Without a filter that we do not know it would replay too much; those behind it go on."""
    redis.zadd(keys.in_state("dead"), {"dlv_001": 0})
    [newer, ours] = [store.start_bulk(DeliveryFilter(state="dead"), "sent", Count(1)) for _ in range(2)]
    redis.hset(keys.REPLAY + newer, "filter", json.dumps({"state": "dead", "mood": "bad"}))
    assert [portion.bulk_id for portion in store.next_of_bulks()] == [ours]
    assert redis.sismember(keys.REPLAYS, newer)
