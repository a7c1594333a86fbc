"""The functions: how they are declared, what may be repeated, how results are read."""

from __future__ import annotations

from typing import Any

import pytest

from relay.justclick.functions import FUNCTIONS, Repeat, find
from relay.models import Awaited

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
