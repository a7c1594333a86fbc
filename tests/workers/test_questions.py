"""Senders whose word alone is not enough: a real worker asks a real JustClick before anything is mapped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from relay import hooks
from relay.intake import Intake
from relay.justclick import signing
from relay.justclick.sandbox import Sandbox
from relay.models import Event, WebhookRequest
from relay.store import Store
from tests.support.api_call import call
from tests.support.running import Running, eventually

TWO_ACCOUNTS = """
accounts:
  school: {login: demo, secret: "${JUSTCLICK_SECRET}", url: "${JUSTCLICK_URL}", retry: [0.3, 0.3]}
hooks:
  orders:
    provider: justclick_orders
    secret: ${JUSTCLICK_SECRET}
    calls:
      - {function: AddLeadToGroup, when: event_type == "order.paid", params: {rid: [clients]}}
"""


@pytest.fixture
def running(tmp_path: Path, redis_url: str, sandbox: Sandbox) -> Iterator[Running]:
    relay = Running(tmp_path, redis_url, sandbox.url, configuration=TWO_ACCOUNTS)
    relay.start_worker()
    yield relay
    relay.stop()


def an_order(sandbox: Sandbox, *, paid: bool) -> str:
    """The number of an order that stands in JustClick."""
    made = call(sandbox.url, "CreateOrder", {"bill_email": "anna@example.com", "goods": [{"good_name": "course"}]})
    number = str(made.json["result"]["bill_id"])
    if paid:
        call(sandbox.url, "UpdateOrderStatus", {"bill_id": number, "status": "paid", "date": "1700000000"})
    return number


def notify(intake: Intake, number: str, paid: str = "1700000000") -> Event:
    """JustClick tells that the order is paid."""
    told = {"id": number, "email": "anna@example.com", "paid": paid, "last_payment_sum": "10"}
    told["hash"] = signing.notification_hash(number, "anna@example.com", paid, "sandbox-secret")
    headers = {"content-type": "application/x-www-form-urlencoded"}
    request = WebhookRequest("POST", "", headers, urlencode(told).encode(), "127.0.0.1")
    receipt = intake.receive(intake.configuration.hooks["orders"], request)
    event = intake.store.event(receipt.event_id or "")
    assert event is not None
    return event


@pytest.fixture
def intake(running: Running, store: Store) -> Intake:
    return Intake(hooks.load(running.environ["RELAY_CONFIG"], running.environ), store, 1024 * 1024)


def settled(store: Store, event: Event, count: int) -> list[tuple[str, str, str | None]]:
    """Function, state and reason of the event's deliveries, when there are so many and all have ended."""

    def look() -> list[tuple[str, str, str | None]] | None:
        now = store.event(event.id)
        assert now is not None
        found = [one for one in store.brief(now.deliveries) if one.state in {"delivered", "dead"}]
        return [(one.function, one.state, one.reason) for one in found] if len(found) == count else None

    return eventually(look, 60, "the end of all deliveries")


def test_a_confirmed_event_leads_to_its_calls(store: Store, intake: Intake, sandbox: Sandbox) -> None:
    """The order is paid there too: the question is answered, the call it leads to is made."""
    event = notify(intake, an_order(sandbox, paid=True))
    assert settled(store, event, 2) == [("Fetch", "delivered", None), ("AddLeadToGroup", "delivered", None)]
    assert "anna@example.com" in sandbox.state.contacts
    now = store.event(event.id)
    assert now is not None
    assert now.fetched
    assert len(store.events(q="anna@example.com").items) == 1


def test_what_the_sender_does_not_confirm_is_a_dead_letter(store: Store, intake: Intake, sandbox: Sandbox) -> None:
    """The hash is right, but the order is not paid: nothing is done, and a person reads why."""
    event = notify(intake, an_order(sandbox, paid=False))
    assert settled(store, event, 1) == [("Fetch", "dead", "fetch-refused")]
    [question] = store.brief(event.deliveries)
    assert "waiting" in (question.note or "")
    assert sandbox.calls_of("AddLeadToGroup") == []


def test_a_question_is_asked_again_when_nobody_answers(store: Store, intake: Intake, sandbox: Sandbox) -> None:
    """The same retry rules as for any call."""
    number = an_order(sandbox, paid=True)
    sandbox.trouble(status=503, function="getOrderDetails", times=2)
    event = notify(intake, number)
    assert settled(store, event, 2)[0] == ("Fetch", "delivered", None)
    assert store.brief(event.deliveries)[0].number == 3
