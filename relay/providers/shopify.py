"""Shopify: the topic stands in a header, money is text; orders, refunds, checkouts, customers."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from relay.incoming import Incoming
from relay.models import Utm
from relay.provider import Provider
from relay.reading import (
    Currency,
    EMail,
    Goods,
    Moment,
    Money,
    Phone,
    Sale,
    Tags,
    Text,
    dig,
    gather_utm,
    mapping,
    money,
    passed,
    rows,
)
from relay.reading.people import agreed
from relay.verifying import Signature

_STATUS = {
    "pending": "waiting",
    "authorized": "authorized",
    "partially_paid": "waiting",
    "paid": "paid",
    "partially_refunded": "partially_refunded",
    "refunded": "refunded",
    "voided": "cancelled",
}
_CONSENT = {"subscribed": True, "unsubscribed": False, "not_subscribed": False}


class Resource(Sale):
    along = ("note_attributes",)

    email = EMail("email", "contact_email", "customer.email", "email_address")
    first_name = Text("customer.first_name", "billing_address.first_name", "first_name")
    last_name = Text("customer.last_name", "billing_address.last_name", "last_name")
    phone = Phone("phone", "customer.phone", "billing_address.phone", "shipping_address.phone")
    city = Text("billing_address.city", "shipping_address.city", "default_address.city")
    country = Text("billing_address.country_code", "shipping_address.country_code", "default_address.country_code")
    tags = Tags("customer.tags")
    ip = Text("browser_ip", "client_details.browser_ip")
    currency = Currency("currency", "transactions.0.currency")
    amount = Money("total_price")
    goods = Goods("line_items", id="sku|product_id", name="title", price="price")
    coupon = Text("discount_codes.0.code")
    created_at = Moment("created_at")
    paid_at = Moment("processed_at")
    comment = Text("note")

    def utm(self, body: Any) -> Utm:
        noted = {one.key: one.value for one in passed(dig(body, "note_attributes"))}
        return gather_utm(noted, dig(body, "landing_site"))

    def finish(self, found: dict[str, Any], body: Any) -> None:
        topic = found["event_type"]
        state = dig(body, "customer.email_marketing_consent.state", "email_marketing_consent.state")
        found["consent"] = _CONSENT.get(str(state))
        if topic.startswith("orders/"):
            found["order_id"], found["payment_id"] = dig(body, "order_number", "name", "id"), dig(body, "id")
            found["status"] = _STATUS.get(str(dig(body, "financial_status")))
            if topic == "orders/cancelled":
                found["status"] = "cancelled"
            found["refunded"] = _sum(one for refund in rows(body, "refunds") for one in _transactions(refund))
        elif topic == "refunds/create":
            found["order_id"] = found["payment_id"] = dig(body, "order_id")
            found["status"], found["refunded"] = "refunded", _sum(_transactions(body))
        elif not topic.startswith("checkouts/"):
            found["comment"] = found["created_at"] = None  # those of a customer
        if found.get("status") != "paid":
            found["paid_at"] = None


def _transactions(refund: Any) -> list[Any]:
    return [one for one in rows(mapping(refund).get("transactions")) if dig(one, "kind") in (None, "refund")]


def _sum(transactions: Iterable[Any]) -> Decimal | None:
    amounts = [amount for one in transactions if (amount := _amount(dig(one, "amount"))) is not None]
    return sum(amounts, Decimal(0)) if amounts else None


def _amount(value: Any) -> Decimal | None:
    try:
        return money(value)
    except (ValueError, ArithmeticError):
        return None


def _event_id(incoming: Incoming) -> str | None:
    """One action of the merchant, told by several topics."""
    action = incoming.at("header:x-shopify-event-id") or incoming.at("header:x-shopify-webhook-id")
    return f"{incoming.at('header:x-shopify-topic')}:{action}" if action else None


def _test(incoming: Incoming) -> bool:
    marks = (incoming.at("header:x-shopify-test"), dig(incoming.body, "test"))
    return any(agreed(mark) for mark in marks)


PROVIDER = Provider(
    name="shopify",
    title="Shopify",
    kind="shop",
    proof=(Signature(at="header:X-Shopify-Hmac-Sha256", mac="sha256", encoding="base64"),),
    schema=Resource,
    event_type="header:X-Shopify-Topic",
    event_id=_event_id,
    test=_test,
    settings=(
        "Settings > Notifications > Webhooks > Create webhook: event *Order payment*, format JSON, the hook's URL. "
        "`secret` is the key shown below the list (for an app's webhooks: its client secret). Apps need access to "
        "protected customer data, or e-mail and name are empty."
    ),
    arrives=(
        "orders/create, orders/paid (which may come first), orders/updated, orders/cancelled, with everything; "
        "customers/*, checkouts/*. `order.id` is the number that people see (10457), `order.payment_id` Shopify's long "
        "one. refunds/create knows only the long one: for refunds take orders/updated, or keep orders under it: "
        "`order_id: '{{ order.payment_id }}'`."
    ),
    on_failure="5 seconds; 8 repeats over 4 hours, then an app's subscription is deleted.",
    tests="`test: true` of an order (test gateway) and the header X-Shopify-Test: the key is the same.",
    confidence="tested",
    sources=("npm @shopify/shopify-api", "shopify.dev/docs/apps/build/webhooks"),
)
