"""Looking before repeating, when what JustClick shows is not understood or fits only half: no second order is made."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from relay.justclick.client import JustClick, new_pool
from relay.justclick.functions import find
from relay.justclick.lookup import ZONES, Absent, Found, Seen, Unclear, look_up
from relay.justclick.signing import answer_hash
from tests.justclick.conftest import SECRET

ORDER = find("CreateOrder").prepare({"goods": [{"good_name": "course"}], "bill_email": "Anna@example.com"})
HOUR, DAY = 3600, 86400
MISSING = object()
NOW = int(time.time())
OLD = NOW - 40 * DAY


def made(number: int = 100, created: int = NOW, *goods: str, **changes: Any) -> dict[str, Any]:
    """An order as getOrderDetails shows it."""
    items = [{"id": name, "title": name, "sum": "1.00"} for name in goods or ("course",)]
    order = {"id": str(number), "email": "anna@example.com", "created": str(created), "items": items}
    return order | changes


def bill(*goods: str) -> dict[str, Any]:
    return {str(number): {"good_name": name, "good_title": name} for number, name in enumerate(goods, 7)}


class Shop:
    """A JustClick that says what a test tells it: by function, its result, or an order by its number."""

    def __init__(self, client: JustClick) -> None:
        self.client = client
        self.says: dict[str, Any] = {}
        self.orders: list[dict[str, Any]] = []  # of getOrdersWithGoods, by its days, when that is not told
        self.asked: list[tuple[str, dict[str, str]]] = []

    def answer(self, exchange: Any) -> None:
        function = exchange.head.split()[1].rpartition("/")[2]
        given = {name: values[0] for name, values in parse_qs(exchange.body.decode()).items() if name != "hash"}
        self.asked.append((function, given))
        document = {"error_code": 0, "error_text": "OK", "hash": answer_hash(0, "OK", SECRET)}
        result = self._result(function, given)
        exchange.answer(json.dumps(document if result is MISSING else document | {"result": result}))

    def _result(self, function: str, given: dict[str, str]) -> Any:
        if function == "getOrdersWithGoods" and function not in self.says:
            return [order for order in self.orders if _within(int(order["created"]), given)]
        told = self.says[function]
        return told[given["bill_id"]] if function == "getOrderDetails" else told

    def look(self, since: int = NOW, **changes: Any) -> Seen:
        return look_up(self.client, "CreateOrder", {**ORDER, **changes}, since * 1000)

    def asked_by_day(self) -> list[dict[str, str]]:
        return [given for function, given in self.asked if function == "getOrdersWithGoods"]


def _within(created: int, given: dict[str, str]) -> bool:
    """No end: now. Longer than a month: the start is moved."""
    end = _day(given["end_date"]) + DAY if "end_date" in given else time.time()
    return max(_day(given["begin_date"]), end - 31 * DAY) <= created <= end


def _day(text: str) -> float:
    return datetime.strptime(text, "%d.%m.%Y").replace(tzinfo=UTC).timestamp()


@pytest.fixture
def shop(wire: Any, account: Callable[..., Any]) -> Shop:
    server = wire(lambda _: None)
    shop = Shop(JustClick(account(server.url), new_pool(1)))
    server.script = shop.answer
    return shop


# ---------------------------------------------------------------- not understood is not absent
@pytest.mark.parametrize(
    "result",
    [
        *(MISSING, None, False, True, "", 0, "x", [None], [["a"]], {"": {}}),
        *({"100": member} for member in (None, "x", [], {}, {"1": {"good_title": "Course"}}, {"1": "course"})),
        {"100": {"1": {"good_name": ""}}, "101": bill("other")},
        {"orders": {"100": bill("course")}},
        {"100": bill("other"), "orders": bill("other")},
        [made()],
        {"100": made()},
    ],
    ids=lambda result: "missing" if result is MISSING else json.dumps(result)[:40],
)
def test_bills_that_are_not_understood(shop: Shop, result: Any) -> None:
    """The other list tells: ours is there, or it is surely not."""
    shop.says["GetBills"] = result
    assert isinstance(shop.look(), Absent)
    shop.orders = [made()]
    seen = shop.look()
    assert isinstance(seen, Found)
    assert seen.result == {"bill_id": "100"}


@pytest.mark.parametrize(
    "result",
    [
        *(MISSING, None, False, "", 0, "x", [None], [["a"]], ["x"], {"orders": [made()]}, [[made()]]),
        *([made(**{name: None})] for name in ("id", "email", "items")),
        *([made(items=items)] for items in ([], ["course"], [{"title": "Course"}], "course")),
        [made(), {"total": 1}],
        [made(), made(100, NOW, "gift")],
    ],
    ids=lambda result: "missing" if result is MISSING else json.dumps(result)[:40],
)
def test_orders_that_are_not_understood(shop: Shop, result: Any) -> None:
    """Neither list can be read: a person has to look."""
    shop.says = {"GetBills": None, "getOrdersWithGoods": result}
    seen = shop.look()
    assert isinstance(seen, Unclear)
    assert "not understood" in seen.note


@pytest.mark.parametrize("result", [[], {}])
def test_an_empty_list_is_understood(shop: Shop, result: Any) -> None:
    """There are none, in PHP's words: nobody else needs to be asked."""
    shop.says = {"GetBills": result}
    assert isinstance(shop.look(), Absent)
    shop.says = {"GetBills": None, "getOrdersWithGoods": result}
    assert isinstance(shop.look(), Absent)


