"""Stripe: one envelope for every event, the object in ``data.object``; amounts in minor units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relay.provider import Provider
from relay.reading import (
    Currency,
    EMail,
    Goods,
    Minor,
    Moment,
    Phone,
    ReadingSchema,
    Text,
    dig,
    mapping,
    rows,
    text_at,
)
from relay.reading.money import EXPONENTS
from relay.verifying import stamped

# Stripe counts these two in hundredths although ISO 4217 doesn't, and MGA in whole units
_EXPONENTS = {**EXPONENTS, "ISK": 2, "UGX": 2, "MGA": 0}
_STATUS = {
    "checkout.session.async_payment_succeeded": "paid",
    "checkout.session.async_payment_failed": "failed",
    "checkout.session.expired": "cancelled",
    "payment_intent.succeeded": "paid",
    "payment_intent.payment_failed": "failed",
    "payment_intent.canceled": "cancelled",
    "payment_intent.amount_capturable_updated": "authorized",
    "invoice.paid": "paid",
    "invoice.payment_succeeded": "paid",
    "invoice.payment_failed": "failed",
    "charge.succeeded": "paid",
    "charge.failed": "failed",
}
_NUMBERS = ("order_id", "orderId", "order")


class Event(ReadingSchema):
    email = EMail(
        "data.object.customer_details.email",
        "data.object.customer_email",
        "data.object.billing_details.email",
        "data.object.receipt_email",
        "data.object.metadata.email",
    )
    name = Text(
        "data.object.customer_details.name",
        "data.object.customer_name",
        "data.object.billing_details.name",
        "data.object.metadata.name",
    )
    phone = Phone(
        "data.object.customer_details.phone",
        "data.object.customer_phone",
        "data.object.billing_details.phone",
        "data.object.metadata.phone",
    )
    city = Text("data.object.customer_details.address.city", "data.object.billing_details.address.city")
    country = Text("data.object.customer_details.address.country", "data.object.billing_details.address.country")
    order_id = Text("data.object.client_reference_id", *(f"data.object.metadata.{name}" for name in _NUMBERS))
    payment_id = Text("data.object.payment_intent", "data.object.id")
    amount = Minor("data.object.amount_total", "data.object.amount_paid", "data.object.amount", exponents=_EXPONENTS)
    refunded = Minor("data.object.amount_refunded", exponents=_EXPONENTS)
    currency = Currency("data.object.currency")
    goods = Goods("data.object.lines.data", name="description", sum="amount", minor=True)
    # since the API of 2025 a payment names its invoice here, or not at all
    invoice_id = Text("data.object.invoice", "data.object.payment_details.order_reference")
    subscription_id = Text("data.object.subscription", "data.object.parent.subscription_details.subscription")
    created_at = Moment("data.object.created")
    comment = Text("data.object.description")

    def finish(self, found: dict[str, Any], body: Any) -> None:
        event, thing = found["event_type"], dig(body, "data.object")
        if not isinstance(thing, dict):
            return  # a "thin" event: ids only
        found["status"] = _status(event, thing)
        if event == "invoice.payment_failed":
            found["amount"] = thing.get("amount_due")
        if not found.get("refunded"):
            found["refunded"] = None
        if found["status"] == "paid":
            found["paid_at"] = dig(thing, "status_transitions.paid_at") or dig(body, "created")
        if thing.get("object") == "subscription":
            found["subscription_id"], found["payment_id"] = thing.get("id"), None
        found["invoice_id"] = _invoice(thing, found.get("invoice_id"))
        if not found.get("order_id"):
            found["order_id"] = _own_number(thing)
        found["custom"] |= _custom(thing)


def _status(event: str, thing: Mapping[str, Any]) -> str | None:
    if event == "checkout.session.completed":
        # delayed methods are paid later: checkout.session.async_payment_succeeded
        return "paid" if text_at(thing, "payment_status") in ("paid", "no_payment_required") else "waiting"
    if event == "charge.refunded":
        # both are whole numbers of one currency: the same text is the same sum
        whole = text_at(thing, "amount_refunded") == text_at(thing, "amount")
        return "refunded" if whole else "partially_refunded"
    return _STATUS.get(event)


def _own_number(thing: Mapping[str, Any]) -> str | None:
    """Without a number of the shop: what the events of one payment share."""
    return text_at(thing, *_SHARED.get(text_at(thing, "object") or "", ()))


def _invoice(thing: Mapping[str, Any], named: str | None) -> str | None:
    """The order_reference may be the shop's own: only an invoice's number, which tells itself, counts."""
    if text_at(thing, "object") == "invoice":
        return text_at(thing, "id")
    return named if named and named.startswith("in_") else None


_SHARED: Mapping[str, tuple[str, ...]] = {
    "invoice": ("id",),
    "checkout.session": ("payment_intent", "invoice", "id"),  # that of a subscription has an invoice, no payment
    **dict.fromkeys(("payment_intent", "charge", "dispute"), ("payment_intent", "id")),
}


def _custom(thing: Mapping[str, Any]) -> dict[str, Any]:
    own = mapping(thing, "parent.subscription_details.metadata")
    asked = {text_at(field, "key"): _answer(field) for field in rows(thing.get("custom_fields"))}
    metadata = {**own, **mapping(thing, "metadata")}
    return {
        name: value
        for name, value in (asked | metadata).items()
        if name and value and name not in (*_NUMBERS, "email", "name", "phone")
    }


def _answer(field: Any) -> Any:
    return dig(field, f"{dig(field, 'type')}.value")


PROVIDER = Provider(
    name="stripe",
    title="Stripe",
    kind="payment",
    proof=(stamped("header:Stripe-Signature"),),
    schema=Event,
    event_type="type",
    event_id=("id",),
    settings=(
        "Developers > Webhooks > Add endpoint: enter the hook's URL and choose the events, best only "
        "checkout.session.completed, checkout.session.async_payment_succeeded, invoice.paid and charge.refunded: one "
        "payment brings several events. `secret` is the endpoint's signing secret (whsec_...). Put your order's number "
        "into client_reference_id or metadata.order_id."
    ),
    arrives=(
        "The object as it is after the event. Line items are in invoices only; a subscription has no e-mail. An order "
        "without a number of yours gets that of the PaymentIntent."
    ),
    on_failure="Any 2xx will do. Live: up to 3 days with growing pauses; test mode: three tries within hours.",
    tests=(
        "None. Test mode has an endpoint and a secret of its own: whoever configures that one wants to see it work. "
        'To keep it out: `test: "{{ not body.livemode }}"`.'
    ),
    confidence="tested",
    sources=("PyPI stripe 16.1.0", "docs.stripe.com/webhooks"),
)
