"""Regular expressions for mappings, kept to those that cannot run for ever on a text that a stranger wrote. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from relay.expressions.values import WrongValue

MAX_PATTERN = 200
MAX_OPEN = 4  # repetitions without an end: each multiplies the time by the length of the text
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?[:=!<P][^()]*?|[()|]|[*+]|\{\d*,\d*\}|\{\d+\}|\?|.", re.DOTALL)
_REPEATS = re.compile(r"[*+]|\{\d*,\d*\}|\{\d+\}")


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    """Raises WrongValue for a pattern that is wrong, or that could take for ever."""
    if len(pattern) > MAX_PATTERN:
        raise WrongValue(f"A pattern has at most {MAX_PATTERN} characters.")
    try:
        found = re.compile(pattern)
    except re.error as error:
        raise WrongValue(f'The pattern "{pattern}" is wrong: {error.msg}.') from None
    if _explosive(pattern):
        raise WrongValue(
            f'The pattern "{pattern}" repeats a group that repeats something itself; such patterns can run for ever.'
        )
    return found


def _explosive(pattern: str) -> bool:
    groups: list[bool] = []  # of every open group: whether it holds a choice or a repetition
    closed = False  # whether what stands just before is a group that holds one
    endless = 0
    for piece in _pieces(pattern):
        repeats = _REPEATS.fullmatch(piece) is not None
        if repeats and closed:
            return True
        endless += piece in "*+" or piece.endswith(",}")
        closed = False
        if piece.startswith("("):
            groups.append(False)
        elif piece == ")" and groups:
            closed = groups.pop()
            if groups:
                groups[-1] |= closed
        elif groups and (repeats or piece in ("|", "?")):
            groups[-1] = True
    return endless > MAX_OPEN


def _pieces(pattern: str) -> Iterator[str]:
    for found in _TOKEN.finditer(pattern):
        yield found[0]
