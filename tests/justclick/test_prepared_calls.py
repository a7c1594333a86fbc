"""How a function prepares a call: what a reading fills in, and how values are written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from relay.justclick import signing
from relay.justclick.functions import find
from relay.models import Awaited, Contact, Order, Reading, Utm
from tests.support.functions import GOOD, refused

READING = Reading(
    contact=Contact(
        email="anna@example.com",
        name="Анна Петрова",
        phone="+79990000000",
        city="Пермь",
        ip="203.0.113.7",
        utm=Utm(source="direct", campaign="май"),
    ),
    order=Order(id="A-7", status="paid", paid_at=1_700_000_000, comment="в подарок"),
)


# ---------------------------------------------------------------- what a reading fills in
def test_a_contact_from_a_reading() -> None:
    """E-mail, name, phone, city and utm need no word in the mapping; the order is the documented one."""
    prepared = find("AddLeadToGroup").prepare({"tag": "x", "rid": "webinar"}, READING)
    assert prepared == {
        "rid": ["webinar"],
        "lead_email": "anna@example.com",
        "lead_name": "Анна Петрова",
        "lead_phone": "+79990000000",
        "lead_city": "Пермь",
        "tag": "x",
        "utm": {"utm_source": "direct", "utm_campaign": "май"},
    }
    assert list(prepared) == ["rid", "lead_email", "lead_name", "lead_phone", "lead_city", "tag", "utm"]


def test_an_order_from_a_reading() -> None:
    """A name that nobody took apart goes whole into the first name: where to cut it would be a guess."""
    assert find("CreateOrder").prepare({"goods": {"good_name": "book"}}, READING) == {
        "goods": [{"good_name": "book"}],
        "bill_email": "anna@example.com",
        "bill_first_name": "Анна Петрова",
        "bill_phone": "+79990000000",
        "bill_city": "Пермь",
        "bill_comment": "в подарок",
        "bill_ip": "203.0.113.7",
        "utm": {"utm_source": "direct", "utm_campaign": "май"},
    }
    parted = Reading(contact=Contact(email="a@b.ru", name="Анна Петрова", first_name="Анна", last_name="Петрова"))
    prepared = find("CreateOrder").prepare({"goods": {"good_name": "book"}}, parted)
    assert (prepared["bill_first_name"], prepared["bill_surname"]) == ("Анна", "Петрова")
    assert find("AddLeadToGroup").prepare({"rid": "a"}, parted)["lead_name"] == "Анна Петрова"


def test_only_what_the_reading_has_is_changed() -> None:
    """UpdateSubscriberData: nothing is wiped with emptiness."""
    reading = Reading(contact=Contact(email="a@b.ru", city="Пермь", tags=("x",)))
    assert find("UpdateSubscriberData").prepare({}, reading) == {"lead_email": "a@b.ru", "lead_city": "Пермь"}


def test_the_time_of_payment() -> None:
    """Only for paid, and only when it is known."""
    update = find("UpdateOrderStatus").prepare
    assert update({"bill_id": 7, "status": "paid"}, READING) == {"bill_id": 7, "status": "paid", "date": 1_700_000_000}
    assert update({"bill_id": 7, "status": "cancel"}, READING) == {"bill_id": 7, "status": "cancel"}
    assert "date" in refused("UpdateOrderStatus", {"bill_id": 7, "status": "paid"}, Reading())


def test_what_the_mapping_says_wins() -> None:
    """None leaves a parameter out though the reading has it; members of utm are merged."""
    prepared = find("AddLeadToGroup").prepare(
        {"rid": "a", "lead_name": None, "lead_city": "", "utm": {"utm_source": "own", "aff_term": "x"}}, READING
    )
    assert "lead_name" not in prepared
    assert "lead_city" not in prepared
    assert prepared["utm"] == {"utm_source": "own", "utm_campaign": "май", "aff_term": "x"}
    assert "utm" not in find("AddLeadToGroup").prepare({"rid": "a", "utm": None}, READING)


def test_awaited_values_pass_everywhere() -> None:
    """A number that another call will bring."""
    number, price = Awaited("bill:A-7"), Awaited("result:x:sum")
    assert find("UpdateOrderStatus").prepare({"bill_id": number, "status": "return"})["bill_id"] is number
    prepared = find("CreateOrder").prepare({"goods": [{"good_name": "a", "good_sum": price}]}, READING)
    assert prepared["goods"] == [{"good_name": "a", "good_sum": price}]


# ---------------------------------------------------------------- how values are written
@pytest.mark.parametrize(
    ("function", "params", "prepared"),
    [
        (
            "AddLeadToGroup",
            {"rid": ["a", "b", "a", ""], "lead_email": " a@b.ru "},
            {"rid": ["a", "b"], "lead_email": "a@b.ru"},
        ),
        (
            "AddLeadToGroup",
            {"rid[0]": "a", "rid[1]": "b", "lead_email": "a@b.ru"},
            {"rid": ["a", "b"], "lead_email": "a@b.ru"},
        ),
        ("AddLeadToGroup", {"rid[]": "a", "lead_email": "a@b.ru"}, {"rid": ["a"], "lead_email": "a@b.ru"}),
        ("AddLeadToGroup", {"rid": {"0": "a"}, "lead_email": "a@b.ru"}, {"rid": ["a"], "lead_email": "a@b.ru"}),
        (
            "UpdateSubscriberData",
            {"lead_email": "a@b.ru", "lead_tags": ["x", " y "]},
            {"lead_email": "a@b.ru", "lead_tags": "x,y"},
        ),
        (
            "UpdateSubscriberData",
            {"lead_email": "a@b.ru", "lead_tags": "x, y"},
            {"lead_email": "a@b.ru", "lead_tags": "x,y"},
        ),
        ("AddGood", {**GOOD, "good_sum": Decimal("1500.50")}, {**GOOD, "good_sum": "1500.50"}),
        ("AddGood", {**GOOD, "good_sum": "1500,5"}, {**GOOD, "good_sum": "1500.5"}),
        (
            "UpdateGood",
            {"good_name": "a", "good_sum": 0, "good_pay_text": ""},
            {"good_name": "a", "good_sum": "0", "good_pay_text": ""},
        ),
        ("getOrderDetails", {"bill_id": "102937", "good_info": True}, {"bill_id": "102937", "good_info": 1}),
        ("getOrdersWithGoods", {"goods": 5, "paid": "true"}, {"paid": 1, "goods": ["5"]}),
        ("DeleteSubscribe", {"lead_email": "a@b.ru", "rass_name": ["a"]}, {"lead_email": "a@b.ru", "rass_name": "a"}),
    ],
)
def test_written_as_justclick_wants_it(function: str, params: dict[str, Any], prepared: dict[str, Any]) -> None:
    """Lists, flags, amounts, and empty texts that count as left out."""
    assert find(function).prepare(params) == prepared


@pytest.mark.parametrize(
    ("given", "sent"), [("false", 0), ("0", 0), (False, 0), ("yes", 1), (True, 1), (1, 1), ("да", 1)]
)
def test_flags(given: object, sent: int) -> None:
    """The word false counts as yes at JustClick: it never gets there."""
    prepared = find("AddLeadToGroup").prepare({"rid": "a", "lead_email": "a@b.ru", "activation": given})
    assert prepared["activation"] == sent


def test_the_timer_may_be_0() -> None:
    """0 means never: it is sent, not dropped."""
    order = {"goods": [{"good_name": "a"}], "bill_email": "a@b.ru"}
    for given, sent in ((0, 0), (False, 0), (True, 1), ("0", "0"), (1_700_000_000, 1_700_000_000)):
        assert find("CreateOrder").prepare({**order, "bill_timer_kill": given})["bill_timer_kill"] == sent


def test_what_is_prepared_is_prepared_already() -> None:
    """Replays prepare again what was stored: nothing changes, and it can always be signed."""
    for function, params in (
        ("AddLeadToGroup", {"rid": "a", "activation": True}),
        ("CreateOrder", {"goods": {"good_name": "a"}}),
    ):
        prepared = find(function).prepare(params, READING)
        assert find(function).prepare(prepared) == prepared
        assert signing.signed_body(prepared, "login", "secret")
