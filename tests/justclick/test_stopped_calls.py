"""What a function stops before it is sent: the error names each parameter and what is wrong with it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from relay.justclick.functions import find
from relay.models import Awaited
from tests.support.functions import GOOD, refused


@pytest.mark.parametrize(
    ("function", "params", "parameter", "says"),
    [
        ("AddLeadToGroup", {"lead_email": "a@b.ru"}, "rid", "required"),
        ("AddLeadToGroup", {"rid": ["", " "], "lead_email": "a@b.ru"}, "rid", "required"),
        ("AddLeadToGroup", {"rid": "x"}, "lead_email", "required"),
        ("AddLeadToGroup", {"rid": "x", "lead_email": "anna at home"}, "lead_email", "not an e-mail"),
        ("AddLeadToGroup", {"rid[0": "x", "lead_email": "a@b.ru"}, "rid[0", "never closed"),
        ("AddLeadToGroup", {"rid[0]x": "x", "lead_email": "a@b.ru"}, "rid[0]x", "lost"),
        ("AddLeadToGroup", {"rid": "x", "lead_email": "a@b.ru", "lead_nme": "x"}, "lead_nme", '"lead_name"'),
        ("AddLeadToGroup", {"rid": "x", "lead_email": "a@b.ru", "hash": "x"}, "hash", "no parameter"),
        ("AddLeadToGroup", {"rid": "x", "lead_email": "a@b.ru", "utm": {"source": "x"}}, "utm.source", "utm_source"),
        ("AddLeadToGroup", {"rid": "x", "lead_email": "a@b.ru", "utm": "x"}, "utm", "a map belongs"),
        ("AddLeadToGroup", {"rid": "x", "lead_email": "a@b.ru", "activation": "maybe"}, "activation", "neither"),
        ("AddLeadToGroup", {"rid": "x", "lead_email": "a@b.ru", "doneurl2": "school.ru"}, "doneurl2", "https://"),
        ("AddLeadToGroup", {"rid": "x", "lead_email": "a@b.ru", "lead_name": "\ud800"}, "lead_name", "surrogate"),
        ("AddLeadToGroup", {"rid": "x", "lead_email": "a@b.ru", "lead_name": 1.5}, "lead_name", "float"),
        ("AddLeadToGroup", {"rid": "x", "lead_email": "a@b.ru", "lead_name": b"x"}, "lead_name", "bytes"),
        ("AddLeadToGroup", {"rid": "x", "lead_email": "a@b.ru", "tag": True}, "tag", "yes or no"),
        ("DeleteSubscribe", {"lead_email": "a@b.ru", "rass_name": ""}, "rass_name", "must not be empty"),
        ("DeleteSubscribe", {"lead_email": "a@b.ru", "rass_name": ["a", "b"]}, "rass_name", "one value"),
        ("GetCountSubscribe", {}, "group_name", "required"),
        ("AddGood", {**GOOD, "good_type": 0}, "good_type", "0 for an empty field"),
        ("AddGood", {**GOOD, "good_type": "physical"}, "good_type", "real or digital"),
        ("AddGood", {**GOOD, "good_sum": 0}, "good_sum", "above zero"),
        ("AddGood", {**GOOD, "good_sum": "1 500"}, "good_sum", "not an amount"),
        ("AddGood", {**GOOD, "good_sum": -5}, "good_sum", "not an amount"),
        ("AddGood", {**GOOD, "good_client_mailings": "x"}, "good_client_mailings", "good_client_rassilki"),
        ("UpdateGood", {"good_name": "book"}, "good_sum", "required"),
        ("UpdateGood", {"good_name": "book", "good_sum": 990.5}, "good_sum", 'in quotes, "990.5"'),
        ("CreateOrder", {"bill_email": "a@b.ru"}, "goods", "required"),
        ("CreateOrder", {"bill_email": "a@b.ru", "goods": []}, "goods", "required"),
        ("CreateOrder", {"bill_email": "a@b.ru", "goods": "book"}, "goods.0", "a map belongs"),
        ("CreateOrder", {"bill_email": "a@b.ru", "goods": [{}]}, "goods.0.good_name", "required"),
        (
            "CreateOrder",
            {"bill_email": "a@b.ru", "goods": [{"good_name": "a", "good_sum": Decimal(0)}]},
            "goods.0.good_sum",
            "price of the shop",
        ),
        ("UpdateOrderStatus", {"bill_id": "", "status": "cancel"}, "bill_id", "required"),
        ("UpdateOrderStatus", {"bill_id": "A-7", "status": "cancel"}, "bill_id", "whole number"),
        ("UpdateOrderStatus", {"bill_id": 0, "status": "cancel"}, "bill_id", "1 or more"),
        ("UpdateOrderStatus", {"bill_id": 7, "status": "refund"}, "status", "sent, paid, return or cancel"),
        ("UpdateOrderStatus", {"bill_id": 7, "status": "paid"}, "date", "required when the status is paid"),
        ("UpdateOrderStatus", {"bill_id": 7, "status": "sent", "date": 1_700_000_000}, "rpo", "tracking"),
        ("UpdateOrderStatus", {"bill_id": 7, "status": "paid", "date": 1_700_000_000_000}, "date", "milliseconds"),
        ("UpdateOrderStatus", {"bill_id": 7, "status": "paid", "date": "2025-01-01"}, "date", "whole number"),
        ("getOrdersWithGoods", {"begin_date": "2025-01-01"}, "begin_date", "DD.MM.YYYY"),
        ("getOrdersWithGoods", {"begin_date": "31.02.2025"}, "begin_date", "not a day"),
        ("getOrdersWithGoods", {"begin_date": "01.01.2025", "end_date": "01.03.2025"}, "begin_date", "a month"),
        ("getOrdersWithGoods", {"begin_date": "02.01.2025", "end_date": "01.01.2025"}, "end_date", "before"),
        ("GetOrders", {"date_s": 20, "date_e": 10}, "date_e", "before"),
        ("GetBills", {"email": "a@b.ru", "pay_status": "sent"}, "pay_status", "paid, waiting or cancel"),
        ("GetPartnerStats", {"partner": "p", "date_from": "01.01.2025"}, "date_from", "YYYY-MM-DD"),
        ("GetAllGroups", {"page": 2}, "page", "There are none"),
        ("CreateOrder", {"goods": [{"good_name": "a"}, None]}, "goods.1", "must not be empty"),
        ("AddLeadToGroup", {"rid": "a", "tag": 10**5000}, "tag", "thousands of digits"),
        ("UpdateSubscriberData", {"lead_tags": ["a", Awaited("result:x:y")]}, "lead_tags", "is one text"),
    ],
)
def test_stopped_before_it_is_sent(function: str, params: dict[str, Any], parameter: str, says: str) -> None:
    """The error names the parameter and the reason."""
    problems = refused(function, params)
    assert parameter in problems
    assert says in problems[parameter]


@pytest.mark.parametrize("domain", ["https://school.example", "school.example/", "http://school.example/", "a/b"])
def test_a_domain_that_justclick_would_damage(domain: str) -> None:
    """bill_domain: neither scheme nor slash."""
    order = {"goods": [{"good_name": "a"}], "bill_email": "a@b.ru"}
    assert "bill_domain" in refused("CreateOrder", {**order, "bill_domain": domain})
    assert find("CreateOrder").prepare({**order, "bill_domain": "school.example"})["bill_domain"] == "school.example"


def test_all_problems_are_told_at_once() -> None:
    """A person mends them in one go."""
    problems = refused("CreateOrder", {"goods": [{"good_nam": "a"}], "bill_coupon": "x", "bill_domain": "a/"})
    assert set(problems) == {"goods.0.good_nam", "goods.0.good_name", "bill_coupon", "bill_domain", "bill_email"}
    assert "bill_kupon" in problems["bill_coupon"]


def test_one_name_for_the_patronymic() -> None:
    """Brands differ: either name is taken, both at once are not."""
    order = {"goods": [{"good_name": "a"}], "bill_email": "a@b.ru"}
    for name in ("bill_otchestvo", "bill_middle_name"):
        assert find("CreateOrder").prepare({**order, name: "Ивановна"})[name] == "Ивановна"
    assert "bill_middle_name" in refused("CreateOrder", {**order, "bill_otchestvo": "x", "bill_middle_name": "x"})


def test_more_goods_than_php_reads() -> None:
    """Beyond 1000 variables JustClick would cut the hash off."""
    goods = [{"good_name": f"g{number}", "good_sum": 1} for number in range(500)]
    problems = refused("CreateOrder", {"goods": goods, "bill_email": "a@b.ru"})
    assert "1000 variables" in " ".join(problems.values())
