"""A wrong signature: the delivery and the gate say which slip it is, as long as JustClick's answer is at hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from relay import hooks
from relay.intake import Intake
from relay.justclick.sandbox import Sandbox
from relay.models import WebhookRequest
from relay.store import Store
from tests.support.running import Running, eventually

SLIP = "Our secret has quotation marks or a full stop around it"


@pytest.fixture
def running(tmp_path: Path, redis_url: str, sandbox: Sandbox) -> Iterator[Running]:
    relay = Running(tmp_path, redis_url, sandbox.url, secret='"sandbox-secret"')
    yield relay
    relay.stop()


def test_the_slip_is_told_where_a_person_looks(running: Running, store: Store, sandbox: Sandbox) -> None:
    """On the delivery, on its attempt and on the gate; the secret in none of them."""
    intake = Intake(hooks.load(running.environ["RELAY_CONFIG"], running.environ), store, 1024 * 1024)
    body = json.dumps({"id": "1", "email": "anna@example.com"}).encode()
    request = WebhookRequest("POST", "", {"content-type": "application/json"}, body, "127.0.0.1", "lead-token")
    event = store.event(intake.receive(intake.configuration.hooks["lead"], request).event_id or "")
    assert event
    running.start_worker()
    eventually(lambda: store.counts()["held"] == 1, what="held")
    held = store.delivery(event.deliveries[0])
    assert held
    gate = store.gates()["account:school"]
    for told in (held.note, held.attempts[0].note, gate.text):
        assert SLIP in (told or "")
        assert "sandbox-secret" not in (told or "")
    assert gate.text.startswith("incorrect hash")
    assert "sandbox-secret" not in running.logs()
