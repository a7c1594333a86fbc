"""Razorpay: amounts in paise; a payment brings several events, and notes are a list when they are empty."""

from __future__ import annotations

from typing import Any

from relay.incoming import Incoming
from relay.provider import Provider
from relay.reading import Choice, Currency, EMail, Minor, Moment, Phone, Sale, Text, dig, numbers, refund_status
from relay.verifying import Signature

_PAYMENT = "payload.payment.entity"
_PLACES = (_PAYMENT, "payload.order.entity", "payload.payment_link.entity", "payload.subscription.entity")
_STATUS = {
    "payment.authorized": "authorized",
    "payment.captured": "paid",
    "payment.failed": "failed",
    "order.paid": "paid",
    "payment_link.paid": "paid",
    "payment_link.cancelled": "cancelled",
    "payment_link.expired": "cancelled",
    "invoice.paid": "paid",
    "subscription.charged": "paid",
    "refund.processed": "refunded",
}
_NOBODY = "void@razorpay.com"


class Event(Sale):
    along = tuple(f"{place}.notes" for place in _PLACES)

    email = EMail(f"{_PAYMENT}.email", "payload.payment_link.entity.customer.email")
    name = Text("payload.payment_link.entity.customer.name")
    phone = Phone(f"{_PAYMENT}.contact", "payload.payment_link.entity.customer.contact")
    order_id = Text(*numbers(f"{_PAYMENT}.notes"), *numbers("payload.order.entity.notes"), f"{_PAYMENT}.order_id")
    payment_id = Text(f"{_PAYMENT}.id", "payload.refund.entity.payment_id")
    status = Choice("event", table=_STATUS)
    amount = Minor(f"{_PAYMENT}.amount", "payload.order.entity.amount", "payload.payment_link.entity.amount")
    refunded = Minor("payload.refund.entity.amount", f"{_PAYMENT}.amount_refunded")
    currency = Currency(f"{_PAYMENT}.currency", "payload.order.entity.currency", "payload.refund.entity.currency")
    created_at = Moment(f"{_PAYMENT}.created_at")
    paid_at = Moment("created_at")
    subscription_id = Text("payload.subscription.entity.id")
    comment = Text(f"{_PAYMENT}.description")

    def finish(self, found: dict[str, Any], body: Any) -> None:
        if found.get("email") == _NOBODY:
            found["email"] = None
        if found["status"] == "refunded":
            found["status"] = refund_status(dig(body, f"{_PAYMENT}.amount_refunded"), found["amount"])
        elif not dig(body, "payload.refund"):
            found["refunded"] = found["refunded"] or None
        if found["status"] != "paid":
            found["paid_at"] = None


def _event_id(incoming: Incoming) -> str | None:
    """What is sent again by hand may carry another event id: where there is a payment, its number is the key."""
    thing = dig(incoming.body, "payload.refund.entity.id", f"{_PAYMENT}.id")
    if thing:
        return f"{dig(incoming.body, 'event')}:{thing}"
    own = incoming.at("header:x-razorpay-event-id")
    return str(own) if own else None


PROVIDER = Provider(
    name="razorpay",
    title="Razorpay",
    kind="payment",
    proof=(Signature(at="header:X-Razorpay-Signature", mac="sha256"),),
    schema=Event,
    event_type="event",
    event_id=_event_id,
    settings=(
        "Account & Settings > Webhooks > Add: enter the hook's URL, a secret of your own (this is `secret`, not the "
        "API secret) and the events: payment.captured, payment.failed, refund.processed, subscription.charged. One "
        "payment brings payment.captured, order.paid and payment_link.paid: choose one. Put order_id into the notes "
        "of the order."
    ),
    arrives=(
        "The payment with e-mail and phone, and what stood in the notes. Without an order_id in the notes the order "
        "gets Razorpay's (order_...). No name, no goods."
    ),
    on_failure="5 seconds; repeats with growing pauses for 24 hours, then the webhook is switched off.",
    tests="None: test mode has webhooks and secrets of its own.",
    confidence="tested",
    sources=("PyPI razorpay 2.0.1", "razorpay.com/docs/webhooks"),
)
