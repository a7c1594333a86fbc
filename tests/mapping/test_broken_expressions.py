"""Expressions that are refused when the file is loaded, each with a sentence that says what is right."""

from __future__ import annotations

import time

import pytest

from relay.expressions import BrokenExpression, compiled
from relay.expressions.names import Scope, wrong_names

EVERYWHERE = Scope(results=("CreateOrder",), tables=("courses",), each=True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{{ contact.email | lowr }}", 'Unknown filter "lowr". Did you mean "lower"?'),
        ("{{ contact.email is emty }}", 'Did you mean "empty"?'),
        ("{{ contact.email", "a bracket or a brace is opened and not closed"),
        ("{{ contact.email }", "two braces"),
        ("{{ 'abc }}", "cannot be read"),
        ("{{ a b }}", "something is missing"),
        ("{{ a = b }}", "write =="),
        ("{% if a %}", "has no end"),
        ("{% iff a %}{% endif %}", 'there is no "{% iff %}"'),
        ("{% include 'x' %}", '"include" is not available'),
        ("{% import 'x' as y %}", "is not available"),
        ("{% macro x() %}{% endmacro %}", '"macro" is not available'),
        ("{% block x %}{% endblock %}", "is not available"),
        ("{% filter upper %}x{% endfilter %}", "is not available"),
        ("{% for x in body recursive %}{% endfor %}", "cannot be recursive"),
        ("{{ 2 ** 3 }}", '"**" is not available'),
        ("{{ now | date('%d', tz='Mars') }}", '"Mars" is no time zone'),
        ("{{ contact.phone | phone('RUS') }}", "is no country"),
        ("{{ contact.phone | phone(country='ru') }}", "two capital letters"),
        ("{{ order.amount | money(1, 2, 3) }}", "It takes: places"),
        ("{{ order.amount | money(plases=1) }}", "It takes: places"),
        ("{{ contact.name | lower(1) }}", "takes nothing in brackets"),
        ("{{ contact.name | regex_replace('(a+)+', '') }}", "can run for ever"),
        ("{{ contact.name | regex_replace('(a|a)*$', '') }}", "can run for ever"),
        ("{{ contact.name | regex_replace('a*a*a*a*a*a*b', '') }}", "can run for ever"),
        ("{{ contact.name | regex_replace('(a?){20}b', '') }}", "can run for ever"),
        ("{{ contact.name | regex_replace('(a{1,9}){2}', '') }}", "can run for ever"),
        ("{{ contact.name | regex_replace('" + "a?" * 30 + "', '') }}", "can run for ever"),
        ("{{ contact.name | regex_replace('" + "a{0,9}" * 10 + "', '') }}", "can run for ever"),
        ("{{ contact.name | regex_replace('[', '') }}", "is wrong"),
        ("{{ contact.name | regex_replace(body.pattern, '') }}", "has to be written out"),
        ("{{ contact.name is matching(body.pattern) }}", "has to be written out"),
        ("{{ print(1) }}", 'Unknown function "print"'),
        ("{{ contact.__class__ }}", "begin with __"),
        ("{{ contact['__class__'] }}", "begin with __"),
        ("{{ bill_of(*body.x) }}", "no * and **"),
        ("{{ x | attr('y') }}", 'Unknown filter "attr"'),
        ("{{ " + "(" * 3000 + ")" * 3000 + " }}", "too deep"),
        ("{{ " + " + ".join(["order.id"] * 800) + " }}", "too deep"),
        ("{{ order.id" + " | trim" * 300 + " }}", "too deep"),
        ("{{ '" + "x" * 10_001 + "' }}", "longer than"),
    ],
)
def test_what_cannot_be_compiled_is_said_in_words(text: str, sentence: str) -> None:
    """Before any event comes."""
    with pytest.raises(BrokenExpression) as broken:
        compiled(text)
    assert sentence in str(broken.value)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^\s*(\d+)\s*$",
        "[a-z]+",
        "(foo|bar)",
        r"(\d{2})-(\d{2})",
        "colou?r",
        r"\(a\)+",
        r"(\+7)?\d{10}",
        r"^(?:https?://)?([^/]+)",
        "[)+*]+",
        "(?i)x+",
    ],
)
def test_ordinary_patterns_are_fine(pattern: str) -> None:
    """Only what can run for ever is refused."""
    assert compiled(f"{{{{ body.x | regex_replace({pattern!r}, '') }}}}")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{{ contcat.email }}", 'Unknown name "contcat". Did you mean "contact"?'),
        ("{{ contact.emial }}", '"contact" has no "emial". Did you mean "email"?'),
        ("{{ contact.utm.campain }}", 'Did you mean "campaign"?'),
        ("{{ contact.email.domain }}", "is one single value"),
        ("{{ order.goods.name }}", '"order.goods" is a list'),
        ("{{ order.goods[0].nam }}", 'Did you mean "name"?'),
        ("{{ order.amont | default(0) }}", 'Did you mean "amount"?'),
        ("{{ results.CreateOder.bill_id }}", 'Did you mean "CreateOrder"?'),
        ("{{ results.CreateOrder }}", "needs a field"),
        ("{{ results }}", "needs the name of an earlier call"),
        ("{{ body.x | lookup('corses') }}", 'Did you mean "courses"?'),
        ("{{ lookup(body.x, table='corses') }}", 'Did you mean "courses"?'),
        ("{{ tables.corses }}", 'Did you mean "courses"?'),
        ("{% for good in order.goods %}{{ god.name }}{% endfor %}", 'Unknown name "god"'),
        ("{{ self }}", "Unknown name"),
    ],
)
def test_names_that_do_not_exist_are_found(text: str, sentence: str) -> None:
    """With the nearest name that does."""
    assert sentence in " ".join(wrong_names(compiled(text).tree, EVERYWHERE))


