"""Accounts, gates, events and deliveries for tests of the engine."""

from __future__ import annotations

import time
from typing import Any

from relay import ids
from relay.models import Account, Delivery, Event
from relay.store import Claim, Gate, Kept, Store

SCHOOL = Account("school", "demo", ("sandbox-secret",), "http://127.0.0.1:1", max_in_flight=16, max_per_second=0)
CLOSED = Gate("account:school", "closed", "account-paused", 4, "Incorrect hash", 1)


def a_delivery(event_id: str = "evt_1", **changes: Any) -> Delivery:
    now = time.time_ns() // 1_000_000
    told: dict[str, Any] = {
        "id": ids.new_id("dlv"),
        "event_id": event_id,
        "hook": "webinar",
        "account": "school",
        "function": "AddLeadToGroup",
        "params": {"rid": ["webinar"], "lead_email": "anna@example.com"},
        "state": "queued",
        "created_at": now,
        "updated_at": now,
        "name": "AddLeadToGroup",
        "wait": 3600.0,
    }
    return Delivery(**(told | changes))


def an_event(*deliveries: Delivery, **changes: Any) -> Event:
    told: dict[str, Any] = {
        "id": ids.new_id("evt"),
        "hook": "webinar",
        "provider": "generic",
        "received_at": time.time_ns() // 1_000_000,
        "headers": {"content-type": "application/json"},
        "body": b'{"email": "anna@example.com"}',
        "deliveries": tuple(one.id for one in deliveries),
    }
    return Event(**(told | changes))


def keep(
    store: Store, *deliveries: Delivery, key: str | None = None, words: tuple[str, ...] = (), **event: Any
) -> Kept:
    """Keeps an event with these deliveries under an idempotency key of its own, unless one is given."""
    made = an_event(*deliveries, **event)
    return store.keep(
        made, deliveries, idempotency_key=key or made.id, window_ms=60_000, words=words, max_per_minute=1_000_000
    )


def claim_all(store: Store, worker: str = "w1", account: Account = SCHOOL, room: int = 100) -> list[Claim]:
    """What the worker gets that asks for so many calls of this account."""
    return store.claim(worker, room, [account])[1]


def state_of(store: Store, delivery_id: str) -> str:
    """Of a delivery that must be there."""
    found = store.delivery(delivery_id)
    assert found is not None
    return found.state
