"""T-Bank (Tinkoff) acquiring: amounts in copecks, a digest of all plain fields with the password among them."""

from __future__ import annotations

from typing import Any

from relay.incoming import Incoming
from relay.models import Answer
from relay.provider import Provider
from relay.reading import Choice, Minor, Sale, Text, dig
from relay.verifying import Signature, Sorted

_STATUS = {
    "NEW": "created",
    "FORM_SHOWED": "created",
    "AUTHORIZED": "authorized",
    "CONFIRMED": "paid",
    "PARTIAL_REVERSED": "authorized",  # a part of the held money was let go
    "REVERSED": "cancelled",
    "CANCELED": "cancelled",
    "DEADLINE_EXPIRED": "cancelled",
    "PARTIAL_REFUNDED": "partially_refunded",
    "REFUNDED": "refunded",
    "REJECTED": "failed",
    "AUTH_FAIL": "failed",
}


class Notification(Sale):
    along = ("Data", "DATA")

    order_id = Text("OrderId")
    payment_id = Text("PaymentId")
    status = Choice("Status", table=_STATUS)
    amount = Minor("Amount")
    refunded = Minor()
    comment = Text("Details", "Message")

    def finish(self, found: dict[str, Any], body: Any) -> None:  # noqa: ARG002
        found["currency"] = "RUB" if found["amount"] is not None else None
        if found["status"] in ("refunded", "partially_refunded"):
            found["refunded"], found["amount"] = found["amount"], None


def _event_type(incoming: Incoming) -> str:
    """Bound cards, fiscal receipts and QR accounts come to the same address in other shapes."""
    return str(dig(incoming.body, "Status", "NotificationType") or "")


PROVIDER = Provider(
    name="tinkoff",
    title="T-Bank (Tinkoff), T-Kassa",
    kind="payment",
    proof=(
        Signature(
            at="field:Token",
            digest="sha256",
            parts=(Sorted(exclude=("Token",), scalars=True, secret_as="Password"),),  # noqa: S106 - a field's name
        ),
    ),
    schema=Notification,
    event_type=_event_type,
    event_id=("PaymentId", "Status", "Amount?"),
    reply=Answer(body="OK"),
    settings=(
        "T-Business > Internet acquiring > shop > Terminals > Notifications: *by HTTP*, the hook's URL. `secret` is "
        "the terminal's password. Who makes the payment passes Email, Phone and Name in DATA of Init, and asks the "
        "bank's support to send DATA back: nothing else tells who paid."
    ),
    arrives=(
        "The status of the payment. A payment in one step brings AUTHORIZED and CONFIRMED at the same time, in any "
        "order, with the same `order.id`: map with `order.paid`, which is CONFIRMED alone. No goods; roubles."
    ),
    on_failure="10 seconds. Anything but OK is repeated hourly for 24 hours, by one text then daily for a month.",
    tests="None: the terminal that ends in DEMO has a password of its own.",
    confidence="tested",
    sources=("developer.tbank.ru/eacq/intro/developer/notification", "the bank's own worked example"),
)