@pytest.mark.parametrize(
    "text",
    [
        "{{ contact.custom.anything.goes }}",
        "{{ body.anything['at all'][0].goes }}",
        "{{ query.utm_source }}{{ headers['X-Any'] }}",
        "{% set x = body.y %}{{ x.z }}",
        "{% for good in order.goods %}{{ good.name }}{{ loop.index }}{% endfor %}",
        "{{ contact.email.lower() }}",
        "{{ order.paid }}{{ contact.tags[0] }}{{ item.x }}{{ now }}{{ hook }}{{ provider }}",
        "{{ order.goods | map(attribute='name') | join }}",
        "{{ body.x | lookup('courses', otherwise='y') }}",
    ],
)
def test_names_that_may_exist_are_not_complained_about(text: str) -> None:
    """A body has whatever its sender likes."""
    assert wrong_names(compiled(text).tree, EVERYWHERE) == []


def test_results_and_item_exist_only_where_they_can() -> None:
    """Not before a call was made, not without ``each``."""
    sentences = wrong_names(compiled("{{ bill_of(1) }}{{ item.x }}").tree, Scope())
    assert any("only inside params" in sentence for sentence in sentences)
    assert any("each:" in sentence for sentence in sentences)
    good = wrong_names(compiled("{{ item.prize }}").tree, Scope(each=True, goods=True))
    assert 'Did you mean "price"?' in good[0]


def test_a_condition_may_stand_in_braces_or_without() -> None:
    """Both are seen in the wild, and mean the same."""
    assert compiled("order.paid", True).found({"order": {"paid": 1}}) == 1
    assert compiled("{{ order.paid }}", True).found({"order": {"paid": 1}}) == 1
    with pytest.raises(BrokenExpression, match="one expression"):
        compiled("paid: {{ order.paid }}", True)


@pytest.mark.parametrize(
    "pattern", ["a*a*a*b", r"\w+.*\w+x", "a?a?a?a?a?a?a?a?a?a?a?a?b", "a{0,99}a{0,99}a{0,99}b", "(a*)b"]
)
def test_the_worst_patterns_that_are_let_through_are_bearable(pattern: str) -> None:
    """On the longest text, made for them."""
    start = time.thread_time()
    assert compiled("{{ body.x is matching(" + repr(pattern) + ") }}").value({"body": {"x": "a" * 200}}) is False
    assert time.thread_time() - start < 3
