"""A webhook sent in, and its delivery when the worker is done with it."""

from __future__ import annotations

import json
from typing import Any

from relay.intake import Intake
from relay.models import Delivery, WebhookRequest
from relay.store import Store
from tests.support.running import eventually


def send(intake: Intake, hook: str, **body: Any) -> Delivery:
    """Posts a webhook and gives back its first delivery."""
    request = WebhookRequest(
        "POST", "", {"content-type": "application/json"}, json.dumps(body).encode(), "127.0.0.1", "lead-token"
    )
    receipt = intake.receive(intake.configuration.hooks[hook], request)
    assert receipt.event_id
    event = intake.store.event(receipt.event_id)
    assert event is not None
    delivery = intake.store.delivery(event.deliveries[0])
    assert delivery is not None
    return delivery


def ended(store: Store, delivery: Delivery, *states: str, seconds: float = 60) -> Delivery:
    """The delivery once it is in one of these states (by default: any end)."""
    wanted = states or ("delivered", "dead", "discarded")

    def look() -> Delivery | None:
        found = store.delivery(delivery.id)
        return found if found and found.state in wanted else None

    found = eventually(look, seconds, f"{delivery.id} {wanted}")
    assert isinstance(found, Delivery)
    return found
