"""Regular expressions for mappings, kept to those that cannot run for ever on a text that a stranger wrote. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from relay.expressions.values import WrongValue

MAX_PATTERN = 200
MAX_TEXT = 200  # characters that a pattern is let loose on: three repetitions take a tenth of a second at worst
_MAX_CHOICES = 24  # as a power of two: an endless repetition on a text of 200 leaves 2**8 ways, a ? leaves 2
_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?[:=!<P]|[()|*+?]|\{\d*(?:,\d*)?\}|.", re.DOTALL)
_COUNTED = re.compile(r"\{(\d*)(?:(,)(\d*))?\}")


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
            f'The pattern "{pattern}" can run for ever: it repeats a group that holds a choice or a repetition, '
            "or it repeats too often."
        )
    return found


def searched(value: str) -> str:
    """The text for a pattern. Raises WrongValue when it is too long."""
    if len(value) > MAX_TEXT:
        raise WrongValue(f"A pattern is used on texts of up to {MAX_TEXT} characters; this one has {len(value)}.")
    return value


def _explosive(pattern: str) -> bool:
    groups: list[bool] = []  # of every open group: whether it holds a choice or a repetition
    closed = False  # whether what stands just before is a group that holds one
    choices = 0
    for piece in _PIECE.findall(pattern):
        added = _choices(piece)
        if added and closed and piece != "?":
            return True
        choices += added
        closed = False
        if piece.startswith("("):
            groups.append(False)
        elif piece == ")" and groups:
            closed = groups.pop()
            if groups:
                groups[-1] |= closed
        elif groups and (added or piece == "|"):
            groups[-1] = True
    return choices > _MAX_CHOICES


def _choices(piece: str) -> int:
    """How many ways a repetition leaves, as a power of two; 0 for everything else."""
    if piece in ("*", "+"):
        return 8
    if piece == "?":
        return 1
    counted = _COUNTED.fullmatch(piece)
    if counted is None:
        return 0
    least, comma, most = counted.groups()
    if comma and not most:
        return 8
    return max((int(most or 0) - int(least or 0)).bit_length(), 1)
