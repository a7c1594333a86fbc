"""The functions that read orders back, in the shapes that the vendor's pages print: numbers as text, maps by number."""

from __future__ import annotations

from typing import Any

from relay.justclick.sandbox.answers import Reply
from relay.justclick.sandbox.php_post import text_of
from relay.justclick.sandbox.shop import Asked, day, day_begins, empty, unix
from relay.justclick.sandbox.state import Line, Order

DAY = 86400
MONTH = 31 * DAY
_PERSON = ("first_name", "last_name", "middle_name")
_PLACE = ("city", "country", "address", "region", "postalcode")


def get_order_details(asked: Asked) -> Reply:
    order = _order(asked)
    if order is None:
        return Reply(400)
    return Reply(0, result=details(order, extra=not empty(asked.post.get("good_info"))))


def get_order_info(asked: Asked) -> Reply:
    """One object on the English page, a list with one object in the Russian one and in the field."""
    order = _order(asked)
    if order is None:
        return Reply(400)
    info = details(order, extra=not empty(asked.post.get("good_info")))
    del info["items"]
    return Reply(0, result=[info] if asked.field else info)


def get_orders_with_goods(asked: Asked) -> Reply:
    """Nothing given: today. No end: now. Longer than a month: the start is moved."""
    begin = day(asked.text("begin_date"), "%d.%m.%Y")
    end = day(asked.text("end_date"), "%d.%m.%Y")
    until = int(asked.now) if end is None else end + DAY - 1
    since = max(day_begins(asked.now) if begin is None else begin, until - MONTH)
    orders = _within(asked, since, until)
    rows = [{**details(order), "is_recurrent": "0"} for order in orders]
    return _listed(asked, rows)


def get_orders(asked: Asked) -> Reply:
    since = unix(asked.text("date_s"))
    until = unix(asked.text("date_e"))
    orders = _within(asked, since or 0, int(asked.now) if until is None else until)
    rows = []
    for order in orders:
        row = details(order)
        del row["items"]
        rows.append(row)
    return _listed(asked, rows)


def get_bills(asked: Asked) -> Reply:
    email = asked.email("email")
    if not email:
        return Reply(3)
    wanted = asked.text("pay_status")
    found = {
        order.id: {line.good_id: {"good_name": line.name, "good_title": line.title} for line in order.lines}
        for order in asked.state.orders_of(email)
        if wanted in ("", order.pay_status)
    }
    return Reply(0, result=found) if found else Reply(400)


def get_partner_stats(asked: Asked) -> Reply:
    if any(empty(asked.post.get(name)) for name in ("partner", "date_from", "date_to")):
        return Reply(2)
    partner = asked.text("partner")
    if partner not in asked.state.partners:
        return Reply(1000)
    mark = {"utm_medium": "affiliate", "utm_source": partner}
    leads = sum(mark.items() <= contact.utm.items() for contact in asked.state.contacts.values())
    bills = sum(mark.items() <= order.utm.items() for order in asked.state.orders.values())
    stats = {"earned_total": "0.00", "topay_total": "0.00", "clicks_total": "0"}
    return Reply(0, result={**stats, "leads_total": str(leads), "bills_total": str(bills), "partners_total": "0"})


def details(order: Order, *, extra: bool = False) -> dict[str, Any]:
    """The object of getOrderDetails; ``extra`` adds what ``good_info`` asks for."""
    fields = order.fields
    told: dict[str, Any] = {"id": str(order.id)}
    told |= {name: fields.get(name, "") for name in _PERSON}
    told |= {"email": order.email, "phone": fields.get("phone", "")}
    told |= {name: fields.get(name, "") for name in _PLACE}
    told |= {"created": str(order.created), "pay_status": order.pay_status, "paid": str(order.paid), "type": "1"}
    told |= {"payway": "api" if order.paid else "", "comment": fields.get("comment", "")}
    told |= {"domain": fields.get("domain", ""), "link": _link(order), "good_count": str(len(order.lines))}
    told |= {"price": order.total, "bill_sum_topay": order.total}
    told |= {"tag": fields.get("tag", ""), "kupon": fields.get("kupon", "")}
    if order.utm:
        told["utm"] = {name.removeprefix("utm_"): value for name, value in order.utm.items()}
    told["items"] = [_line(line) for line in order.lines]
    if extra:
        ids = ",".join(str(line.good_id) for line in order.lines)
        told |= {"good_ids": ids, "prepayment_enabled": "0", "prepayment_minsum": "0.00"}
    return told


def _line(line: Line) -> dict[str, Any]:
    return {
        "id": line.name,
        "title": line.title,
        "sum": line.sum,
        "price": line.price,
        "pincode": "",
        "partners": [],
    }


def _link(order: Order) -> str:
    """Complete when the call named a domain, otherwise a path."""
    path = f"/order/{order.id}/"
    domain = order.fields.get("domain")
    return f"http://{domain}{path}" if domain else path


def _order(asked: Asked) -> Order | None:
    return asked.state.orders.get(unix(asked.text("bill_id")) or 0)


def _within(asked: Asked, since: int, until: int) -> list[Order]:
    """Orders made (or, with ``paid``, paid) in the time, over the products that ``goods`` numbers."""
    paid = not empty(asked.post.get("paid"))  # any word but 0, the word "false" too
    wanted = {text_of(member) for member in asked.array("goods").values()} | set(asked.text("goods").split(","))
    wanted.discard("")
    return [
        order
        for order in asked.state.orders.values()
        if since <= (order.paid if paid else order.created) <= until
        and (not paid or order.pay_status == "paid")
        and (not wanted or any(str(line.good_id) in wanted for line in order.lines))
    ]


def _listed(asked: Asked, rows: list[dict[str, Any]]) -> Reply:
    return Reply(401) if not rows and asked.field else Reply(0, result=rows)