def test_what_others_bought_need_not_be_understood(shop: Shop) -> None:
    """An order of somebody else whose product is gone does not hold ours up."""
    shop.says["GetBills"] = None
    shop.orders = [made(99, NOW, email="boris@example.com", items=[])]
    assert isinstance(shop.look(), Absent)
    shop.orders.append(made())
    assert isinstance(shop.look(), Found)


@pytest.mark.parametrize("created", [None, "", "0", 0, "2025-01-01 10:00"])
@pytest.mark.parametrize("bills", [None, {"100": bill("course")}])
def test_an_order_that_does_not_say_when(shop: Shop, created: Any, bills: Any) -> None:
    """0 is no time either."""
    order = made(created=created)
    shop.says = {"GetBills": bills, "getOrderDetails": {"100": order}, "getOrdersWithGoods": [order]}
    seen = shop.look()
    assert isinstance(seen, Unclear)
    assert "does not say when" in seen.note


# ---------------------------------------------------------------- our goods and more
@pytest.mark.parametrize("by_day", [False, True])
def test_an_order_with_our_goods_and_more(shop: Shop, by_day: bool) -> None:
    """JustClick may have added a gift to ours: a person looks. Not when it is old, or when ours is there as it was."""

    def has(*orders: dict[str, Any]) -> Seen:
        bills = {order["id"]: bill(*(item["id"] for item in order["items"])) for order in orders}
        shop.says = {"GetBills": None if by_day else bills, "getOrderDetails": {order["id"]: order for order in orders}}
        shop.orders = list(orders)
        return shop.look()

    seen = has(made(100, NOW, "course", "gift"))
    assert isinstance(seen, Unclear)
    assert "100 with these goods and others" in seen.note
    assert isinstance(has(made(100, NOW - HOUR, "course", "gift")), Unclear)
    assert isinstance(has(made(100, NOW - 7 * DAY, "course", "gift")), Absent)
    assert isinstance(has(made(100, NOW, "gift")), Absent)
    assert isinstance(has(made(100, NOW, "course", "gift"), made(101, NOW)), Found)


# ---------------------------------------------------------------- which days are asked for
@pytest.mark.parametrize("later", [0, DAY, 12 * DAY, 29 * DAY, 35 * DAY, 39 * DAY])
def test_a_look_after_more_than_a_month(shop: Shop, later: int) -> None:
    """JustClick gives a month and cuts the beginning off: it is asked in steps, also for what a later try has made."""
    shop.says["GetBills"] = None
    shop.orders = [made(created=OLD + later)]
    assert isinstance(shop.look(OLD), Found)
    periods = shop.asked_by_day()
    assert [find("getOrdersWithGoods").prepare(period) for period in periods] == periods
    assert "end_date" not in periods[-1]
    assert all("end_date" in period for period in periods[:-1])


def test_a_look_on_the_same_day(shop: Shop) -> None:
    """One question, without an end: what is today here may be tomorrow in JustClick."""
    shop.says["GetBills"] = None
    assert isinstance(shop.look(), Absent)
    begin = datetime.fromtimestamp(NOW, UTC) - timedelta(days=1)
    assert shop.asked_by_day() == [{"begin_date": f"{begin:%d.%m.%Y}"}]


def test_a_look_after_years(shop: Shop) -> None:
    """Nobody asks for hundreds of months."""
    shop.says["GetBills"] = None
    seen = shop.look(NOW - 800 * DAY)
    assert isinstance(seen, Unclear)
    assert "too long ago" in seen.note
    assert shop.asked_by_day() == []


# ---------------------------------------------------------------- a call that dates its order
@pytest.mark.parametrize("by_day", [False, True])
@pytest.mark.parametrize(
    ("shift", "verdict"),
    [(0, Found), *((shift, Unclear) for shift in (-3 * HOUR, 60, ZONES, -ZONES)), (ZONES + 1, Absent), (-DAY, Absent)],
)
def test_a_date_that_comes_back_shifted(shop: Shop, by_day: bool, shift: int, verdict: type) -> None:
    """By a time zone, or to the minute: a person looks, where a second order would be made otherwise."""
    order = made(created=OLD + shift)
    bills = None if by_day else {"100": bill("course")}
    shop.says = {"GetBills": bills, "getOrderDetails": {"100": order}}
    shop.orders = [order]
    assert isinstance(shop.look(bill_created=OLD), verdict)
