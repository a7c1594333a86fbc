"""The functions: what each takes, what is stopped before it is sent, what a reading fills in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from relay.errors import InvalidCall
from relay.justclick import signing
from relay.justclick.functions import FUNCTIONS, Repeat, find
from relay.models import Awaited, Contact, Order, Reading, Utm

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
NAMES = [
    "AddLeadToGroup",
    "UpdateSubscriberData",
    "DeleteSubscribe",
    "GetLeadGroupStatuses",
    "GetLeadGroups",
    "GetAllGroups",
    "GetCountSubscribe",
    "GetAllGoods",
    "AddGood",
    "UpdateGood",
    "DeleteGood",
    "CreateOrder",
    "UpdateOrderStatus",
    "DeleteOrder",
    "getOrderDetails",
    "GetOrderInfo",
    "getOrdersWithGoods",
    "GetOrders",
    "GetBills",
    "GetPartnerStats",
]
GOOD = {"good_name": "book", "good_type": "digital", "good_title": "Book", "good_sum": "990"}


def refused(function: str, params: dict[str, Any], reading: Reading | None = None) -> dict[str, str]:
    with pytest.raises(InvalidCall) as caught:
        find(function).prepare(params, reading)
    assert caught.value.function == function
    return {name: " ".join(sentences) for name, sentences in caught.value.problems.items()}


def test_all_twenty_are_there() -> None:
    """In the documented order, under their documented spelling."""
    assert list(FUNCTIONS) == NAMES
    with pytest.raises(KeyError):
        find("GetLeads")


@pytest.mark.parametrize("name", NAMES)
def test_every_function_is_declared_whole(name: str) -> None:
    """A title in two languages, a description, and for each parameter a kind and a description."""
    function = find(name)
    assert function.name == name
    assert set(function.title) == {"en", "ru"}
    assert function.description
    for parameter in function.parameters().values():
        assert parameter.description.endswith(".")
        assert parameter.kind
    assert function.reads is name.lower().startswith("get")
    assert not function.reads or function.repeat is Repeat.SAFE


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


# ---------------------------------------------------------------- what is stopped
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


# ---------------------------------------------------------------- repeating
def test_what_may_be_repeated() -> None:
    """CreateOrder and paid are looked up first; the rest is repeated."""
    assert {name for name, function in FUNCTIONS.items() if function.repeat is Repeat.LOOK_UP} == {
        "CreateOrder",
        "UpdateOrderStatus",
    }
    update = find("UpdateOrderStatus").safe_to_repeat
    assert not update({"status": "paid"})
    assert not update({"status": Awaited("x")})
    assert update({"status": "cancel"})
    assert not find("CreateOrder").safe_to_repeat({})
    settled = {
        name: set(function.settled_by_repeat) for name, function in FUNCTIONS.items() if function.settled_by_repeat
    }
    assert settled == {
        "AddLeadToGroup": {102},
        "DeleteSubscribe": {801},
        "CreateOrder": {601},
        "DeleteOrder": {200, 302},
        "AddGood": {301},
    }


# ---------------------------------------------------------------- results
@pytest.mark.parametrize(
    ("function", "result", "parsed"),
    [
        ("AddLeadToGroup", None, None),
        ("CreateOrder", {"bill_id": 258367}, {"bill_id": "258367"}),
        ("CreateOrder", {"bill_id": "258367"}, {"bill_id": "258367"}),
        ("CreateOrder", [{"bill_id": 258367}], {"bill_id": "258367"}),
        ("CreateOrder", 258367, {"bill_id": "258367"}),
        ("CreateOrder", [], None),
        ("CreateOrder", {"bill_id": ""}, None),
        ("GetOrderInfo", [{"id": "7"}], {"id": "7"}),
        ("GetOrderInfo", {"id": "7", "utm": {"medium": "x"}}, {"id": "7", "utm": {"medium": "x"}}),
        ("getOrderDetails", [], None),
        ("GetAllGroups", [{"rass_name": "a"}, "odd"], [{"rass_name": "a"}]),
        ("GetAllGroups", {"1": {"rass_name": "a"}, "2": {"rass_name": "b"}}, [{"rass_name": "a"}, {"rass_name": "b"}]),
        ("GetAllGoods", None, []),
        ("GetCountSubscribe", "12549", 12549),
        ("GetCountSubscribe", 12, 12),
        ("GetCountSubscribe", ["12.00"], 12),
        ("GetCountSubscribe", "many", None),
        ("GetBills", [], {}),
        ("GetBills", {"7": {"501": {"good_name": "a"}}}, {"7": [{"good_name": "a"}]}),
        ("GetBills", {"7": [{"good_name": "a"}]}, {"7": [{"good_name": "a"}]}),
        ("GetPartnerStats", [{"clicks_total": "5"}], {"clicks_total": "5"}),
        ("getOrdersWithGoods", {"id": "7", "items": []}, [{"id": "7", "items": []}]),
    ],
)
def test_results_are_read_leniently(function: str, result: Any, parsed: Any) -> None:
    """Numbers as text, one object or a list of one, an empty list for an empty map."""
    assert find(function).parse_result(result) == parsed
