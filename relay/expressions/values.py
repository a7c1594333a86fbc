"""What a value is inside expressions: nothing that is nothing, texts of values, and the sentences about them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from decimal import Decimal
from types import GeneratorType
from typing import Any

from jinja2.runtime import ChainableUndefined

from relay.errors import RelayError
from relay.models import Awaited
from relay.reading.people import E164

MAX_TEXT = 64 * 1024


class WrongValue(RelayError):
    """An expression meets a value that it cannot work with; ``str(error)`` is the sentence."""

    reason = "expression-failed"


class Missing(ChainableUndefined):
    """A name that a body does not have: a form field that was not filled in. It is false, empty, and equal to None."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return nothing(other)

    def __ne__(self, other: object) -> bool:
        return not nothing(other)

    __hash__ = ChainableUndefined.__hash__


def nothing(value: object) -> bool:
    return value is None or isinstance(value, ChainableUndefined)


def blank(value: object) -> bool:
    """Nothing, an empty text or an empty list; 0 and false are something."""
    if isinstance(value, str):
        return not value.strip()
    return nothing(value) or value in ([], (), {})


def text_of(value: object) -> str:
    """How a value reads inside a longer text; what has no good text is refused."""
    if isinstance(value, str):
        return str(value)
    if nothing(value):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list | tuple | GeneratorType | range):
        return bounded(", ".join(text_of(each) for each in value if not blank(each)))
    raise WrongValue(f"{named(value)} cannot become a part of a text.{_advice(value)}")


def _advice(value: object) -> str:
    if isinstance(value, Awaited):
        return ' It will be known only when the order exists, so it has to stand alone: "{{ bill_of(order.id) }}".'
    return " Name one of its fields."


def settled(value: Any) -> Any:
    """What leaves an expression: plain values only, no float, nothing as None."""
    if isinstance(value, E164):
        return value
    if isinstance(value, str):
        return bounded(str(value))
    if nothing(value):
        return None
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, bool | int | Decimal | Awaited):
        return value
    if isinstance(value, Mapping):
        return {str(key): settled(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | GeneratorType | range) or _iterates(value):
        return [settled(inner) for inner in value]
    raise WrongValue(f"{named(value)} cannot be sent.{_advice(value)}")


def _iterates(value: object) -> bool:
    return isinstance(value, Iterable) and not is_dataclass(value)


def bounded(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise WrongValue(f"The text grows beyond {MAX_TEXT // 1024} KiB.")
    return text


def shown(value: object, most: int = 60) -> str:
    """A value in a sentence: quoted when it is text, cut when it is long."""
    if nothing(value):
        return "nothing"
    if isinstance(value, str):
        return f'"{value[:most]}{"..." if len(value) > most else ""}"'
    if isinstance(value, int | float | Decimal):
        return text_of(value)[:most]
    return named(value)


def named(value: object) -> str:
    """What kind of thing a value is, in words."""
    if nothing(value):
        return "nothing"
    if isinstance(value, Awaited):
        return "the number of an order" if value.key.startswith("bill:") else "the result of another call"
    if isinstance(value, bool):
        return text_of(value)
    if isinstance(value, str | int | float | Decimal):
        return f"the text {shown(value)}" if isinstance(value, str) else f"the number {text_of(value)[:60]}"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, Mapping):
        names = ", ".join(str(key) for key in list(value)[:6])
        return f"a group of values ({names})" if names else "an empty group of values"
    return f"a whole {type(value).__name__.lower()}"
