"""Finding a value in nested data by a path of dots: ``object.amount.value``, ``items.0.name``."""

from __future__ import annotations

from typing import Any

ABSENT: Any = object()  # told apart from a null that was really sent


def find(value: Any, path: str) -> Any:
    """The value at a path, or ABSENT. A name that itself holds dots is tried whole first (``data.json``)."""
    if isinstance(value, dict) and path in value:
        return value[path]
    for key in path.split(".") if path else ():
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return ABSENT
    return value


def dig(value: Any, *paths: str) -> Any:
    """The first value among the paths that is neither absent nor empty (None, ``""``), else None."""
    for path in paths:
        found = find(value, path)
        if found is not ABSENT and found is not None and found != "":
            return found
    return None


def rows(value: Any, path: str = "") -> list[Any]:
    """The list at a path, or the values of a mapping with number keys (PHP's list with gaps); else an empty one."""
    found = find(value, path) if path else value
    if isinstance(found, list):
        return found
    if isinstance(found, dict) and found and all(str(key).isdecimal() for key in found):
        return list(found.values())
    return []


def single(value: Any) -> Any:
    """The one value of a list of one: what many senders make of a drop-down; anything else as it is."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def mapping(value: Any, path: str = "") -> dict[str, Any]:
    """The mapping at a path; anything else is an empty one."""
    found = find(value, path) if path else value
    return found if isinstance(found, dict) else {}
