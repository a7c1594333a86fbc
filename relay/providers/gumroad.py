"""Gumroad's ping: a form without a signature; the seller's id is all that proves it."""

from __future__ import annotations

from typing import Any

from relay.incoming import Incoming
from relay.provider import Provider
from relay.reading import Currency, EMail, Goods, Minor, Moment, Phone, Sale, Text, dig, numbers
from relay.reading.people import agreed
from relay.verifying import Secret

_STATUS = {"sale": "paid", "refund": "refunded"}


class Ping(Sale):
    along = ("custom_fields", "url_params", "variants")

    email = EMail("email", "user_email")
    name = Text("full_name")
    phone = Phone("shipping_information.phone")
    city = Text("shipping_information.city")
    country = Text("shipping_information.country")
    order_id = Text(*numbers("url_params"), "order_number")
    payment_id = Text("sale_id")
    amount = Minor("price")
    refunded = Minor()
    currency = Currency("currency")
    goods = Goods(id="product_id", name="product_name", quantity="quantity", sum="price", minor=True)
    created_at = Moment("sale_timestamp", "created_at")
    subscription_id = Text("subscription_id")
    coupon = Text("offer_code.code", "offer_code")

    def finish(self, found: dict[str, Any], body: Any) -> None:
        found["status"] = _STATUS.get(found["event_type"])
        if agreed(dig(body, "is_recurring_charge")):  # the link's parameters belong to the first charge
            found["order_id"] = dig(body, "order_number")
        if found["status"] == "paid":
            found["paid_at"] = found["created_at"]
        if found["status"] == "refunded":
            found["refunded"], found["amount"] = found["amount"], None


def _kind(incoming: Incoming) -> str:
    """The account's own ping, which is older than the subscriptions to resources, may not name itself."""
    told = dig(incoming.body, "resource_name")
    return str(told) if told else "sale" if dig(incoming.body, "sale_id") else ""


def _event_id(incoming: Incoming) -> str | None:
    sale = dig(incoming.body, "sale_id")
    return f"{_kind(incoming)}:{sale}" if sale else None


PROVIDER = Provider(
    name="gumroad",
    title="Gumroad",
    kind="shop",
    proof=(Secret(at=("field:seller_id",)),),
    schema=Ping,
    event_type=_kind,
    event_id=_event_id,
    test="test",
    settings=(
        "Settings > Advanced > Ping endpoint: enter the hook's URL, best with a token at its end, because there is no "
        "signature. `secret` is your seller_id, as the first test ping shows it in the list of refusals. Refunds and "
        "cancellations need resource subscriptions, made through the API, with the same URL."
    ),
    arrives=(
        "`sale`, renewals included (`body.is_recurring_charge`), with the buyer, one product and the parameters of the "
        "link (`?order_id=...` becomes the order's number). By resource subscription also refund, dispute, "
        "cancellation, subscription_updated, subscription_ended, subscription_restarted."
    ),
    on_failure="5 seconds. Only 499, 500, 502, 503 and 504 are repeated, after 1, 3 and 10 minutes.",
    tests="`test=true`: the seller buys his own product; the seller_id is the same.",
    confidence="documented",
    sources=("gumroad.com/ping", "GitHub antiwork/gumroad"),
)
