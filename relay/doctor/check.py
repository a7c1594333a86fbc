"""One line of the doctor: what was looked at, whether it is as it should be, and if not, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    OK = "ok"
    WRONG = "wrong"
    NOTE = "note"  # nothing is wrong, but somebody may want to know; or it could not be looked at


@dataclass(frozen=True, slots=True)
class Check:
    """``told`` is what was found, ``advice`` what to do; neither ever holds a secret."""

    about: str
    verdict: Verdict
    told: str
    advice: str = ""


def ok(about: str, told: str) -> Check:
    return Check(about, Verdict.OK, told)


def wrong(about: str, told: str, advice: str) -> Check:
    return Check(about, Verdict.WRONG, told, advice)


def note(about: str, told: str, advice: str = "") -> Check:
    return Check(about, Verdict.NOTE, told, advice)
