"""Squarespace commerce: orders by id only, signed; forms have no webhook there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from relay.asking import TOKEN, question
from relay.models import Hook, Reading
from relay.provider import Fetch, FetchRequest, Provider
from relay.reading import Currency, EMail, Goods, Moment, Money, Phone, ReadingSchema, Text, dig, text_at
from relay.verifying import Signature

_API = "https://api.squarespace.com"


class Order(ReadingSchema):
    email = EMail("order.customerEmail")
    first_name = Text("order.billingAddress.firstName")
    last_name = Text("order.billingAddress.lastName")
    phone = Phone("order.billingAddress.phone")
    city = Text("order.billingAddress.city")
    country = Text("order.billingAddress.countryCode")
    order_id = Text("order.orderNumber", "data.orderId")
    payment_id = Text("order.id")
    amount = Money("order.grandTotal.value")
    currency = Currency("order.grandTotal.currency")
    refunded = Money("order.refundedTotal.value")
    goods = Goods("order.lineItems", id="sku", name="productName", price="unitPricePaid.value")
    created_at = Moment("order.createdOn", "createdOn")

    def finish(self, found: dict[str, Any], body: Any) -> None:
        cancelled = text_at(body, "order.fulfillmentStatus") == "CANCELED"
        found["status"] = "cancelled" if cancelled else "created" if dig(body, "order") else None
        found["refunded"] = found.get("refunded") or None
        found["test"] = dig(body, "order.testmode") is True


def _ask(reading: Reading, hook: Hook) -> Sequence[FetchRequest]:
    number = text_at(reading.body, "data.orderId") or ""
    path, agent = f"/1.0/commerce/orders/{number}", {"User-Agent": "JustClick-Relay"}  # demanded there
    return (question(hook, _API, path, "order", **agent),) if number.isalnum() and number.isascii() else ()


PROVIDER = Provider(
    name="squarespace",
    title="Squarespace",
    kind="shop",
    proof=(Signature(at="header:Squarespace-Signature", mac="sha256", key="hex"),),
    schema=Order,
    event_type="topic",
    event_id=("notificationId",),
    fetch=Fetch(ask=_ask, schema=Order, needs=(TOKEN,)),
    options={
        "access_token": "of an extension with the right to read orders: asks for the order",
        "api": f"{_API} if not said otherwise",
    },
    settings=(
        "Subscriptions are made by its API (POST /1.0/webhook_subscriptions, topics order.create and order.update, an "
        "OAuth extension is needed); the answer's `secret`, hexadecimal digits, is `secret`. Form blocks have no "
        "webhook: bring them with Zapier or Make to a hook of the provider webform."
    ),
    arrives="An order's id; the order is asked for before mapping. Whether it is paid is not told: `created`.",
    on_failure="Not known.",
    tests="Orders in test mode, known after the order was asked for.",
    confidence="assumption",
    sources=("developers.squarespace.com/webhooks/overview", "developers.squarespace.com/commerce-apis"),
)
