"""JustClick's own notifications about orders: created, cancelled, paid, prepaid, returned.

Their hash covers number, e-mail and one time only; what they say counts when getOrderDetails says it too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from relay.errors import Unverified
from relay.incoming import Incoming
from relay.models import Hook, Reading, Utm
from relay.provider import Fetch, JustClickQuestion, Provider
from relay.reading import (
    EMail,
    Goods,
    Moment,
    Phone,
    ReadingSchema,
    Tags,
    Text,
    dig,
    gather_utm,
    mapping,
    money,
    text_at,
)
from relay.verifying import Signature

CONFIRMED = "confirmed"  # under this name the order as getOrderDetails tells it joins the body

_MARKS = {
    "new_order": "created",
    "new order": "created",  # so prints the English page
    "cancel_order": "cancelled",
    "moneyback": "returned",
}
_IN_URL = {"make": "created", "paid": "paid", "cancel": "cancelled", "prepaid": "prepaid", "moneyback": "returned"}
_STATUS = {
    "created": "created",
    "cancelled": "cancelled",
    "paid": "paid",
    "prepaid": "waiting",  # for the rest of the money
    "returned": "refunded",
}
# What may stand as the signed time. A field that is not there is an empty text, as it is in the sender's PHP.
_TIMES: Mapping[str, tuple[str, ...]] = {
    "created": ("created", "paid"),  # the text of the page says the one, its PHP line the other
    "cancelled": ("created",),
    "paid": ("paid",),
    # "time of payment" says the page, and prints a payload that has none: as sent, empty, or the only time there is
    "prepaid": ("paid", "created"),
    "returned": ("paid", "created"),
    "": ("paid", "created"),
}


def _kind(incoming: Incoming) -> str:
    """By the marks of the message; where it has none by ``?a=`` of the URL; "" when nothing tells."""
    sent = mapping(incoming.parsed)
    marked = _MARKS.get(str(dig(sent, "status") or "").strip().lower())
    if marked:
        return marked
    if dig(sent, "last_payment_sum") is not None:
        return "paid"
    if dig(sent, "prepayment_sum") is not None:
        return "prepaid"
    told = _IN_URL.get(str(incoming.at("query:a") or "").strip().lower())
    return told or ("paid" if _Unix().read(dig(sent, "paid")) else "")


@dataclass(frozen=True, kw_only=True)
class _OrderHash(Signature):
    """MD5 of number, e-mail, one time and the secret, without separators; which time depends on the kind."""

    def check(self, incoming: Incoming, now: float) -> None:
        wrong: list[Unverified] = []
        for time in _TIMES[_kind(incoming)]:
            try:
                _signed_with(time).check(incoming, now)
                return
            except Unverified as error:
                wrong.append(error)
        raise next((error for error in wrong if error.hint), wrong[0])


def _signed_with(time: str) -> Signature:
    return Signature(at="field:hash", digest="md5", parts=("field:id", "field:email", f"field:{time}", "secret"))


class _Unix(Moment):
    """JustClick writes 0 for a time that has not come."""

    def read(self, value: Any) -> int | None:
        return super().read(value) if str(value or "").strip("0") else None


def _at(*names: str) -> tuple[str, ...]:
    """JustClick's confirmation (an object, or a list with one) goes before the message."""
    return (*(f"{CONFIRMED}.{name}" for name in names), *(f"{CONFIRMED}.0.{name}" for name in names), *names)


class Order(ReadingSchema):
    email = EMail(*_at("email"))
    first_name = Text(*_at("first_name"))
    last_name = Text(*_at("last_name"))
    phone = Phone(*_at("phone"))
    city = Text(*_at("city"))
    country = Text(*_at("country"))
    tags = Tags(*_at("tag"))
    order_id = Text(*_at("id"))
    goods = Goods(*_at("items"), id="id", name="title", price="price", sum="sum")
    created_at = _Unix(*_at("created"))
    paid_at = _Unix(*_at("paid"))
    coupon = Text(*_at("coupon", "kupon"))
    comment = Text(*_at("comment"))

    def utm(self, body: Any) -> Utm:
        return gather_utm({"utm": dig(body, *_at("utm"))})

    def finish(self, found: dict[str, Any], body: Any) -> None:  # noqa: ARG002
        found["status"] = _STATUS.get(found["event_type"].removeprefix("order."))
        sums = [_amount(line.get("sum")) for line in found.get("goods") or ()]
        if sums and None not in sums:
            found["amount"] = sum((amount for amount in sums if amount is not None), Decimal(0))


