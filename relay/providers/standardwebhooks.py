"""Standard Webhooks, also as Svix sends them: Polar, Dodo Payments, Clerk, Resend and many others."""

from __future__ import annotations

from typing import Any

from relay.provider import Provider
from relay.reading import Currency, EMail, Goods, Minor, Moment, Phone, Sale, Text, dig, numbers, refund_status
from relay.verifying import Signature

_META = "data.metadata"
_STATUS = {
    "order.created": "created",
    "order.paid": "paid",
    "order.refunded": "refunded",
    "payment.processing": "waiting",
    "payment.succeeded": "paid",
    "payment.failed": "failed",
    "payment.cancelled": "cancelled",
    "refund.succeeded": "refunded",
}
_SALES = frozenset({"order", "payment", "refund"})
_RENEWALS = frozenset({"subscription_cycle", "subscription_update"})  # Polar's words


class Message(Sale):
    along = (_META,)

    email = EMail("data.customer.email", "data.email", "data.email_addresses.0.email_address")
    name = Text("data.customer.name", "data.name")
    first_name = Text("data.first_name")
    last_name = Text("data.last_name")
    phone = Phone("data.customer.phone_number", "data.phone_numbers.0.phone_number")
    order_id = Text(*numbers(_META))
    amount = Minor("data.total_amount")
    refunded = Minor("data.refunded_amount")
    currency = Currency("data.currency")
    goods = Goods(id="data.product.id", name="data.product.name", quantity="", sum="data.total_amount", minor=True)
    created_at = Moment("data.created_at", "timestamp")
    paid_at = Moment("timestamp")
    subscription_id = Text("data.subscription_id")

    def finish(self, found: dict[str, Any], body: Any) -> None:
        kind = found["event_type"].partition(".")[0]
        found["status"] = _STATUS.get(found["event_type"])
        if kind in _SALES:
            found["payment_id"] = dig(body, "data.payment_id", "data.order_id", "data.id")
            if str(dig(body, "data.billing_reason")) in _RENEWALS:  # with the metadata of the first order
                found["order_id"] = None
            found["order_id"] = found["order_id"] or found["payment_id"]
        if kind == "subscription":
            found["subscription_id"] = found["subscription_id"] or dig(body, "data.id")
        if kind == "refund":
            found["refunded"] = dig(body, "data.amount")
        if found["status"] == "refunded":
            found["status"] = refund_status(found["refunded"], found["amount"])
        found["refunded"] = found["refunded"] or None
        if kind not in _SALES:
            found["created_at"] = None
        if found["status"] != "paid":
            found["paid_at"] = None


def _signature(names: str) -> Signature:
    """The same scheme under the names ``webhook-...`` and ``svix-...``; the key is base64 behind ``whsec_``."""
    return Signature(
        at=f"header:{names}-signature",
        mac="sha256",
        parts=(f"header:{names}-id", "timestamp", "body"),
        join=".",
        encoding="base64",
        separator=" ",
        pair=",",
        versions=("v1",),
        timestamp=f"header:{names}-timestamp",
        key="base64",
        key_prefix="whsec_",
    )


PROVIDER = Provider(
    name="standardwebhooks",
    title="Standard Webhooks, Svix",
    kind="any",
    proof=(_signature("webhook"), _signature("svix")),
    schema=Message,
    event_type="type",
    event_id=lambda incoming: incoming.at("header:webhook-id") or incoming.at("header:svix-id"),
    settings=(
        "In the sender's webhook settings enter the hook's URL and choose the events; `secret` is the signing secret "
        "shown there (whsec_...)."
    ),
    arrives=(
        "Each sender's own events. Read are the usual places: `data.customer`, `data.total_amount` in minor units, "
        "`data.product`, `data.metadata` (order_id there is the order's number); of order.* and payment.* events also "
        "the status. What stands elsewhere: `contact:` and `order:` of the hook."
    ),
    on_failure="Any 2xx will do. Most senders repeat with growing pauses over days.",
    tests="None.",
    confidence="tested",
    sources=("PyPI standardwebhooks 1.1.0", "standardwebhooks.com", "docs.polar.sh", "docs.dodopayments.com"),
)
