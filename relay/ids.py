"""Identifiers that sort by time: a prefix, then 26 characters of Crockford's base 32 (the layout of a ULID)."""

from __future__ import annotations

import os
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_LETTERS = (_ALPHABET * 8).encode()  # of each byte: the letter of its lower five bits
_DIGITS = str.maketrans(_ALPHABET, "0123456789abcdefghijklmnopqrstuv")  # which int() reads


def new_id(prefix: str, at_ms: int | None = None) -> str:
    """``evt`` gives ``evt_01K...``: 48 bits of milliseconds, 80 bits of chance."""
    moment = time.time_ns() // 1_000_000 if at_ms is None else at_ms
    letters = "".join([_PAIRS[moment >> shift & 1023] for shift in (40, 30, 20, 10, 0)])  # two at a time: 10 letters
    return f"{prefix}_{letters}{os.urandom(16).translate(_LETTERS).decode()}"


def moment_of(identifier: str) -> int:
    """The milliseconds since 1970 at which an identifier was made."""
    return int(identifier.rpartition("_")[2][:10].translate(_DIGITS), 32)
