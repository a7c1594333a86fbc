"""Paddle Billing: amounts in minor units as text; who bought is only a number that must be asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from relay.asking import question
from relay.models import Hook, Reading
from relay.provider import Fetch, FetchRequest, Provider
from relay.reading import Currency, EMail, Flag, Goods, Minor, Moment, Sale, Text, dig, mapping, numbers
from relay.verifying import Signature

_CUSTOM = "data.custom_data"
_STATUS = {
    "transaction.created": "created",
    "transaction.ready": "waiting",
    "transaction.billed": "waiting",
    "transaction.paid": "paid",
    "transaction.completed": "paid",
    "transaction.payment_failed": "failed",
    "transaction.canceled": "cancelled",
}


class Event(Sale):
    along = (_CUSTOM,)

    email = EMail("customer.data.email", f"{_CUSTOM}.email", "data.email")
    name = Text("customer.data.name", f"{_CUSTOM}.name")
    consent = Flag("customer.data.marketing_consent", "data.marketing_consent")
    order_id = Text(*numbers(_CUSTOM))
    payment_id = Text("data.transaction_id")
    amount = Minor("data.details.totals.grand_total", "data.totals.total")
    refunded = Minor()
    currency = Currency("data.currency_code")
    goods = Goods("data.details.line_items", id="product.id", name="product.name", sum="totals.total", minor=True)
    created_at = Moment("data.created_at")
    paid_at = Moment("data.payments.0.captured_at", "data.billed_at")
    subscription_id = Text("data.subscription_id")

    def finish(self, found: dict[str, Any], body: Any) -> None:
        event, data = found["event_type"], mapping(body, "data")
        kind = event.partition(".")[0]
        found["status"] = _STATUS.get(event)
        if kind == "transaction":
            found["payment_id"] = data.get("id")
            if data.get("origin") == "subscription_recurring":  # its custom data are those of the first payment
                found["order_id"] = None
        elif kind == "subscription":
            found["subscription_id"] = data.get("id")
        elif kind == "adjustment":
            _adjust(found, data)
        elif kind == "customer":
            found["name"], found["created_at"] = data.get("name"), None
        if found["status"] != "paid":
            found["paid_at"] = None
        found["order_id"] = found["order_id"] or found["payment_id"]


def _adjust(found: dict[str, Any], data: dict[str, Any]) -> None:
    if data.get("action") == "refund" and data.get("status") == "approved":
        found["status"] = "partially_refunded" if data.get("type") == "partial" else "refunded"
        found["refunded"] = found["amount"]
    found["amount"] = None


def _ask(reading: Reading, hook: Hook) -> Sequence[FetchRequest]:
    """The customer, where nothing else tells the e-mail."""
    customer = dig(reading.body, "data.customer_id")
    if not customer or reading.contact.email:
        return ()
    sandbox = "sandbox-" if "_sdbx_" in str(hook.options.get("api_key")) else ""
    return (question(hook, f"https://{sandbox}api.paddle.com", f"/customers/{customer}", "customer", option="api_key"),)


PROVIDER = Provider(
    name="paddle",
    title="Paddle Billing",
    kind="payment",
    proof=(
        Signature(
            at="header:Paddle-Signature",
            mac="sha256",
            parts=("timestamp", "body"),
            join=":",
            separator=";",
            versions=("h1",),
            timestamp="item:ts",
            tolerance=300,  # Paddle's own libraries allow 5 s, less than two clocks may differ
        ),
    ),
    schema=Event,
    event_type="event_type",
    event_id=("event_id",),
    fetch=Fetch(ask=_ask, schema=Event, needs=("api_key",)),
    options={
        "api_key": "an API key that may read customers: then the worker asks for the e-mail",
        "api": "https://api.paddle.com, or the sandbox's for a key of the sandbox, if not said otherwise",
    },
    settings=(
        "Developer tools > Notifications > New destination: enter the hook's URL and choose transaction.completed, "
        "adjustment.updated and the subscription events that you need. `secret` is the destination's secret key "
        "(pdl_ntfset_...)."
    ),
    arrives=(
        "The whole object, but of the buyer only customer_id. Pass email (and order_id) in custom_data of the "
        "checkout, or give the option api_key. A refund (adjustment) names the transaction only: where it must find "
        "its order, keep it under that: `order_id: '{{ order.payment_id }}'`."
    ),
    on_failure="5 seconds. Live: 60 repeats within 3 days; sandbox: 3 within 15 minutes.",
    tests="None: the sandbox is an account of its own.",
    confidence="tested",
    sources=("PyPI paddle-python-sdk 1.16.1", "developer.paddle.com/webhooks"),
)
