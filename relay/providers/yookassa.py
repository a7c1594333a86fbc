"""YooKassa: notifications without a signature; the proof is the network that they come from."""

from __future__ import annotations

from typing import Any

from relay.provider import Provider
from relay.reading import Currency, EMail, Moment, Money, Phone, ReadingSchema, Text, dig
from relay.verifying import Networks

_PUBLISHED = (
    "185.71.76.0/27",
    "185.71.77.0/27",
    "77.75.153.0/25",
    "77.75.154.128/25",
    "77.75.156.11",
    "77.75.156.35",
    "2a02:5180:0:1509::/64",
    "2a02:5180:0:1533::/64",
    "2a02:5180:0:2655::/64",
    "2a02:5180:0:2669::/64",
)
_STATUS = {
    "payment.succeeded": "paid",
    "payment.waiting_for_capture": "authorized",
    "payment.canceled": "cancelled",
    "refund.succeeded": "refunded",
}
_READ = frozenset({"email", "name", "phone", "order_id", "orderNumber", "order_number"})


class Notification(ReadingSchema):
    email = EMail("object.metadata.email", "object.metadata.customer_email", "object.metadata.custEmail")
    name = Text("object.metadata.name", "object.metadata.customer_name", "object.metadata.custName")
    phone = Phone("object.metadata.phone", "object.metadata.customer_phone")
    order_id = Text("object.metadata.order_id", "object.metadata.orderNumber", "object.metadata.order_number")
    payment_id = Text("object.payment_id", "object.id")
    amount = Money("object.amount.value")
    currency = Currency("object.amount.currency")
    refunded = Money("object.refunded_amount.value")
    created_at = Moment("object.created_at")
    paid_at = Moment("object.captured_at")
    comment = Text("object.description")

    def finish(self, found: dict[str, Any], body: Any) -> None:
        event = str(dig(body, "event"))
        found["status"] = _STATUS.get(event)
        if event.startswith("refund."):
            found["refunded"], found["amount"] = found["amount"], None  # the object is a refund: the sum is its own
        elif not found.get("refunded"):
            found["refunded"] = None
        metadata = dig(body, "object.metadata")
        if isinstance(metadata, dict):
            found["custom"] |= {name: value for name, value in metadata.items() if name not in _READ}


PROVIDER = Provider(
    name="yookassa",
    title="YooKassa (ЮKassa)",
    kind="payment",
    proof=(Networks(_PUBLISHED),),
    schema=Notification,
    event_type="event",
    event_id=("event", "object.id"),
    test="object.test",
    settings=(
        "Integration > HTTP notifications: enter the hook's URL (https, port 443 or 8443) and tick payment.succeeded, "
        "payment.waiting_for_capture, payment.canceled, refund.succeeded. There is no secret; behind a proxy set "
        "RELAY_TRUSTED_PROXIES. Whoever makes the payment must put order_id, email, name and phone into its metadata: "
        "nothing else tells who paid."
    ),
    arrives="The whole payment or refund. No e-mail and no order number unless they stand in the metadata; no goods.",
    on_failure="Anything but 200 is repeated for 24 hours.",
    tests="Payments of a test shop (`object.test`): test and live ones come to the same URL without a secret.",
    confidence="tested",
    sources=("yookassa.ru/developers/using-api/webhooks", "PyPI yookassa 3.13.0"),
)
