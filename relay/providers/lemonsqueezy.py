"""Lemon Squeezy: JSON:API objects, amounts in cents; orders, subscriptions and their invoices."""

from __future__ import annotations

from typing import Any

from relay.provider import Provider
from relay.reading import Currency, EMail, Goods, Minor, Moment, Sale, Text, dig, mapping, numbers
from relay.verifying import Signature

_CUSTOM = "meta.custom_data"
_ITEM = "data.attributes.first_order_item"
_STATES = {  # of orders and invoices
    "pending": "waiting",
    "paid": "paid",
    "failed": "failed",
    "void": "cancelled",
    "refunded": "refunded",
    "partial_refund": "partially_refunded",
}
_EVENTS = {
    "subscription_payment_success": "paid",
    "subscription_payment_recovered": "paid",
    "subscription_payment_failed": "failed",
    "subscription_payment_refunded": "refunded",
}


class Event(Sale):
    along = (_CUSTOM,)

    email = EMail("data.attributes.user_email")
    name = Text("data.attributes.user_name")
    order_id = Text(*numbers(_CUSTOM))
    amount = Minor("data.attributes.total")
    refunded = Minor("data.attributes.refunded_amount")
    currency = Currency("data.attributes.currency")
    goods = Goods(
        id=f"{_ITEM}.product_id",
        name=f"{_ITEM}.product_name",
        price=f"{_ITEM}.price",
        quantity=f"{_ITEM}.quantity",
        minor=True,
    )
    created_at = Moment("data.attributes.created_at")

    def finish(self, found: dict[str, Any], body: Any) -> None:
        kind, number = dig(body, "data.type"), dig(body, "data.id")
        thing = mapping(body, "data.attributes")
        if kind in ("orders", "subscription-invoices"):
            found["payment_id"] = number
            found["status"] = _EVENTS.get(found["event_type"]) or _STATES.get(str(thing.get("status")))
        if kind == "subscriptions":
            found["subscription_id"] = number
            found["order_id"] = found["order_id"] or thing.get("order_id")
        if kind == "subscription-invoices":
            found["subscription_id"] = thing.get("subscription_id")
            if thing.get("billing_reason") == "renewal":  # custom data belong to the first order
                found["order_id"] = None
        found["order_id"] = found["order_id"] or found.get("payment_id")
        if not found["refunded"]:
            found["refunded"] = None
        if found.get("status") == "paid":
            found["paid_at"] = found["created_at"]


PROVIDER = Provider(
    name="lemonsqueezy",
    title="Lemon Squeezy",
    kind="shop",
    proof=(Signature(at="header:X-Signature", mac="sha256"),),
    schema=Event,
    event_type="meta.event_name",
    event_id=("meta.event_name", "data.id", "data.attributes.updated_at?"),
    settings=(
        "Settings > Webhooks > +: enter the hook's URL, choose a signing secret (this is `secret`) and the events: "
        "order_created, order_refunded and, for subscriptions, subscription_payment_success. Pass order_id and what "
        "else you need as custom data of the checkout link."
    ),
    arrives=(
        "The object after the event. No phone. A first payment of a subscription brings order_created, "
        "subscription_created and subscription_payment_success: with an order_id in the custom data they are one "
        "order, without it choose one of them. subscription_cancelled still runs until `ends_at`."
    ),
    on_failure="Three more tries, about 5, 25 and 125 seconds later; then it can be sent again by hand.",
    tests="None: webhooks of the test mode have a secret of their own.",
    confidence="documented",
    sources=("docs.lemonsqueezy.com/help/webhooks",),
)
