"""Records as Redis holds them: what is as usual takes no field, and comes back all the same."""

from __future__ import annotations

from relay import ids
from relay.models import Attempt, Delivery, Event
from relay.store.codec import attempt_text, delivery_fields, event_fields, read_delivery, read_event, read_record
from tests.support.making import a_delivery

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


def test_no_retries_are_not_the_usual_ones() -> None:
    """``retry: []`` of a call is an order of its own; without it the account's delays count."""
    never, usual = a_delivery(id=ids.new_id("dlv", AT), retry=()), a_delivery(id=ids.new_id("dlv", AT))
    assert read_delivery(never.id, as_hash(delivery_fields(never))).retry == ()
    assert read_delivery(usual.id, as_hash(delivery_fields(usual))).retry is None


def test_an_attempt_comes_back_as_it_was() -> None:
    """What is None is not written."""
    attempt = Attempt(1, AT, 184, 200, 0, "OK", trigger="accepted", worker="w1")
    assert read_record(Attempt, attempt_text(attempt)) == attempt
    assert "reason" not in attempt_text(attempt)


def test_records_of_a_newer_version_are_read() -> None:
    """Whoever steps back a version finds fields that he does not know, and sends what is under way all the same."""
    attempt, delivery = Attempt(1, AT), a_delivery(id=ids.new_id("dlv", AT), number=1)
    event = Event(ids.new_id("evt", AT), "lead", "generic", AT, body=b"{}")
    newer = {b"a1": attempt_text(attempt).replace("{", '{"mood":"good",', 1).encode(), b"mood": b"good"}
    assert read_delivery(delivery.id, as_hash(delivery_fields(delivery)) | newer).attempts == (attempt,)
    assert read_event(event.id, as_hash(event_fields(event)) | {b"mood": b"good"}) == event
