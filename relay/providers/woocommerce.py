"""WooCommerce: WordPress JSON, the topic in a header, and a ping that must be answered before anything else."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from relay.incoming import Incoming
from relay.models import Answer
from relay.provider import Provider
from relay.reading import Answer as Passed
from relay.reading import Currency, EMail, Goods, Moment, Money, Phone, Sale, Text, dig, money, passed, plain, rows
from relay.verifying import Signature

_STATUS = {
    "checkout-draft": "created",
    "pending": "waiting",
    "on-hold": "waiting",
    "processing": "paid",
    "completed": "paid",
    "cancelled": "cancelled",
    "refunded": "refunded",
    "failed": "failed",
}


class Resource(Sale):
    along = ("meta_data",)

    email = EMail("billing.email", "email")
    first_name = Text("billing.first_name", "first_name")
    last_name = Text("billing.last_name", "last_name")
    phone = Phone("billing.phone")
    city = Text("billing.city")
    country = Text("billing.country")
    ip = Text("customer_ip_address")
    amount = Money("total")
    currency = Currency("currency")
    goods = Goods("line_items", id="sku|product_id", price="price", sum="total")
    coupon = Text("coupon_lines.0.code")
    created_at = Moment("date_created_gmt")
    paid_at = Moment("date_paid_gmt")  # the one without _gmt is the shop's own time, whichever that is
    comment = Text("customer_note")

    def answers(self, body: Any) -> Iterator[Passed]:
        """Names with a line before them are WordPress's own."""
        yield from (one for one in passed(dig(body, "meta_data")) if not one.key.startswith("_"))

    def finish(self, found: dict[str, Any], body: Any) -> None:
        topic = found["event_type"].partition(".")[0]
        if topic == "order":
            found["order_id"], found["payment_id"] = dig(body, "number", "id"), dig(body, "transaction_id")
            found["status"] = _STATUS.get(str(dig(body, "status")))
            if found["status"] == "paid" and body.get("date_paid", "") is None:
                found["status"] = "waiting"  # cash on delivery is being prepared, not paid
            found["refunded"] = _refunded(body)
            if found["refunded"] is not None and found["status"] == "paid":
                found["status"] = "partially_refunded"
        elif topic == "subscription":
            found["subscription_id"] = dig(body, "id")


def _refunded(body: Any) -> Decimal | None:
    """Refunds stand there as negative sums."""
    try:
        sums = [abs(sum_) for one in rows(body, "refunds") if (sum_ := money(dig(one, "total"))) is not None]
    except (ValueError, ArithmeticError):
        return None
    return sum(sums, Decimal(0)) if sums else None


def _event_id(incoming: Incoming) -> str | None:
    """An order is updated several times a second: what counts is its state. Others by their delivery."""
    topic, body = str(incoming.at("header:x-wc-webhook-topic") or ""), incoming.body
    if not topic.startswith("order.") or not dig(body, "id"):
        return plain(incoming.at("header:x-wc-webhook-delivery-id"))
    state = (dig(body, name) for name in ("id", "status", "date_paid_gmt"))
    return ":".join((topic, *(str(part or "") for part in state), str(len(rows(body, "refunds")))))


def _greet(incoming: Incoming) -> Answer | None:
    """On saving, a form that holds the webhook's number only, unsigned: without a 200 it is not switched on."""
    return Answer() if isinstance(incoming.parsed, dict) and set(incoming.parsed) == {"webhook_id"} else None


PROVIDER = Provider(
    name="woocommerce",
    title="WooCommerce",
    kind="shop",
    proof=(Signature(at="header:X-WC-Webhook-Signature", mac="sha256", encoding="base64"),),
    schema=Resource,
    event_type="header:X-WC-Webhook-Topic",
    event_id=_event_id,
    greet=_greet,
    settings=(
        "WooCommerce > Settings > Advanced > Webhooks > Add webhook: status *Active*, topic *Order updated* (and "
        "*Order created*), the hook's URL, a secret of your own (this is `secret`), the newest API version."
    ),
    arrives=(
        "order.created, order.updated (after every change; one event a state is kept), order.deleted, customer.*, "
        "subscription.*, with buyer, goods, meta data; UTM marks from WooCommerce's order attribution. processing and "
        "completed are `paid` once there is a date of payment."
    ),
    on_failure="A failed delivery is not repeated; after more than 5 failures in a row the webhook is switched off.",
    tests="None. The ping on saving is answered and never kept.",
    confidence="documented",
    sources=("woocommerce.com/document/webhooks", "WooCommerce's class-wc-webhook.php"),
)