def _amount(value: Any) -> Decimal | None:
    try:
        return money(value)
    except (ValueError, ArithmeticError):
        return None


def _event_type(incoming: Incoming) -> str:
    kind = _kind(incoming)
    return f"order.{kind}" if kind else ""


def _event_id(incoming: Incoming) -> str | None:
    """Kind, number and time; parts of a prepayment are told apart by their sums."""
    kind = _kind(incoming)
    number = text_at(incoming.parsed, "id")
    time = text_at(incoming.parsed, *_TIMES[kind])
    if not kind or number is None or time is None:
        return None
    part = text_at(incoming.parsed, "prepayment_sum") if kind == "prepaid" else None
    return ":".join(filter(None, (kind, number, time, part)))


# ---------------------------------------------------------------- the confirmation
def _ask(reading: Reading, hook: Hook) -> Sequence[JustClickQuestion]:
    number = text_at(mapping(reading.body), "id")
    kind = reading.event_type.removeprefix("order.")
    return [
        JustClickQuestion(
            account=str(hook.options.get("confirm") or hook.account),
            function="getOrderDetails",
            params={"bill_id": number},
            into=CONFIRMED,
            refused=lambda answer: _contradiction(kind, number, answer),
        )
    ]


# What pay_status has to be, or must not be. paid, waiting and cancel are documented; that of a return is not.
_DEMANDED = {"paid": "paid", "cancelled": "cancel"}
_FORBIDDEN = {"prepaid": ("cancel",), "returned": ("paid", "waiting")}


def _contradiction(kind: str, number: str | None, answer: Any) -> str:
    """Why a message is not believed although its hash is right: a hash that was seen once fits any status and sum."""
    order = answer[0] if isinstance(answer, list) and answer else answer
    if number is None or text_at(order, "id") != number:
        return f"getOrderDetails does not show order {number}"
    status = (text_at(order, "pay_status") or "").lower()
    if status != _DEMANDED.get(kind, status) or status in _FORBIDDEN.get(kind, ()):
        return f"The message says that order {number} is {kind}, but getOrderDetails shows it as {status or 'nothing'}"
    return ""


PROVIDER = Provider(
    name="justclick_orders",
    title="JustClick: orders",
    kind="shop",
    proof=(_OrderHash(at="field:hash", digest="md5", parts=("field:id", "field:email", "field:paid", "secret")),),
    schema=Order,
    event_type=_event_type,
    event_id=_event_id,
    fetch=Fetch(ask=_ask, schema=Order, proves=True),
    options={"confirm": "the account whose orders these are; left out: the hook's own account"},
    settings=(
        "In each product, section of notifications: enter the hook's URL for created, cancelled, paid, prepaid and "
        "returned orders. One URL serves all of them; `?a=make` and `?a=paid` behind it, as JustClick's pages write "
        "it, tell the kind where a message does not. `secret` is the API key of the account that sends; `confirm` "
        "under `options` names that account in relay.yaml, if it is not the hook's own."
    ),
    arrives=(
        "`order.created`, `order.cancelled`, `order.paid`, `order.prepaid`, `order.returned`, with buyer, items and "
        "UTM. The hash covers number, e-mail and one time only, so each message is confirmed by getOrderDetails "
        "before anything is done, and contact, items and sums are read from there (`body.confirmed`). "
        "`order.amount` is the sum of the items; what came just now is `body.last_payment_sum` or "
        "`body.prepayment_sum`. Which time is signed is documented in two ways for created, prepaid and returned "
        "orders: each documented one is accepted."
    ),
    on_failure="Not documented: count on one try.",
    confidence="documented",
    sources=("JustClick help 360051022491, 360050665012, 605, 613",),
)
