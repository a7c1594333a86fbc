"""However many events tell of one payment, JustClick gets one order. A real worker, real samples of the senders."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from relay import hooks, providers
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


CHECKOUT = {"id": "cs_1", "object": "checkout.session", "client_reference_id": "10457", "payment_status": "paid"}
PAYMENT = {"id": "pi_1", "object": "payment_intent", "amount": 4900}
CHARGE = {"id": "ch_1", "object": "charge", "payment_intent": "pi_1", "amount": 4900}
INVOICE = {"id": "in_1", "object": "invoice", "amount_paid": 4900}
FOUR = ("checkout.session.completed", "payment_intent.succeeded", "charge.succeeded", "invoice.paid")
REFERENCE = {"payment_details": {"order_reference": "in_1"}}


@pytest.mark.parametrize(
    "objects",
    [
        # a checkout that makes an invoice; a subscription's first checkout, without a payment of its own; and as
        # Stripe's API was before 2025, where every object named its invoice
        (CHECKOUT | {"payment_intent": "pi_1", "invoice": "in_1"}, PAYMENT, CHARGE, INVOICE),
        (CHECKOUT | {"payment_intent": None, "invoice": "in_1"}, PAYMENT | REFERENCE, CHARGE, INVOICE),
        (CHECKOUT | {"invoice": "in_1"}, PAYMENT | {"invoice": "in_1"}, CHARGE, INVOICE | {"payment_intent": "pi_1"}),
    ],
    ids=["with-invoice", "subscription", "before-2025"],
)
def test_four_events_of_one_payment_make_one_order(
    intake: Intake, store: Store, sandbox: Sandbox, objects: tuple[dict[str, Any], ...]
) -> None:
    """Stripe tells of checkout, payment, charge and invoice; not each knows the shop's number, nor the invoice's."""
    hook = intake.configuration.hooks["stripe"]
    for number, (event, thing) in enumerate(zip(FOUR, objects, strict=True)):
        told = {"id": f"evt_{number}", "type": event, "data": {"object": {"currency": "usd", **thing}}}
        intake.receive(hook, signed(json.dumps(told).encode(), "whsec_StripeEndpointSecret01"))
        settled(store, number + 1)
    assert len(sandbox.state.orders) == 1


def test_a_shops_own_reference_is_no_invoice(intake: Intake) -> None:
    """What the shop made up may stand in many payments; it does not make one order of them."""
    thing = PAYMENT | {"currency": "usd", "payment_details": {"order_reference": "autumn"}}
    request = signed(json.dumps({"type": FOUR[1], "data": {"object": thing}}).encode(), "whsec_StripeEndpointSecret01")
    assert providers.find("stripe").read(request, intake.configuration.hooks["stripe"]).order.invoice_id is None


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
