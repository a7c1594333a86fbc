"""Functions that read orders. Source: justclick-api, section 3.3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from relay.justclick.functions import results
from relay.justclick.functions.arrays import Numbers
from relay.justclick.functions.fields import Choice, Day, Email, Flag, UnixTime, Whole
from relay.justclick.functions.function import Function, both

_DOTS = "%d.%m.%Y"
_MONTH = 31  # days; of a longer time JustClick cuts the beginning off


class GetOrderDetails(Function):
    name = "getOrderDetails"
    title = both("One order with its products", "Заказ с товарами")
    description = "Everything about one order."
    reads = True
    result = "The order: id, email, pay_status, created, paid, price, link, items and more."

    bill_id = Whole("Number of the order.", required=True, least=1)
    good_info = Flag("1: with good_ids, good_count and the terms of prepayment.")

    @classmethod
    def parse_result(cls, result: Any) -> Any:
        return results.single(result)


class GetOrderInfo(Function):
    name = "GetOrderInfo"
    title = both("One order (superseded)", "Заказ (устарела)")
    description = "One order without its products. getOrderDetails tells more."
    reads = True
    result = "The order, without items."

    bill_id = Whole("Number of the order.", required=True, least=1)
    good_info = Flag("1: with good_ids and good_count.")

    @classmethod
    def parse_result(cls, result: Any) -> Any:
        return results.single(result)


class GetOrdersWithGoods(Function):
    name = "getOrdersWithGoods"
    title = both("Orders of some days, with products", "Заказы за период с товарами")
    description = "Orders of a time, a month at most. Nothing given: those of today."
    reads = True
    result = "List of orders as in getOrderDetails, with is_recurrent and kupon."

    begin_date = Day("First day.", notation=_DOTS)
    end_date = Day("Last day. Left out: until now.", notation=_DOTS)
    paid = Flag("1: orders that were paid in this time, not those that were made.")
    goods = Numbers("Numbers of products (those in the address bar of JustClick).")

    @classmethod
    def rules(cls, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        first, last = values.get("begin_date"), values.get("end_date")
        if not (isinstance(first, str) and isinstance(last, str)):
            return
        days = (_day(last) - _day(first)).days
        if days < 0:
            yield "end_date", f"is before begin_date ({first})"
        elif days > _MONTH:
            yield "begin_date", f"is {days} days before end_date; JustClick gives a month at most and cuts the rest"

    @classmethod
    def parse_result(cls, result: Any) -> Any:
        return results.rows(result)


class GetOrders(Function):
    name = "GetOrders"
    title = both("Orders of a time (superseded)", "Заказы за период (устарела)")
    description = "Orders of a time without their products. getOrdersWithGoods tells more."
    reads = True
    result = "List of orders without items."

    date_s = UnixTime("Beginning.")
    date_e = UnixTime("End.")
    paid = Flag("1: orders that were paid in this time.")
    goods = Numbers("Numbers of products.")

    @classmethod
    def rules(cls, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        first, last = values.get("date_s"), values.get("date_e")
        if isinstance(first, int | str) and isinstance(last, int | str) and int(last) < int(first):
            yield "date_e", f"is before date_s ({first})"

    @classmethod
    def parse_result(cls, result: Any) -> Any:
        return results.rows(result)


class GetBills(Function):
    name = "GetBills"
    title = both("Orders of an e-mail address", "Заказы по e-mail")
    description = "Numbers of a buyer's orders with their products."
    reads = True
    result = "Map of order number to a map of product number to good_name, good_title."

    email = Email("The buyer's e-mail address.", required=True, attribute="contact.email")
    pay_status = Choice("Only orders of this status. Left out: all.", of=("paid", "waiting", "cancel"))

    @classmethod
    def parse_result(cls, result: Any) -> Any:
        """By order number (text), the list of its products. An empty PHP array comes as a list."""
        return {number: results.rows(goods) for number, goods in results.as_map(result).items()}


def _day(text: str) -> datetime:
    return datetime.strptime(text, _DOTS)  # noqa: DTZ007 - only the distance of two days is wanted
