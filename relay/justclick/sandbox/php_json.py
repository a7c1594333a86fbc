"""``json_encode`` as PHP does it by default: non-ASCII as ``\\u0430``, a slash as ``\\/``, an empty array as ``[]``."""

from __future__ import annotations

import json
from typing import Any


def json_encode(value: Any) -> bytes:
    """The bytes that PHP would echo; empty when a text is not UTF-8, because PHP's encoder then gives up."""
    try:
        return _encode(_as_php(value)).encode("utf-8")
    except UnicodeEncodeError:
        return b""


def _encode(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("/", "\\/").replace("\\u007f", "\x7f")


def _as_php(value: Any) -> Any:
    """A map whose keys are 0, 1, 2 ... is a list for PHP, and so is an empty one."""
    if isinstance(value, dict):
        if list(value) == list(range(len(value))):
            return [_as_php(member) for member in value.values()]
        return {str(key): _as_php(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_as_php(member) for member in value]
    if isinstance(value, str):
        value.encode("utf-8")  # raises where a broken byte hides behind a surrogate
    return value
