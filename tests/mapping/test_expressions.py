"""The expression language: what keeps its type, what is nothing, what fails and how it says so."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from relay.expressions import ExpressionFailed, compiled
from relay.models import Awaited

Value = Callable[[str], Any]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ order.amount }}", Decimal("4990.00")),
        ("{{ order.paid_at }}", 1789378890),
        ("  {{ order.paid_at }}\n", 1789378890),
        ("{{ order.paid }}", True),
        ("{{ contact.city }}", None),
        ("{{ body.nobody.there }}", None),
        ("{{ contact.tags }}", ["vip", "new"]),
        ("{{ contact.phone }}", "+79990000000"),
        ("{{ '89990000000' }}", "89990000000"),
        ("{{ order.id }}", "10457"),
        ("{{ order.id }} ", "10457"),
        ("no {{ order.id }}", "no 10457"),
        ("{{ order.id }}{{ body.n }}", "104573"),
        ("{{ '007' }}", "007"),
        ("plain", "plain"),
        ("{{ {'a': [order.amount]} }}", {"a": [Decimal("4990.00")]}),
        ("{{ order.goods | map(attribute='name') }}", ["Course", "Book"]),
    ],
)
def test_one_single_expression_keeps_its_type(value: Value, text: str, expected: Any) -> None:
    """And what is text stays text, whatever its digits."""
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ contact.city }}!", "!"),
        ("{{ body.nobody }}!", "!"),
        ("{{ body.customer.empty.deeper }}!", "!"),
        ("{{ order.amount }} {{ order.currency }}", "4990.00 RUB"),
        ("tags: {{ contact.tags }}", "tags: vip, new"),
        ("paid: {{ order.paid }}", "paid: true"),
        ("{{ contact.first_name ~ ' ' ~ contact.city }}", "Анна "),
        ("{% for good in order.goods %}{{ loop.index }}.{{ good.name }} {% endfor %}", "1.Course 2.Book "),
        ("{% if order.paid %}yes{% else %}no{% endif %}", "yes"),
    ],
)
def test_nothing_is_an_empty_text_and_never_the_word_none(value: Value, text: str, expected: str) -> None:
    """Texts around expressions read as a person would write them."""
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ order.amount * 0.9 }}", Decimal("4491.000")),
        ("{{ 0.1 + 0.2 }}", Decimal("0.3")),
        ("{{ 7 / 2 }}", Decimal("3.5")),
        ("{{ body.n * 2 }}", 6),
        ("{{ 'a' + 'b' }}", "ab"),
        ("{{ [1] + [2] }}", [1, 2]),
        ("{{ -order.paid_at }}", -1789378890),
        ("{{ 0.5 }}", Decimal("0.5")),
    ],
)
def test_arithmetic_is_exact(value: Value, text: str, expected: Any) -> None:
    """No float ever comes out."""
    found = value(text)
    assert found == expected
    assert not isinstance(found, float)


def test_a_name_of_the_body_goes_before_everything_python_knows(value: Value) -> None:
    """``items`` and ``keys`` are names that senders use."""
    assert value("{{ body.items[0].id }}") == 7
    assert value("{{ body.keys }}") is None


def test_headers_are_found_in_any_spelling(value: Value) -> None:
    """HTTP does not tell capitals apart."""
    assert value("{{ headers['X-Request-Id'] }}{{ headers['x-REQUEST-id'] }}") == "req-1req-1"
    assert value("{{ headers[1] }}") is None


@pytest.mark.parametrize(
    "text",
    ["{{ body.x == none }}", "{{ body.x is none }}", "{{ body.x is not defined }}", "{{ contact.city is empty }}"],
)
def test_what_is_missing_equals_none(value: Value, text: str) -> None:
    """A form field that was not filled in is nothing, like a null."""
    assert value(text) is True


def test_the_number_of_an_order_is_awaited(value: Value) -> None:
    """Another call will bring it."""
    assert value("{{ bill_of(order.id) }}") == Awaited("bill:10457")
    assert value("{{ results.CreateOrder.bill_id }}") == Awaited("result:CreateOrder:bill_id")
    assert value("{{ [bill_of(1)] }}") == [Awaited("bill:1")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("No. {{ bill_of(order.id) }}", "has to stand alone"),
        ("{{ 'No. ' ~ bill_of(order.id) }}", "has to stand alone"),
        ("{{ bill_of(order.id) | upper }}", "not known yet"),
        ("{{ bill_of(contact.city) }}", "there is none in this event"),
        ("{{ bill_of('') }}", "there is none in this event"),
        ("{{ body.sum * 2 }}", "| number"),
        ("{{ body.sum > 100 }}", "cannot be compared"),
        ("{{ body.nobody + 1 }}", "cannot be added"),
        ("{{ body.sum | phone }}", "is no telephone number"),
        ("{{ body.sum | unix }}", "is no date"),
        ("{{ body.customer.mail.first }}", 'has no "first"'),
        ("{{ order.goods.name }}", 'has no "name"'),
        ("{{ order.goods }}", "a whole good cannot be sent"),
        ("{{ contact }}!", "Name one of its fields"),
        ("{{ 'Z9' | lookup('courses') }}", 'no entry for "Z9"'),
        ("{{ 1 / 0 }}", "cannot be divided"),
        ("{{ body.n() }}", "not available"),
        ("{% for letter in body.sum %}x{% endfor %}", "is no list"),
    ],
)
def test_a_failing_expression_says_which_and_why(value: Value, text: str, sentence: str) -> None:
    """It names itself and what it met."""
    with pytest.raises(ExpressionFailed) as failed:
        value(text)
    assert sentence.lower() in str(failed.value).lower()
    assert text.strip() in str(failed.value)


def test_a_failing_expression_shows_the_values_it_met(value: Value) -> None:
    """The value is what the reader needs to mend it."""
    with pytest.raises(ExpressionFailed, match=r'body\.sum is "1 500,50"'):
        value("{{ body.sum * order.amount }}")


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'a' * 1000000000 }}",
        "{{ [1] * 1000000000 }}",
        "{{ range(1000000000) | list }}",
        "{{ range(100000000000000000000) }}",
        "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(9) %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in range(999) %}" + "{{ body.sum ~ body.sum }}" * 20 + "{% endfor %}",
        "{{ body.sum | replace('', 'x' ) }}",
        "{{ 99999999999999999999 * 99999999999999999999 * 99999999999999999999 }}",
        "{{ 'x' | truncate(1) | replace('x', 'y' * 9) }}",
        "{{ 'abc'.format(1) }}",
        "{{ ''.join([]) }}",
        "{{ contact._name }}",
        "{{ body.sum.encode }}",
        "{{ order.paid_at.bit_length() }}",
        "{{ range.x }}",
        "{{ bill_of.x }}",
        "{{ 10 // 0 }}",
        "{{ 5 % 0 }}",
    ],
)
def test_nothing_private_and_nothing_endless_is_reachable(value: Value, text: str) -> None:
    """A mapping can neither hang the intake nor look behind the scenes."""
    with pytest.raises(ExpressionFailed):
        value(text)


def test_members_of_a_body_that_look_private_are_only_data() -> None:
    """The sender chose them; they lead nowhere."""
    from relay.expressions.members import member
    from relay.expressions.values import nothing

    assert member({"__class__": 1}, "__class__") == 1
    assert nothing(member({}, "__class__"))


@pytest.mark.parametrize(
    "source",
    [
        "{{ contact.email | upper }}",
        "{{ body.phone | phone('RU') }}",
        "{{ body.phone | phone(country='RU') | default('none') }}",
        "{{ body.nothing | default('x') | lower }}",
        "{{ body.nothing.at.all | default(3) }}",
        "{{ body['name'] | title | replace('a', 'b') }}",
        "{{ body.list[1] | number }}",
        "{{ body.product | lookup('products', 'other') }}",
    ],
)
def test_what_needs_no_engine_is_what_the_engine_says(source: str) -> None:
    """A path with filters is evaluated directly; the same inside a condition is not."""
    body = {"phone": "8 (999) 000-00-00", "name": "anna maria", "list": ["a", 7], "product": "course"}
    names = {"body": body, "contact": {"email": "a@example.com"}, "tables": {"products": {"course": "K-1"}}}
    short = compiled(source)
    assert short._path
    engine = compiled(source.replace("{{ ", "{{ (").replace(" }}", ") if true else 0 }}"))
    assert engine._path is None
    assert short.value(names) == engine.value(names)
