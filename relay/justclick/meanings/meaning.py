"""What one answer of JustClick means, in two languages: the shape of a row of the table of codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Pauses = Literal["account", "function"]
DAY = 86_400.0


class Verdict(StrEnum):
    """What kind of answer it is, and so who has to move."""

    DONE = "done"  # what was asked for is the case
    DATA = "data"  # this call cannot succeed: its own data is wrong
    FIX = "fix"  # it can succeed when a person has changed something in JustClick or in the mapping
    LATER = "later"  # time helps
    ACCOUNT = "account"  # nothing of this account (or function) can succeed until a person acts
    UNCERTAIN = "uncertain"  # somebody has to look before anything is repeated


@dataclass(frozen=True, slots=True)
class Meaning:
    """One row. ``functions`` empty: every function. ``fragments``: lower-case parts of texts that tell rows apart."""

    code: int
    functions: tuple[str, ...]
    text: str  # as JustClick writes it
    verdict: Verdict
    meaning: Mapping[str, str]  # by language: en, ru
    advice: Mapping[str, str]
    pauses: Pauses | None = None
    pause_seconds: float | None = None  # how long; None: until a person resumes
    fragments: tuple[str, ...] = ()
    known: bool = True


def row(
    code: int,
    functions: str,
    text: str,
    verdict: Verdict,
    *,
    en: tuple[str, str],
    ru: tuple[str, str],
    fragments: tuple[str, ...] = (),
    pauses: Pauses | None = None,
    pause_seconds: float | None = None,
) -> Meaning:
    """A row as it stands in the tables: ``functions`` separated by blanks, then meaning and advice in each language."""
    return Meaning(
        code=code,
        functions=tuple(functions.split()),
        text=text,
        verdict=verdict,
        meaning={"en": en[0], "ru": ru[0]},
        advice={"en": en[1], "ru": ru[1]},
        pauses=pauses,
        pause_seconds=pause_seconds,
        fragments=fragments,
    )
