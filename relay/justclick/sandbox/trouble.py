"""Trouble on demand: what a JustClick on a bad day does, as data, and the two ways to ask for it.

By the customer's address (``code-103@trouble.test``) or by a plan for the next calls of a function.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from relay.justclick.sandbox.functions import BY_LOWER_NAME, only_reads

DOMAIN = "trouble.test"
SHAPES = {
    "html": "200 with an HTML page in place of the answer",
    "empty": "200 with an empty body",
    "text": "200 with a PHP error message in place of the answer",
    "forged": "code 0, but signed with another secret",
    "unsigned": "the true answer without its hash",
    "two": "the true answer, then a second JSON document behind it",
    "half": "the work is done, the connection is cut in the middle of the answer",
    "cut": "the connection is cut before the work is done",
    "redirect": "302 to another address",
    "json": "the true answer, under whatever HTTP status was asked for",
}
_ACTING_SHAPES = frozenset({"unsigned", "two", "half", "json"})


@dataclass(frozen=True, slots=True)
class Trouble:
    """What goes wrong with a call. Fields may be combined; the defaults mean that all is well."""

    code: int | None = None  # answered in place of working
    text: str = ""  # of that code; empty: the usual one
    status: int | None = None  # HTTP
    retry_after: str = ""  # the header's value
    shape: str = ""  # one of SHAPES
    delay: float = 0.0  # seconds between the work and the answer
    late: float = 0.0  # seconds before the work; it is done even when the caller has gone, as PHP would
    acts: bool | None = None  # whether the work is done; None: as is natural for the rest
    function: str = ""  # only for this function
    email: str = ""  # only for this customer
    times: int | None = None  # how many calls it strikes; None: until it is cleared

    @property
    def works(self) -> bool:
        """Whether the function is carried out."""
        if self.acts is not None:
            return self.acts
        if self.code is not None:
            return False
        return self.shape in _ACTING_SHAPES if self.shape else self.status is None

    @property
    def answers(self) -> bool:
        """Whether the caller gets a JSON document to read."""
        if self.shape:
            return self.shape in ("forged", "unsigned", "two", "json")
        return self.status is None

    @property
    def in_words(self) -> str:
        """What is wrong, for the list of calls: ``code=103, delay=2.0``; empty when all is well."""
        told = {name: value for name, value in asdict(self).items() if value not in ("", None, 0.0)}
        return ", ".join(
            f"{name}={value}" for name, value in told.items() if name not in ("function", "email", "times")
        )

    def strikes(self, function: str, email: str) -> bool:
        return self.function in ("", function) and self.email in ("", email)


class UnknownTrouble(ValueError):
    """A word that asks for no trouble we know; told loudly, since a misspelt one would make a test pass for nothing."""


_WORDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], dict[str, Any]]], ...] = (
    (re.compile(r"code-(\d+)"), lambda m: {"code": int(m[1])}),
    (re.compile(r"(?:http-)?([2-5]\d\d)"), lambda m: {"status": int(m[1])}),
    (re.compile(r"slow-(\d+)(ms)?"), lambda m: {"delay": _seconds(m[1], m[2])}),
    (re.compile(r"late-(\d+)(ms)?"), lambda m: {"late": _seconds(m[1], m[2])}),
    (re.compile(r"retry-(\d+)"), lambda m: {"retry_after": m[1]}),
    (re.compile(r"lost"), lambda _: {"shape": "cut", "acts": True}),
    (re.compile(r"ok"), lambda _: {}),
    (re.compile("|".join(SHAPES)), lambda m: {"shape": m[0]}),
    (re.compile("|".join(BY_LOWER_NAME)), lambda m: {"function": BY_LOWER_NAME[m[0]]}),
)
_PREFIX = re.compile(r"(?:(once)|first-(\d+)|(acted))[-.]")


def _seconds(number: str, unit: str | None) -> float:
    return int(number) / 1000 if unit else float(number)


def by_address(email: str) -> Trouble | None:
    """``first-2-slow-500ms.lost+anything@trouble.test``: the trouble that the words before the + ask for."""
    local, _, domain = email.lower().rpartition("@")
    if domain != DOMAIN:
        return None
    words = local.partition("+")[0]
    trouble = Trouble()
    while prefix := _PREFIX.match(words):
        once, first, acted = prefix.groups()
        trouble = replace(trouble, acts=True) if acted else replace(trouble, times=1 if once else int(first))
        words = words[prefix.end() :]
    for word in words.split("."):
        trouble = _with_word(trouble, word)
    return trouble


def _with_word(trouble: Trouble, word: str) -> Trouble:
    for pattern, fields in _WORDS:
        if match := pattern.fullmatch(word):
            return replace(trouble, **fields(match))
    raise UnknownTrouble(f"Sandbox: no such trouble: {word}")


class Plans:
    """The planned troubles, oldest first, and how often an address has already had its own."""

    def __init__(self) -> None:
        self._plans: list[Trouble] = []
        self._had: Counter[tuple[str, str]] = Counter()

    def add(self, trouble: Trouble) -> None:
        if trouble.shape and trouble.shape not in SHAPES:
            raise UnknownTrouble(f"shape is one of {', '.join(SHAPES)}")
        self._plans.append(trouble)

    def clear(self) -> None:
        self._plans.clear()
        self._had.clear()

    @property
    def planned(self) -> tuple[Trouble, ...]:
        return tuple(self._plans)

    def next_for(self, function: str, email: str) -> Trouble | None:
        """The trouble of this call, counted down: a plan goes before what the address asks for."""
        for place, plan in enumerate(self._plans):
            if plan.strikes(function, email):
                self._count_down(place, plan)
                return plan
        return self._of_address(function, email)

    def _count_down(self, place: int, plan: Trouble) -> None:
        if plan.times == 1:
            del self._plans[place]
        elif plan.times is not None:
            self._plans[place] = replace(plan, times=plan.times - 1)

    def _of_address(self, function: str, email: str) -> Trouble | None:
        # Reading functions stay well, so that the relay can look up what an address's trouble left behind.
        trouble = None if only_reads(function) else by_address(email)
        if trouble is None or not trouble.strikes(function, ""):
            return None
        self._had[function, email] += 1
        return None if trouble.times is not None and self._had[function, email] > trouble.times else trouble
