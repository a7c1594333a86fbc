"""Paystack: amounts in kobo or cents; metadata may be an object, a text or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relay.models import Utm
from relay.provider import Provider
from relay.reading import (
    Answer,
    Currency,
    EMail,
    Minor,
    Moment,
    Phone,
    ReadingSchema,
    Text,
    dig,
    gather_utm,
    mapping,
    numbers,
    passed,
)
from relay.reading.money import EXPONENTS
from relay.verifying import Signature

_META = "data.metadata"
# Paystack counts every currency in hundredths
_EXPONENTS = dict.fromkeys(EXPONENTS, 2)
_STATUS = {
    "charge.success": "paid",
    "charge.failed": "failed",
    "refund.processed": "refunded",
    "invoice.payment_failed": "failed",
}


class Event(ReadingSchema):
    email = EMail("data.customer.email")
    first_name = Text("data.customer.first_name")
    last_name = Text("data.customer.last_name")
    phone = Phone("data.customer.phone")
    ip = Text("data.ip_address")
    order_id = Text(*numbers(_META))
    payment_id = Text("data.transaction_reference", "data.transaction.reference", "data.reference")
    amount = Minor("data.amount", exponents=_EXPONENTS)
    refunded = Minor(exponents=_EXPONENTS)
    currency = Currency("data.currency", "data.transaction.currency")
    created_at = Moment("data.created_at", "data.createdAt")
    paid_at = Moment("data.paid_at", "data.paidAt")
    subscription_id = Text("data.subscription_code", "data.subscription.subscription_code")

    def answers(self, body: Any) -> Iterator[Answer]:
        metadata = dig(body, _META)
        yield from passed(mapping(body, _META).get("custom_fields"))
        yield from (one for one in passed(metadata) if one.key not in ("custom_fields", "referrer"))

    def utm(self, body: Any) -> Utm:
        return gather_utm(mapping(body, _META), dig(body, f"{_META}.referrer"))

    def finish(self, found: dict[str, Any], body: Any) -> None:
        event = found["event_type"]
        found["status"] = _STATUS.get(event)
        if event == "invoice.update" and dig(body, "data.paid"):
            found["status"] = "paid"
        if event.startswith("refund."):
            found["refunded"], found["amount"] = found["amount"] if found["status"] else None, None
        found["order_id"] = found["order_id"] or found["payment_id"]


PROVIDER = Provider(
    name="paystack",
    title="Paystack",
    kind="payment",
    proof=(Signature(at="header:x-paystack-signature", mac="sha512"),),
    schema=Event,
    event_type="event",
    event_id=("event", "data.id"),
    settings=(
        "Settings > API Keys & Webhooks: enter the hook's URL as *Live Webhook URL*. `secret` is the secret key "
        "(sk_live_...): Paystack signs with the key that also moves money, so keep it in the environment only."
    ),
    arrives=(
        "charge.success for first payments and renewals, refund.processed, subscription.create and others, "
        "invoice.payment_failed. An order without an order_id in the metadata gets the transaction's reference. A "
        "phone asked for in a custom field is found there. No goods."
    ),
    on_failure="30 seconds. Live: four tries 3 minutes apart, then hourly for 72 hours; test: hourly for 10 hours.",
    tests="None: test mode has a key of its own.",
    confidence="documented",
    sources=("paystack.com/docs/payments/webhooks",),
)
