"""Which names of groups and products are found in a configuration, and what expressions can come to."""

from __future__ import annotations

from typing import Any

import pytest

from relay.doctor.named import GROUP, PRODUCT, names_of
from relay.models import CallPlan, Configuration, Hook

TABLES = {"groups": {"form1": "webinar", "form2": ["news", "clients"]}, "courses": {"A1": "course", "17": "book"}}


def found(function: str, params: dict[str, Any], account: str = "school") -> tuple[list[str], list[str]]:
    """The names, and the expressions that only an event decides."""
    hook = Hook("web", "generic", "school", calls=(CallPlan(function, params),))
    names = names_of(Configuration({}, {"web": hook}, tables=TABLES), account)
    return [one.name for one in names if one.name is not None], [one.expression for one in names if one.name is None]


@pytest.mark.parametrize(
    ("function", "params", "names"),
    [
        ("AddLeadToGroup", {"rid": "webinar"}, ["webinar"]),
        ("AddLeadToGroup", {"rid": ["webinar", "news"]}, ["webinar", "news"]),
        ("AddLeadToGroup", {"rid[0]": "webinar", "rid[1]": "news", "tag": "x"}, ["webinar", "news"]),
        ("AddLeadToGroup", {"rid": [1473249885]}, ["1473249885"]),
        ("DeleteSubscribe", {"rass_name": "webinar", "lead_email": "a@b.ru"}, ["webinar"]),
        ("GetCountSubscribe", {"group_name": "webinar"}, ["webinar"]),
        ("GetCountSubscribe", {"group_name": "all"}, []),
        ("CreateOrder", {"goods": [{"good_name": "a", "good_sum": "10"}, {"good_name": "b"}]}, ["a", "b"]),
        ("CreateOrder", {"goods": {"good_name": "course"}}, ["course"]),
        ("CreateOrder", {"goods[0][good_name]": "course", "goods[0][good_sum]": "10"}, ["course"]),
        ("UpdateGood", {"good_name": "course", "good_sum": "1"}, ["course"]),
        ("DeleteGood", {"good_name": "course"}, ["course"]),
        ("AddGood", {"good_name": "new-one"}, []),
        ("UpdateOrderStatus", {"bill_id": 1}, []),
    ],
)
def test_names_that_are_written_out(function: str, params: dict[str, Any], names: list[str]) -> None:
    """Of the parameters that name something that must be there already."""
    assert found(function, params) == (names, [])


@pytest.mark.parametrize(
    ("expression", "names", "known"),
    [
        ("{{ body.group }}", [], False),
        ("group-{{ body.group }}", [], False),
        ("{% if body.vip %}vip{% else %}web{% endif %}", [], False),
        ("{{ 'webinar' }}", ["webinar"], True),
        ("{{ body.group | default('webinar') }}", ["webinar"], False),
        ("{{ 'vip' if body.vip else 'webinar' }}", ["vip", "webinar"], True),
        ("{{ 'vip' if body.vip else body.group }}", ["vip"], False),
        ("{{ body.group or 'webinar' }}", ["webinar"], False),
        ("{{ ['webinar', 'news'] }}", ["webinar", "news"], True),
        ("{{ body.form | lookup('groups') }}", ["webinar", "news", "clients"], True),
        ("{{ body.form | lookup('groups', otherwise='all') }}", ["webinar", "news", "clients", "all"], True),
        ("{{ body.form | lookup('groups', 'all') }}", ["webinar", "news", "clients", "all"], True),
        ("{{ body.form | lookup('groups', otherwise=body.group) }}", ["webinar", "news", "clients"], False),
        ("{{ body.form | lookup(body.table) }}", [], False),
        ("{{ lookup(body.form, 'groups') }}", ["webinar", "news", "clients"], True),
        ("{{ lookup(body.form, table='groups', otherwise='all') }}", ["webinar", "news", "clients", "all"], True),
        ("{{ tables.groups[body.form] }}", ["webinar", "news", "clients"], True),
        ("{{ tables.groups.form1 }}", ["webinar", "news", "clients"], True),
        ("{{ tables['groups'][body.form] }}", ["webinar", "news", "clients"], True),
        ("{{ body.form | lookup('groups') | upper }}", [], False),
    ],
)
def test_what_an_expression_can_come_to(expression: str, names: list[str], known: bool) -> None:
    """What is known beforehand is checked; the rest is said to be unknown."""
    assert found("AddLeadToGroup", {"rid": expression}) == (names, [] if known else [expression])


def test_goods_through_a_table() -> None:
    """``goods_of`` takes the names out of a table too."""
    expression = "{{ order.goods | goods_of('courses') }}"
    assert found("CreateOrder", {"goods": expression}) == (["course", "book"], [])
    bare = "{{ order.goods | goods_of }}"
    assert found("CreateOrder", {"goods": bare}) == ([], [bare])


def test_only_hooks_of_the_account_count() -> None:
    """Another account has other groups."""
    assert found("AddLeadToGroup", {"rid": "webinar"}, account="shop") == ([], [])


def test_kind_and_place_are_told() -> None:
    """So that a person finds it in relay.yaml."""
    calls = (
        CallPlan("CreateOrder", {"goods": [{"good_name": "course"}]}),
        CallPlan("AddLeadToGroup", {"rid": ["webinar", "webinar"]}),
    )
    hook = Hook("pay", "generic", "school", calls=calls)
    names = names_of(Configuration({}, {"pay": hook}), "school")
    assert [(one.kind, one.hook, one.place, one.name) for one in names] == [
        (PRODUCT, "pay", "CreateOrder.goods", "course"),
        (GROUP, "pay", "AddLeadToGroup.rid", "webinar"),
    ]
