"""Identifiers that sort by time: a prefix, then 26 characters of Crockford's base 32 (the layout of a ULID)."""

from __future__ import annotations

import os
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {letter: number for number, letter in enumerate(_ALPHABET)}
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]


def new_id(prefix: str, at_ms: int | None = None) -> str:
    """``evt`` gives ``evt_01K...``: 48 bits of milliseconds, 80 bits of chance."""
    moment = time.time_ns() // 1_000_000 if at_ms is None else at_ms
    number = (moment << 80) | int.from_bytes(os.urandom(10), "big")
    letters = [_PAIRS[number >> shift & 1023] for shift in range(120, -10, -10)]  # two at a time: 26 letters
    return f"{prefix}_{''.join(letters)}"


def moment_of(identifier: str) -> int:
    """The milliseconds since 1970 at which an identifier was made."""
    moment = 0
    for letter in identifier.rpartition("_")[2][:10]:
        moment = moment * 32 + _VALUES[letter]
    return moment
