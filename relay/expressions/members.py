"""What ``a.b`` and ``a["b"]`` may reach: fields of our records, names and places of a body, a few questions to a text.

No method of a dict shadows a name of a body (``body.items`` is the sender's own), and nothing private is reachable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from jinja2.runtime import LoopContext

from relay.expressions.values import Missing, WrongValue, named, nothing
from relay.models import Awaited, Contact, Good, Order, Utm
from relay.nearest import instead

RECORDS: Mapping[type, frozenset[str]] = {
    Contact: frozenset(field.name for field in fields(Contact)),
    Utm: frozenset(field.name for field in fields(Utm)),
    Order: frozenset(field.name for field in fields(Order)) | {"paid"},
    Good: frozenset(field.name for field in fields(Good)),
}
TEXT_METHODS = frozenset({"lower", "upper", "strip", "startswith", "endswith", "split", "title", "isdigit"})
_LOOP = frozenset({"index", "index0", "first", "last", "length"})


class Headers(Mapping[str, str]):
    """Headers by their name in any spelling; given by names in lower case."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def __getitem__(self, name: str) -> str:
        return self._headers[str(name).lower()]  # an expression may ask for headers[1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._headers)

    def __len__(self) -> int:
        return len(self._headers)


class Result:
    """``results.CreateOrder``: any field of it is awaited."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Results:
    """``results``: what earlier calls of the same event will bring."""

    __slots__ = ()


def member(thing: Any, name: Any) -> Any:
    """Raises WrongValue with a sentence when the thing cannot have such a member."""
    record = RECORDS.get(type(thing))
    if record is not None:
        if name in record:
            return getattr(thing, name)
        raise WrongValue(f'{named(thing).capitalize()} has no "{name}". {instead(name, sorted(record))}')
    if isinstance(thing, (dict, Mapping)):  # nearly all are plain ones, which are told at once
        return _entry(thing, name)
    if nothing(thing):
        return Missing(name=str(name))
    if isinstance(thing, list | tuple):
        return _place(thing, name)
    if isinstance(thing, Results):
        return Result(str(name))
    if isinstance(thing, Result):
        return Awaited(f"result:{thing.name}:{name}")
    return _other(thing, name)


def _entry(thing: Mapping[Any, Any], name: Any) -> Any:
    if isinstance(name, (str, int)) and name in thing:
        return thing[name]
    key = str(name)
    return thing[key] if key in thing else Missing(name=key)


def _place(thing: list[Any] | tuple[Any, ...], name: Any) -> Any:
    if isinstance(name, slice):
        return list(thing[name])
    if isinstance(name, int) or str(name).isdigit():
        place = int(name)
        return thing[place] if -len(thing) <= place < len(thing) else Missing(name=str(name))
    raise WrongValue(
        f'{named(thing).capitalize()} has no "{name}". Choose one by its place, like [0], or use | first or each:.'
    )


def _other(thing: Any, name: Any) -> Any:
    if isinstance(thing, str):
        if name in TEXT_METHODS:
            return getattr(thing, name)
        if isinstance(name, int | slice):
            return thing[name] if isinstance(name, slice) else thing[name : name + 1 or None]
    if isinstance(thing, LoopContext) and name in _LOOP:
        return getattr(thing, name)
    raise WrongValue(f'{named(thing).capitalize()} has no "{name}".')
