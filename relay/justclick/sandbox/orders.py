"""The functions that make and change orders, over the sandbox's own state."""

from __future__ import annotations

from relay.justclick.sandbox.answers import ORDER_CHANGED, ORDER_CREATED, ORDER_DELETED, Reply
from relay.justclick.sandbox.goods import money
from relay.justclick.sandbox.php_post import PhpArray, text_of
from relay.justclick.sandbox.shop import Asked, empty, unix
from relay.justclick.sandbox.state import Line, Order

SAME_ORDER = 3600  # seconds; the rule of 601 is nowhere documented, this is our assumption
_NEEDED_BY_POST = ("bill_first_name", "bill_surname", "bill_country", "bill_city", "bill_address")
_FIELDS = {
    "bill_first_name": "first_name",
    "bill_surname": "last_name",
    "bill_otchestvo": "middle_name",
    "bill_middle_name": "middle_name",
    "bill_phone": "phone",
    "bill_country": "country",
    "bill_region": "region",
    "bill_city": "city",
    "bill_address": "address",
    "bill_postal_code": "postalcode",
    "bill_kupon": "kupon",
    "bill_tag": "tag",
    "bill_comment": "comment",
    "bill_domain": "domain",
    "bill_timer_kill": "timer_kill",
    "bill_aff": "aff",
    "bill_aff_name": "aff_name",
    "bill_paff": "paff",
    "bill_paff_name": "paff_name",
}


def create_order(asked: Asked) -> Reply:
    email = asked.email("bill_email")
    if not email:
        return Reply(600, f"Wrong email: '{asked.text('bill_email')}'")
    wanted = _wanted(asked)
    if not wanted:
        return Reply(603)
    for name, _ in wanted:
        if name not in asked.state.goods:
            return Reply(604, f"Product not exist: {name}")
    by_post = any(asked.state.goods[name].type == "real" for name, _ in wanted)
    if by_post and not all(asked.text(parameter) for parameter in _NEEDED_BY_POST):
        return Reply(605)
    twin = _twin(asked, email, sorted(name for name, _ in wanted))
    if twin is not None:
        return Reply(601, result={"bill_id": twin.id})
    order = _make(asked, email, wanted)
    return Reply(0, ORDER_CREATED, {"bill_id": order.id})


def _wanted(asked: Asked) -> list[tuple[str, str]]:
    """Name and price of each product of the call; a price of nothing or 0 means the shop's."""
    goods = [member for member in asked.array("goods").values() if isinstance(member, PhpArray)]
    named = [(text_of(good.get("good_name")), text_of(good.get("good_sum"))) for good in goods]
    return [(name, "" if price == "0" else price) for name, price in named]


def _twin(asked: Asked, email: str, names: list[str]) -> Order | None:
    """The unpaid order of the same person over the same products within the last hour."""
    for order in asked.state.orders_of(email):
        young = order.made_at >= asked.now - SAME_ORDER
        if young and order.pay_status == "waiting" and sorted(line.name for line in order.lines) == names:
            return order
    return None


def _make(asked: Asked, email: str, wanted: list[tuple[str, str]]) -> Order:
    lines = []
    for name, price in wanted:
        good = asked.state.goods[name]
        lines.append(Line(good.id, name, good.title, money(price) if price else good.sum, good.sum))
    fields = {attribute: asked.text(parameter) for parameter, attribute in _FIELDS.items() if asked.text(parameter)}
    fields["ip"] = asked.address  # bill_ip is overwritten with the caller's address
    if "domain" in fields:
        fields["domain"] = fields["domain"].removeprefix("https://").removeprefix("http://")
    now = int(asked.now)
    created = unix(asked.text("bill_created")) or now
    order = Order(asked.state.take_bill(), email, lines, created, now, fields=fields, utm=asked.utm())
    asked.state.keep_order(order)
    return order


def update_order_status(asked: Asked) -> Reply:
    """Paying what was cancelled is 202; paying twice answers OK and is counted, so that a test can see it."""
    status, date = asked.text("status"), asked.text("date")
    if empty(asked.post.get("bill_id")):
        return asked.by_dialect(docs=203, field=3)
    if unix(asked.text("bill_id")) is None or (not status and asked.field):
        return Reply(3)
    if status in ("sent", "paid") and unix(date) is None:
        return Reply(3)
    if status == "sent" and not asked.text("rpo"):
        return Reply(3)
    order = asked.state.orders.get(int(asked.text("bill_id")))
    if order is None:
        return Reply(200)
    if status not in ("sent", "paid", "return", "cancel"):
        return Reply(201)
    if status == "paid" and order.pay_status == "cancel":
        return Reply(202)
    _set_status(order, status, unix(date) or 0, asked.text("rpo"))
    return Reply(0, "" if asked.field else ORDER_CHANGED)


def _set_status(order: Order, status: str, date: int, rpo: str) -> None:
    if status == "paid":
        order.pay_status, order.paid = "paid", order.paid or date
        order.payments += 1
    elif status == "cancel":
        order.pay_status = "cancel"
    else:
        order.delivery, order.rpo = status, rpo or order.rpo


def delete_order(asked: Asked) -> Reply:
    if empty(asked.post.get("bill_id")):
        return Reply(203)
    number = unix(asked.text("bill_id"))
    if number is None or asked.state.remove_order(number) is None:
        return asked.by_dialect(docs=302, field=200)
    return Reply(0, "" if asked.field else ORDER_DELETED)
