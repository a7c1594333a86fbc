"""PHP's bracket names: ``a[b][]=1`` becomes ``{"a": {"b": ["1"]}}``, as PHP's own parser nests and numbers it.

Unlike PHP it leaves dots and blanks of a name as they are (PHP makes ``_`` of them), and drops no field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

MAX_DEPTH = 64  # PHP's max_input_nesting_level
MAX_LEVELS = 5_000  # of all names together: a short name opens up to 64 of them

_NUMBER = re.compile(r"-?[1-9][0-9]{0,17}|0")


def nest(fields: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Of equal names the last one wins. Raises ValueError for a name of more than 64 levels, or too many in all."""
    tree: dict[str, Any] = {}
    levels = 0
    nested = False
    for name, value in fields:
        if "[" not in name:
            tree[name.lstrip(" ")] = value
            continue
        nested = True
        levels += _place(tree, _path(name), value)
        if levels > MAX_LEVELS:
            raise ValueError(f"its brackets open more than {MAX_LEVELS} levels")
    return {name: _listed(value) for name, value in tree.items()} if nested else tree


def _path(name: str) -> list[str]:
    """``a[b][]`` gives ``["a", "b", ""]``; what follows a closing bracket is ignored, as in PHP."""
    name = name.lstrip(" ")
    head, _, rest = name.partition("[")
    if not head:
        return [name]
    if "]" not in rest:
        return [name.replace("[", "_")]  # as PHP does with a bracket that is never closed
    path = [head]
    while True:
        key, closed, rest = rest.partition("]")
        if not closed:
            return path
        path.append(key)
        if len(path) > MAX_DEPTH:
            raise ValueError(f"the field {name[:40]!r} is nested deeper than {MAX_DEPTH} levels")
        if not rest.startswith("["):
            return path
        rest = rest[1:]


def _place(tree: dict[str, Any], path: list[str], value: Any) -> int:
    """How many levels were new."""
    opened = 0
    for key in path[:-1]:
        key = key or _next(tree)  # noqa: PLW2901 - an empty bracket is the next number
        below = tree.get(key)
        if not isinstance(below, _Level):
            below = tree[key] = _Level()
            opened += 1
        tree = below
    tree[path[-1] or _next(tree)] = value
    return opened


class _Level(dict[str, Any]):
    """What stands within one pair of brackets: told apart from a value that is itself a mapping (an uploaded file)."""

    next: int | None = None

    def __setitem__(self, key: str, value: Any) -> None:
        if _NUMBER.fullmatch(key):
            number = int(key) + 1
            self.next = number if self.next is None else max(self.next, number)
        super().__setitem__(key, value)


def _next(tree: dict[str, Any]) -> str:
    return str((isinstance(tree, _Level) and tree.next) or 0)


def _listed(value: Any) -> Any:
    """Keys 0, 1, 2 ... in their order are a list; with a gap they stay a mapping."""
    if not isinstance(value, _Level):
        return value
    if all(key == str(place) for place, key in enumerate(value)):
        return [_listed(below) for below in value.values()]
    return {key: _listed(below) for key, below in value.items()}
