"""Whose clock is wrong, when they differ."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest

from relay.doctor.check import Verdict
from relay.doctor.clocks import Clocks


def clocks(store: float | None, justclick: float | None) -> Clocks:
    """Seconds by which the others are ahead."""
    made = Clocks()
    if store is not None:
        made.ask_store(lambda: int((time.time() + store) * 1000))
    if justclick is not None:
        now = time.time()
        made.hear_justclick({"DATE": formatdate(now + justclick, usegmt=True)}, now, now)
    return made


@pytest.mark.parametrize(
    ("store", "justclick", "verdict", "says"),
    [
        (0, 0, Verdict.OK, "the store and JustClick"),
        (5, -5, Verdict.OK, "the same time"),
        (0, None, Verdict.OK, "and the store have"),
        (None, None, Verdict.NOTE, "Neither"),
        (90, None, Verdict.WRONG, "The store's clock is 90 s ahead of this"),
        (90, 90, Verdict.WRONG, "Set this machine's clock"),
        (90, 0, Verdict.WRONG, "of the store's machine"),
        (0, -7200, Verdict.WRONG, "JustClick's clock is 120 minutes behind this"),
    ],
)
def test_whose_clock_is_wrong(store: float | None, justclick: float | None, verdict: Verdict, says: str) -> None:
    """Two against one."""
    found = clocks(store, justclick).check()
    assert found.verdict is verdict
    assert says in f"{found.told} {found.advice}"


@pytest.mark.parametrize("headers", [{}, {"Date": ""}, {"Date": "yesterday"}])
def test_an_answer_without_a_date_says_nothing(headers: dict[str, str]) -> None:
    """It is simply not counted."""
    made = Clocks()
    made.hear_justclick(headers, 0, 0)
    assert made.justclick == []
