"""marshmallow fields for what stands in the configuration file: durations, networks, texts or lists of them."""

from __future__ import annotations

import re
from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, TypeVar

from marshmallow import ValidationError, fields

_UNITS = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hour": 3600,
    "d": 86400,
    "day": 86400,
    "week": 604800,
}
_PIECE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)")
_TOO_LONG = 366 * 86400
Value = TypeVar("Value")


def seconds(value: object) -> float:
    """``90``, ``"90"``, ``"6h"``, ``"2 days"``, ``"1 h 30 min"``; raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError
    text = str(value).strip().lower().replace(",", " ")
    pieces = _PIECE.findall(text)
    if not pieces or _PIECE.sub("", text).strip() or (len(pieces) > 1 and not all(unit for _, unit in pieces)):
        raise ValueError
    return sum((float(number) * _unit(unit) for number, unit in pieces), 0.0)


def _unit(word: str) -> int:
    for name in (word, word.removesuffix("s")):
        if name in _UNITS:
            return _UNITS[name]
    if word:
        raise ValueError
    return 1


class Spoken(fields.Field[Value]):
    """A field whose own complaints are sentences."""

    default_error_messages = {  # noqa: RUF012  marshmallow's way
        "null": "Nothing stands behind the colon. Fill it in, or delete the line.",
        "required": "This key is missing.",
    }


class Anything(Spoken[Any]):
    """Whatever stands there; somebody else looks at it."""


class Text(Spoken[str]):
    """One text. Numbers and true/false stand for themselves; lists and maps do not."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if not isinstance(value, str | int | Decimal):
            raise ValidationError(f"Here stands {kind(value)}; it should be one text.")
        if not str(value).strip():
            raise ValidationError("The text is empty. Fill it in, or delete the line.")
        return str(value)


class Texts(Text):
    """One text or a list of texts: always a tuple."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        listed = value if isinstance(value, list) else [value]
        if not listed:
            raise ValidationError("The list is empty. Fill it in, or delete the line.")
        return tuple(super(Texts, self)._deserialize(each) for each in listed)


class Whole(Spoken[int]):
    """A whole number, also as text (it may come from the environment)."""

    def __init__(self, at_least: int = 0, at_most: int = 10**9, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._range = (at_least, at_most)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        least, most = self._range
        if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,12}", str(value)):
            raise ValidationError(f"{shown(value)} is not a whole number, like {max(least, 10)}.")
        if not least <= int(value) <= most:
            raise ValidationError(f"{shown(value)} should lie between {least} and {most}.")
        return int(value)


class Wholes(Whole):
    """One whole number or a list of them: always a tuple."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        listed = value if isinstance(value, list) else [value]
        return tuple(super(Wholes, self)._deserialize(each) for each in listed)


class Rate(Spoken[float]):
    """A number above zero."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> float:
        if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", str(value)) or not float(value):
            raise ValidationError(f"{shown(value)} is not a number above zero, like 10 or 0.5.")
        return float(value)


class Duration(Spoken[float]):
    """Seconds, or a text like ``6h`` or ``2 days``."""

    def __init__(self, at_least: float = 0.0, at_most: float = _TOO_LONG, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._range = (at_least, at_most)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> float:
        try:
            length = seconds(value)
        except ValueError:
            sentence = f'{shown(value)} is no length of time. Write seconds, like 90, or "6h", "30 min", "2 days".'
            raise ValidationError(sentence) from None
        least, most = self._range
        if not least <= length <= most:
            longest = "a year" if most == _TOO_LONG else f"{most:g} seconds"
            raise ValidationError(f"{shown(value)} should lie between {least:g} seconds and {longest}.")
        return length


class Durations(Duration):
    """A list of delays (one alone is a list of one): always a tuple."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        listed = value if isinstance(value, list) else [value]
        return tuple(super(Durations, self)._deserialize(each) for each in listed)


class Networks(Spoken[tuple[IPv4Network | IPv6Network, ...]]):
    """One network or address, or a list of them: ``185.71.76.0/27``."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return tuple(_network(each) for each in (value if isinstance(value, list) else [value]))


def _network(value: Any) -> IPv4Network | IPv6Network:
    text = str(value).strip()
    try:
        return ip_network(text)
    except ValueError:
        pass
    try:
        meant = f"Did you mean {ip_network(text, strict=False)}?"
    except ValueError:
        meant = "Write it like 185.71.76.0/27, or one address like 77.75.156.11."
    raise ValidationError(f"{shown(value)} is not a network. {meant}")


class Group(Spoken[dict[str, Any]]):
    """Names with values, as they are."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValidationError(f"Here stands {kind(value)}; it should be names with values, like: name: value")
        return value


def kind(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a group of names with values"
    return "a list" if isinstance(value, list) else "a text"


def shown(value: object) -> str:
    text = str(value)
    return f'"{text[:60]}..."' if len(text) > 60 else f'"{text}"'
