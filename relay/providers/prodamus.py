"""Prodamus: a PHP form, signed over its fields as JSON; what happened is told by its content, not by a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from relay.incoming import Incoming
from relay.models import Good
from relay.provider import Provider
from relay.reading import Answer, Currency, EMail, Goods, Moment, Money, Phone, ReadingSchema, Text, dig, mapping, money
from relay.verifying import Signature

_STATUS = {
    "success": "paid",
    "order_canceled": "cancelled",
    "order_denied": "failed",
    "refund": "refunded",
    "refunded": "refunded",
    "order_refunded": "refunded",
}
_EVENTS = {
    "subscription.payment": "paid",
    "subscription.auto_payment": "paid",
    "subscription.auto_payment_failed": "failed",
}
_PERSON = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+){1,3}")  # and each word with a capital: "Анна Соколова"


class Notification(ReadingSchema):
    email = EMail("customer_email")
    phone = Phone("customer_phone")
    order_id = Text("order_num", "order_id")
    payment_id = Text("order_id")
    amount = Money("sum")
    currency = Currency("currency")
    goods = Goods("products", id="sku", price="price", sum="sum")
    created_at = Moment("date")
    subscription_id = Text("subscription.id")
    comment = Text("subscription.error", "customer_extra")

    def answers(self, body: Any) -> Iterator[Answer]:
        for name, value in body.items():
            if name.startswith("_param_"):
                yield Answer(name.removeprefix("_param_"), value)

    def finish(self, found: dict[str, Any], body: Any) -> None:
        event, extra = found["event_type"], dig(body, "customer_extra")
        found["currency"] = found["currency"] or "RUB"
        found["status"] = _EVENTS.get(event) or _STATUS.get(str(dig(body, "payment_status")))
        if isinstance(extra, str) and extra.istitle() and _PERSON.fullmatch(extra.strip()) and not found.get("name"):
            found["name"], found["comment"] = extra, dig(body, "subscription.error")
        if event.startswith("subscription.auto_payment"):  # the shop's number is that of the first payment
            found["order_id"] = found["payment_id"]
        if found["status"] == "refunded":
            found["refunded"] = found["amount"]
        if found["status"] == "paid":
            found["paid_at"] = found["created_at"]
        if not found["goods"] and dig(body, "subscription.name"):
            found["goods"] = (_subscription(mapping(body, "subscription")),)


def _subscription(told: dict[str, Any]) -> Good:
    try:
        cost = money(told.get("cost"))
    except (ValueError, ArithmeticError):
        cost = None
    return Good(id=dig(told, "id"), name=dig(told, "name"), price=cost, sum=cost)


def _event_type(incoming: Incoming) -> str:
    """``success`` and the like of an order; ``subscription.`` with what is done and ``_failed`` when it went wrong."""
    body = incoming.body
    if not dig(body, "subscription"):
        return str(dig(body, "payment_status") or "")
    done = dig(body, "subscription.notification_code", "subscription.action_code")
    wrong = dig(body, "subscription.error", "subscription.error_code", "error", "error_code")
    return f"subscription.{done or 'payment'}{'_failed' if wrong else ''}"


def _event_id(incoming: Incoming) -> str | None:
    """``attempt`` counts the deliveries of one event: it is no part of the key."""
    names = ("order_id", "payment_status", "subscription.payment_num", "subscription.attempt_num")
    order, *rest = (str(dig(incoming.body, name) or "") for name in names)
    return ":".join((_event_type(incoming), order, *rest)) if order else None


PROVIDER = Provider(
    name="prodamus",
    title="Prodamus",
    kind="payment",
    proof=(Signature(at="header:Sign", mac="sha256", parts=("php-json",)),),
    schema=Notification,
    event_type=_event_type,
    event_id=_event_id,
    settings=(
        "Payment page > Settings > Notifications: enter the hook's URL (no redirect, no Basic auth); `secret` is the "
        "page's secret key, shown on the same page. For the club function enter the URL there as well. Parameters of "
        "the pay link named _param_* come back: pass UTM marks so."
    ),
    arrives=(
        "`success`, `order_canceled`, `order_denied` of an order; `subscription.payment` (the first one), "
        "`subscription.auto_payment`, `subscription.auto_payment_failed`, `subscription.deactivation`, "
        "`subscription.finish`, `subscription.auto_payment_reminder`. The order's number is the shop's, else "
        "Prodamus's own; a renewal always has the latter. A *comment of the buyer* that is a name is read as one."
    ),
    on_failure="Anything but 200 is repeated; `attempt` counts up.",
    tests="None. A page that Prodamus has not switched to live signs with another key: refused.",
    confidence="tested",
    sources=("help.prodamus.ru", "checked against PHP's json_encode and hash_hmac"),
)
