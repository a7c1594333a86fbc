"""Every filter with an example, as docs/mapping.md shows it."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from relay.expressions import ExpressionFailed
from relay.expressions.filters import FILTERS

Value = Callable[[str], Any]
DOCS = Path(__file__).resolve().parents[2] / "docs" / "mapping.md"

EXAMPLES = [
    ("'Anna@Example.COM' | lower", "anna@example.com"),
    ("'ru' | upper", "RU"),
    ("'анна смирнова' | title", "Анна Смирнова"),
    ("'анна смирнова' | capitalize", "Анна смирнова"),
    ("'  Anna ' | trim", "Anna"),
    ("10457 | text", "10457"),
    ("'8 (999) 000-00-00' | digits", "89990000000"),
    ("'Осенний курс 2026' | slug", "osenniy-kurs-2026"),
    ("'a, b,,c' | split", ["a", "b", "c"]),
    ("'a;b' | split(';')", ["a", "b"]),
    ("['a', '', 'b'] | join", "a, b"),
    ("['a', 'b'] | join(' + ')", "a + b"),
    ("'+7 999' | replace('+7', '8')", "8 999"),
    ("'order-10457' | regex_replace('[^0-9]', '')", "10457"),
    ("'abcdef' | truncate(3)", "abc"),
    ("'8 (999) 000-00-00' | phone", "+79990000000"),
    ("'8 701 000 00 00' | phone('KZ')", "+77010000000"),
    ("'Анна Смирнова' | first_name", "Анна"),
    ("'Анна Смирнова' | last_name", "Смирнова"),
    ("'1 500,50 руб.' | number", Decimal("1500.50")),
    ("'17' | number", 17),
    ("'17.9' | int", 17),
    ("2.5 | round", 3),
    ("2.345 | round(2)", Decimal("2.35")),
    ("'1500' | money", "1500.00"),
    ("1499.5 | money(0)", "1500"),
    ("49.00 | cents", 4900),
    ("4900 | from_cents", Decimal("49.00")),
    ("'2026-09-14T09:41:30Z' | unix", 1789378890),
    ("'14.09.2026 12:41:30' | unix(tz='Europe/Moscow')", 1789378890),
    ("'2026/09/14' | unix(format='%Y/%m/%d')", 1789344000),
    ("1789378890 | date", "14.09.2026"),
    ("1789378890 | date('%Y-%m-%d %H:%M', tz='Europe/Moscow')", "2026-09-14 12:41"),
    ("'A1' | lookup('courses')", "course"),
    ("17 | lookup('courses')", "seventeen"),
    ("'Z' | lookup('courses', otherwise='other')", "other"),
    (
        "order.goods | goods_of('courses')",
        [{"good_name": "course", "good_sum": "3000.00"}, {"good_name": "book", "good_sum": "1990.00"}],
    ),
    ("{'a': [1, order.amount]} | json", '{"a": [1, "4990.00"]}'),
    ("contact.city | default('Москва')", "Москва"),
    ("body.nobody.at.all | default(contact.email)", "anna@example.com"),
    ("0 | default(5)", 0),
    ("contact.tags | length", 2),
    ("contact.city | length", 0),
    ("contact.tags | count", 2),
    ("contact.tags | first", "vip"),
    ("contact.tags | last", "new"),
    ("contact.tags | sort", ["new", "vip"]),
    ("contact.tags | reverse", ["new", "vip"]),
    ("['a', 'A', 'b'] | unique", ["a", "b"]),
    ("[3, 1, 2] | max", 3),
    ("[3, 1, 2] | min", 1),
    ("[1, 2.5] | sum", Decimal("3.5")),
    ("order.goods | map(attribute='id') | list", ["A1", "B2"]),
    ("order.goods | selectattr('id', '==', 'B2') | map(attribute='name') | first", "Book"),
    ("order.goods | rejectattr('sum') | map(attribute='name') | join", "Course"),
    ("['a', ''] | select('filled')", ["a"]),
    ("['a', ''] | reject('filled')", [""]),
    ("{'a': 1} | items", [["a", 1]]),
    ("-5 | abs", 5),
]


@pytest.mark.parametrize(("expression", "expected"), EXAMPLES, ids=[example[0] for example in EXAMPLES])
def test_filters(value: Value, expression: str, expected: Any) -> None:
    """The value, with its type."""
    found = value("{{ " + expression + " }}")
    assert found == expected
    assert isinstance(found, type(expected))


@pytest.mark.parametrize("name", [name for name in FILTERS if name not in ("default", "join", "length", "count")])
def test_nothing_stays_nothing(value: Value, name: str) -> None:
    """Whatever filter it goes through, so that ``default`` can come last."""
    arguments = {"replace": "('a')", "regex_replace": "('a')", "lookup": "('courses')", "map": "('lower')"}
    assert value("{{ body.nobody | " + name + arguments.get(name, "") + " }}") is None
    assert value("{{ contact.city | " + name + arguments.get(name, "") + " | default('x') }}") == "x"


def test_the_hook_says_where_numbers_without_a_country_belong(value: Value) -> None:
    """``phone`` without an argument takes the hook's country."""
    from relay.expressions import evaluate
    from relay.expressions.filters import COUNTRY

    assert evaluate("{{ '8 701 000 00 00' | phone }}", {COUNTRY: "KZ"}) == "+77010000000"


@pytest.mark.parametrize(
    "expression",
    [
        "'x' | number",
        "'12' | phone",
        "'soon' | unix",
        "'x' | money",
        "body.customer | number",
        "'x' | cents",
        "5 | goods_of",
    ],
)
def test_what_a_filter_cannot_work_on_is_a_failure_and_never_a_guess(value: Value, expression: str) -> None:
    """A wrong amount or date is worse than none."""
    with pytest.raises(ExpressionFailed):
        value("{{ " + expression + " }}")


def test_every_filter_is_documented_and_tried_here() -> None:
    """docs/mapping.md names each of them."""
    told = set(re.findall(r"\| `(\w+)", DOCS.read_text("utf-8")))
    tried = set(re.findall(r"\| (\w+)", " ".join(expression for expression, _ in EXAMPLES)))
    assert set(FILTERS) <= told
    assert set(FILTERS) <= tried
