"""However many events tell of one payment, JustClick gets one order. A real worker, real samples of the senders."""

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
from tests.support.stripe import signed

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "providers"
CONFIGURATION = """
accounts:
  school: {login: demo, secret: "${JUSTCLICK_SECRET}", url: "${JUSTCLICK_URL}", max_per_second: 100}
hooks:
  bank:
    provider: tinkoff
    secret: ${TINKOFF}
    calls: [{function: CreateOrder, params: {bill_email: anna@example.com, goods: [{good_name: course}]}}]
  stripe:
    provider: stripe
    secret: ${STRIPE}
    tolerance: 0
    calls: [{function: CreateOrder, params: {bill_email: anna@example.com, goods: [{good_name: course}]}}]
  shop:
    provider: generic
    token: ${LEAD_TOKEN}
    order: {id: "{{ body.order }}"}
    calls:
      - function: CreateOrder
        each: body.goods
        params: {bill_email: anna@example.com, goods: [{good_name: "{{ item }}"}]}
"""


@pytest.fixture
def running(tmp_path: Path, redis_url: str, sandbox: Sandbox) -> Iterator[Running]:
    secrets = {"TINKOFF": "tk_Dfsfh56dgKl", "STRIPE": "whsec_StripeEndpointSecret01"}
    relay = Running(tmp_path, redis_url, sandbox.url, configuration=CONFIGURATION, more_environ=secrets)
    relay.start_worker()
    yield relay
    relay.stop()


@pytest.fixture
def intake(running: Running, store: Store) -> Intake:
    return Intake(hooks.load(running.environ["RELAY_CONFIG"], running.environ), store, 1024 * 1024)


def sample(provider: str, event: str) -> WebhookRequest:
    folder = FIXTURES / provider
    lines = (folder / f"{event}.headers").read_text().splitlines()
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    return WebhookRequest("POST", "", headers, (folder / f"{event}.json").read_bytes(), "127.0.0.1")


def settled(store: Store, count: int) -> None:
    eventually(lambda: store.counts()["delivered"] == count, 60, f"{count} delivered")


def test_a_banks_two_events_make_one_order(intake: Intake, store: Store, sandbox: Sandbox) -> None:
    """AUTHORIZED and CONFIRMED."""
    for event in ("AUTHORIZED", "CONFIRMED"):
        intake.receive(intake.configuration.hooks["bank"], sample("tinkoff", event))
    settled(store, 2)
    assert len(sandbox.state.orders) == 1


def test_an_event_without_the_shops_number_is_known_by_its_payment(
    intake: Intake, store: Store, sandbox: Sandbox
) -> None:
    """Stripe tells of the checkout with the shop's number, and of the payment without it."""
    checkout = json.loads((FIXTURES / "stripe" / "checkout.session.completed.json").read_text())
    payment = {
        "id": "evt_other",
        "type": "payment_intent.succeeded",
        "livemode": True,
        "data": {"object": {"id": checkout["data"]["object"]["payment_intent"], "amount": 4900, "currency": "usd"}},
    }
    hook = intake.configuration.hooks["stripe"]
    intake.receive(hook, sample("stripe", "checkout.session.completed"))
    intake.receive(hook, signed(json.dumps(payment).encode(), "whsec_StripeEndpointSecret01"))
    settled(store, 2)
    assert len(sandbox.state.orders) == 1


def test_the_orders_of_one_event_are_each_an_order(intake: Intake, store: Store, sandbox: Sandbox) -> None:
    """A hook that makes an order of every good makes as many; the same event from another hook makes none."""
    body = {"order": "77", "goods": ["course", "consulting"]}
    headers = {"content-type": "application/json"}
    for note in ("first", "again"):
        content = json.dumps(body | {"note": note}).encode()
        request = WebhookRequest("POST", "", headers, content, "127.0.0.1", "lead-token")
        intake.receive(intake.configuration.hooks["shop"], request)
    settled(store, 4)
    assert len(sandbox.state.orders) == 2
