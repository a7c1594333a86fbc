"""Records as Redis holds them: what is as usual takes no field, and comes back all the same."""

from __future__ import annotations

from redis import Redis

from relay import ids, keys
from relay.models import Attempt, Delivery, Event
from relay.store import Store
from relay.store.codec import attempt_text, delivery_fields, event_fields, read_attempt, read_delivery, read_event
from tests.support.making import SCHOOL, a_delivery, keep

AT = 1_760_000_000_123


def as_hash(flat: list[str | bytes]) -> dict[bytes, bytes]:
    plain = [part.encode() if isinstance(part, str) else part for part in flat]
    return dict(zip(plain[::2], plain[1::2], strict=True))


def test_what_is_as_usual_takes_no_field() -> None:
    """Name, wait and times of most deliveries; method and time of most events."""
    delivery = Delivery(ids.new_id("dlv", AT), "evt_1", "lead", "school", "AddTag", {}, "queued", AT, AT, name="AddTag")
    event = Event(ids.new_id("evt", AT), "lead", "generic", AT, body=b"{}")
    assert sorted(as_hash(delivery_fields(delivery))) == sorted(
        [b"state", b"event_id", b"hook", b"account", b"function", b"updated_at"]
    )
    assert sorted(as_hash(event_fields(event))) == sorted([b"hook", b"provider", b"headers", b"body"])
    assert read_delivery(delivery.id, as_hash(delivery_fields(delivery))) == delivery
    assert read_event(event.id, as_hash(event_fields(event))) == event


def test_what_is_not_as_usual_is_kept() -> None:
    """A named call that waits longer, an event that came by GET; made a second before they were named."""
    delivery = a_delivery(id=ids.new_id("dlv", AT), created_at=AT - 1000, name="second", wait=60.0, tries=2, number=3)
    event = Event(ids.new_id("evt", AT), "lead", "generic", AT - 1000, method="GET", query="a=1", body=b"")
    assert read_delivery(delivery.id, as_hash(delivery_fields(delivery))) == delivery
    assert read_event(event.id, as_hash(event_fields(event))) == event


def test_an_attempt_comes_back_as_it_was() -> None:
    """What is None is not written."""
    attempt = Attempt(1, AT, 184, 200, 0, "OK", trigger="accepted", worker="w1")
    assert read_attempt(attempt_text(attempt)) == attempt
    assert "reason" not in attempt_text(attempt)


def test_a_wait_counts_from_the_time_in_the_id(store: Store, redis: Redis) -> None:
    """The claim reads it there, when no other time is written."""
    one = a_delivery(id=ids.new_id("dlv", AT), created_at=AT, awaits=("bill:school:1",), wait=60.0)
    keep(store, one)
    assert not redis.hexists(keys.DELIVERY + one.id, "created_at")
    assert store.claim("w1", 1, [SCHOOL])[1] == []
    assert redis.zscore(keys.WAIT_UNTIL, one.id) == AT + 60_000
