"""Coinbase Commerce: charges paid in crypto currency, priced in a local one."""

from __future__ import annotations

from typing import Any

from relay.provider import Provider
from relay.reading import Choice, Currency, Moment, Money, Sale, Text, numbers
from relay.verifying import Signature

_STATUS = {
    "charge:created": "created",
    "charge:pending": "waiting",  # seen on the chain, not yet sure
    "charge:confirmed": "paid",
    "charge:failed": "failed",
    "charge:delayed": "waiting",  # money came after its time: the shop decides, then it is resolved
    "charge:resolved": "paid",
}


class Event(Sale):
    along = ("event.data.metadata",)

    order_id = Text(*numbers("event.data.metadata"), "event.data.code")
    payment_id = Text("event.data.code")
    status = Choice("event.type", table=_STATUS)
    amount = Money("event.data.pricing.local.amount")
    currency = Currency("event.data.pricing.local.currency")
    created_at = Moment("event.data.created_at")
    paid_at = Moment("event.data.confirmed_at", "event.created_at")
    comment = Text("event.data.name", "event.data.description")

    def finish(self, found: dict[str, Any], body: Any) -> None:  # noqa: ARG002
        if found["status"] != "paid":
            found["paid_at"] = None


PROVIDER = Provider(
    name="coinbase-commerce",
    title="Coinbase Commerce",
    kind="payment",
    proof=(Signature(at="header:X-CC-Webhook-Signature", mac="sha256"),),
    schema=Event,
    event_type="event.type",
    event_id=("event.id",),
    settings=(
        "Settings > Notifications > Webhook subscriptions: add the hook's URL; `secret` is the *webhook shared secret* "
        "shown there. Whoever creates the charge puts email, name and order_id into its metadata."
    ),
    arrives=(
        "charge:created, pending, confirmed (paid), failed, delayed, resolved, each with the whole charge. Who paid is "
        "known from the metadata only; no goods. An order without a number of yours gets the charge's code. The "
        "newer Coinbase Business checkouts sign in another way and are not read."
    ),
    on_failure="Anything but 200 is repeated with growing pauses for 3 days.",
    tests="None: there is no test mode.",
    confidence="tested",
    sources=("PyPI coinbase-commerce 1.0.1",),
)
