"""A sender that posts a number at every change (Mollie): what it means is asked, and the same state counts once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from relay import hooks
from relay.intake import Intake
from relay.justclick.sandbox import Sandbox
from relay.models import Event, WebhookRequest
from relay.store import Store
from tests.support.running import Running, eventually
from tests.support.sender_api import SenderApi, sender_api

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "providers" / "mollie"
CONFIGURATION = """
accounts:
  school: {login: demo, secret: "${JUSTCLICK_SECRET}", url: "${JUSTCLICK_URL}"}
hooks:
  sales:
    provider: mollie
    token: ${LEAD_TOKEN}
    options: {api_key: "${MOLLIE_KEY}", api: "${MOLLIE_URL}"}
    calls:
      - {function: AddLeadToGroup, when: order.paid, params: {rid: [clients]}}
"""


@pytest.fixture
def mollie() -> Iterator[SenderApi]:
    with sender_api() as api:
        for thing, path in (
            ("payment", "payments/tr_5B8cwPMGnU6qLbRvo7qEZo"),
            ("customer", "customers/cst_8wmqcHMN4U"),
        ):
            api.answers[f"/{path}"] = (FIXTURES / f"classic.fetched.{thing}.json").read_bytes()
        yield api


@pytest.fixture
def running(tmp_path: Path, redis_url: str, sandbox: Sandbox, mollie: SenderApi) -> Iterator[Running]:
    more = {"MOLLIE_KEY": "live_key_of_the_tests", "MOLLIE_URL": mollie.url}
    relay = Running(tmp_path, redis_url, sandbox.url, configuration=CONFIGURATION, more_environ=more)
    relay.start_worker()
    yield relay
    relay.stop()


def post_number(running: Running, store: Store) -> Event:
    intake = Intake(hooks.load(running.environ["RELAY_CONFIG"], running.environ), store, 1024 * 1024)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    body = b"id=tr_5B8cwPMGnU6qLbRvo7qEZo"
    request = WebhookRequest("POST", "", headers, body, "127.0.0.1", "lead-token")
    receipt = intake.receive(intake.configuration.hooks["sales"], request)

    def look() -> Event | None:
        event = store.event(receipt.event_id or "")
        ended = event and all(one.state == "delivered" for one in store.brief(event.deliveries))
        return event if ended else None

    return eventually(look, 60, "the end of the event")


def test_the_same_state_posted_twice_counts_once(running: Running, store: Store, sandbox: Sandbox) -> None:
    """Two posts of one number, both asked about; the second is told to be a repeat of the first."""
    first, second = post_number(running, store), post_number(running, store)
    assert len(first.deliveries) == 2
    [question] = store.brief(second.deliveries)
    assert question.note == f"The sender was asked; this is a repeat of {first.id}."
    assert [call.email for call in sandbox.calls_of("AddLeadToGroup")] == ["buyer@example.com"]
