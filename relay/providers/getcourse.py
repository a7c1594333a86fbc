"""GetCourse, *Call URL* of a process: parameters that the owner named, in the query string whatever the method."""

from __future__ import annotations

from typing import Any

from relay.bodies import parse_body, parse_form
from relay.incoming import Incoming
from relay.models import WebhookRequest
from relay.provider import Provider
from relay.reading import Answer, Choice, FlatForm, Moment, Money, Text, dig, mapping, plain, text_at
from relay.verifying import CHOSEN, KEY_NAME

_ZONE = "Europe/Moscow"  # times come without a zone, in that of the account
_STATUS = {
    "paid": "завершен|завершён|оплачен|payed|paid|completed|finished",
    "created": "новый|new",
    "waiting": "в работе|ожидаем оплаты|частично оплачен|in_work|payment_waiting|part_payed",
    "cancelled": "отменен|отменён|ложный|cancelled|canceled|false",
    "refunded": "возвращен|возвращён|возврат|returned",
}
_ORDER = frozenset(
    {
        *("number", "order_number", "deal_number", "order_id", "deal_id", "status", "cost", "cost_text"),
        *("cost_money", "cost_money_value", "amount", "price", "payed", "payed_money", "left"),
        *("left_cost_money", "promocode", "payment_link", "payed_at", "paid_at"),
    }
)


class _Status(Choice):
    def read(self, value: Any) -> str | None:
        return super().read(str(value).strip().lower())


class Call(FlatForm):
    own = _ORDER | {"id", "created_at", "event", "type", "token", "secret", "api_key"}
    order_id = Text("number", "order_number", "deal_number", "order_id", "deal_id")
    payment_id = Text("payment_id")
    status = _Status("status", table={word: ours for ours, words in _STATUS.items() for word in words.split("|")})
    amount = Money("cost_money_value", "cost", "cost_money", "amount", "price", "cost_text")
    coupon = Text("promocode")
    created_at = Moment("created_at", zone=_ZONE)
    paid_at = Moment("payed_at", "paid_at", zone=_ZONE)

    def answer(self, key: str, value: Any) -> Answer:
        """A variable that nobody filled is no answer."""
        return Answer(key, plain(value) if isinstance(value, str) else value)

    def finish(self, found: dict[str, Any], body: Any) -> None:
        if found["event_type"] == "order" and not found.get("order_id"):
            found["order_id"] = dig(body, "id")


def _parse(request: WebhookRequest, charset: str = "") -> Any:
    """The query string counts even when there is a body: the token may stand in one, the data in the other."""
    return parse_form(request.query) | mapping(parse_body(request, charset))


def _event_type(incoming: Incoming) -> str:
    """A word of the owner's own in the URL, else by what is told: orders have numbers, sums and states."""
    told = text_at(incoming.body, "event", "type")
    return told or ("order" if _ORDER & mapping(incoming.body).keys() else "user")


def _event_id(incoming: Incoming) -> str | None:
    """Processes run over the same object again: what has changed is a new event."""
    body, kind = mapping(incoming.body), _event_type(incoming)
    number = text_at(body, "id", "number", "order_number", "deal_number", "order_id", "deal_id")
    if not number or kind == "user":
        return None
    return ":".join((kind, number, *(text_at(body, *names) or "" for names in _STATES)))


_STATES = (("status",), ("payed_money", "payed"), ("left_cost_money", "left"))

PROVIDER = Provider(
    name="getcourse",
    title="GetCourse (Геткурс)",
    kind="shop",
    proof=(CHOSEN,),
    parse=_parse,
    schema=Call,
    event_type=_event_type,
    event_id=_event_id,
    settings=(
        "Process > operation *Call URL* (Вызвать URL), GET. Users: the hook's URL with "
        "?token=<secret>&event=user&id={object.id}&email={object.email}&first_name={object.first_name}"
        "&last_name={object.last_name}&phone={object.phone}&city={object.city}. Orders: ?token=<secret>"
        "&number={object.number}&status={object.status}&cost={object.cost_money_value}&promocode={object.promocode}"
        "&email={object.user.email}&first_name={object.user.first_name}&phone={object.user.phone} ..."
    ),
    arrives=(
        "What stands in the URL, under the names you gave. A variable that GetCourse does not know arrives as {...} "
        "and counts as nothing. The event type is your `event`, else order or user. The number of an order is its "
        "`number`, else its `id`. Times are taken for Moscow's."
    ),
    on_failure="The answer is not looked at; do not count on repeats (not known).",
    options=KEY_NAME,
    sources=("getcourse.ru/blog/276215", "getcourse.io/blog/759199"),
)
