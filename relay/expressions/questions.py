"""The tests of the expression language: what may stand after ``is``. Pure."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from relay.expressions.patterns import compiled, searched
from relay.expressions.values import blank, nothing, text_of


def _starting_with(value: Any, start: str) -> bool:
    return text_of(value).startswith(start)


def _ending_with(value: Any, end: str) -> bool:
    return text_of(value).endswith(end)


def _matching(value: Any, pattern: str) -> bool:
    return compiled(pattern).search(searched(text_of(value))) is not None


_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "eq": operator.eq, "!=": operator.ne, "ne": operator.ne, ">": operator.gt, "gt": operator.gt,
    ">=": operator.ge, "ge": operator.ge, "<": operator.lt, "lt": operator.lt, "<=": operator.le, "le": operator.le,
}  # fmt: skip

TESTS: Mapping[str, Callable[..., bool]] = {
    **_COMPARISONS,
    "defined": lambda value: not nothing(value),
    "undefined": nothing,
    "none": nothing,
    "filled": lambda value: not blank(value),
    "empty": blank,
    "starting_with": _starting_with,
    "ending_with": _ending_with,
    "matching": _matching,
    "in": lambda value, several: not nothing(several) and value in several,
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | Decimal) and not isinstance(value, bool),
    "mapping": lambda value: isinstance(value, Mapping),
    "sequence": lambda value: isinstance(value, list | tuple),
    "true": lambda value: value is True,
    "false": lambda value: value is False,
    "odd": lambda value: value % 2 == 1,
    "even": lambda value: value % 2 == 0,
}
