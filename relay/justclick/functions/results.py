"""Reading `result` leniently: numbers as text, one object or a list of one, an empty list for an empty map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def rows(result: Any) -> list[Mapping[str, Any]]:
    """A list of objects, also when one object came, or a map of objects."""
    if isinstance(result, Mapping):
        if result and all(isinstance(member, Mapping) for member in result.values()):
            return list(result.values())
        return [result] if result else []
    return [row for row in result if isinstance(row, Mapping)] if isinstance(result, list) else []


def single(result: Any) -> Mapping[str, Any] | None:
    """One object, also when it came as a list of one."""
    if isinstance(result, Mapping):
        return result or None
    found = rows(result)
    return found[0] if found else None


def as_map(result: Any) -> Mapping[str, Any]:
    """A map; PHP writes an empty one as an empty list, and one with keys 0, 1, 2 as a list."""
    if isinstance(result, Mapping):
        return result
    return {str(number): member for number, member in enumerate(result)} if isinstance(result, list) else {}


def whole(value: Any) -> int | None:
    """A whole number from a number or from text (``"12549"``, ``"12549.00"``); None when it is neither."""
    if isinstance(value, bool):
        return None
    text = str(value).strip()
    digits, _, fraction = text.partition(".")
    return int(digits) if digits.isdecimal() and not fraction.strip("0") and len(digits) < 19 else None
