"""The table of codes, and our own reasons: complete, in both languages, told apart where a code means two things."""

from __future__ import annotations

import re

import pytest

from relay import reasons
from relay.justclick import codes
from relay.justclick.codes import Verdict
from relay.justclick.functions import FUNCTIONS

DOCUMENTED = {
    *range(9),
    *range(100, 107),
    *range(200, 206),
    *range(300, 304),
    400,
    401,
    500,
    501,
    *range(600, 607),
    700,
    800,
    801,
    900,
    950,
    1000,
}
RUSSIAN = re.compile("[а-яё]", re.IGNORECASE)


def test_every_known_code_has_a_row() -> None:
    """All codes of the vendor's table and those met in the field."""
    assert {row.code for row in codes.TABLE} == DOCUMENTED


@pytest.mark.parametrize("row", codes.TABLE, ids=lambda row: f"{row.code}-{row.functions[:1]}-{row.fragments[:1]}")
def test_every_row_speaks_both_languages(row: codes.Meaning) -> None:
    """Meaning and advice, short, and about functions that exist."""
    for texts in (row.meaning, row.advice):
        assert set(texts) == {"en", "ru"}
        assert RUSSIAN.search(texts["ru"])
        assert not RUSSIAN.search(texts["en"])
        assert all(10 < len(text) < 300 for text in texts.values())
    assert set(row.functions) <= set(FUNCTIONS)
    assert all(fragment == fragment.casefold() for fragment in row.fragments)


@pytest.mark.parametrize(
    ("function", "code", "text", "verdict", "says"),
    [
        ("DeleteOrder", 302, "", Verdict.DONE, "not there"),
        ("UpdateOrderStatus", 302, "", Verdict.DATA, "no order"),
        ("DeleteGood", 302, "", Verdict.FIX, "product"),
        ("UpdateOrderStatus", 302, "Failed to remove product", Verdict.FIX, "product"),
        ("SomethingElse", 302, "nonexistent order", Verdict.DATA, "no order"),
        ("UpdateOrderStatus", 303, "", Verdict.DATA, "status"),
        ("AddGood", 303, "", Verdict.FIX, "create the product"),
        ("DeleteOrder", 200, "", Verdict.DONE, "not there"),
        ("UpdateOrderStatus", 200, "", Verdict.DATA, "no order"),
        ("AddGood", 2, "", Verdict.DATA, "0 counts as empty"),
        ("AddLeadToGroup", 2, "", Verdict.DATA, "no data"),
        ("AddLeadToGroup", 0, "OK", Verdict.DONE, "did what was asked"),
        ("GetBills", 0, "whatever it says", Verdict.DONE, "did what was asked"),
        ("AddLeadToGroup", 0, "HAS AN INVALID subscriptions group", Verdict.FIX, "no such group"),
        ("AddLeadToGroup", 0, "The subscriber is already registered", Verdict.DONE, "already"),
        ("CreateOrder", 601, "", Verdict.DONE, "already"),
        ("Unheard", 8, "", Verdict.LATER, "limit"),
    ],
)
def test_the_right_row_is_found(function: str, code: int, text: str, verdict: Verdict, says: str) -> None:
    """By function and text; the text tells more."""
    row = codes.meaning(function, code, text)
    assert row.verdict is verdict
    assert says in row.meaning["en"]


@pytest.mark.parametrize("code", [9, -1, 777, 10**9])
def test_an_unknown_code_says_so(code: int) -> None:
    """No guess: a person has to look."""
    row = codes.meaning("AddLeadToGroup", code, "Surprise")
    assert (row.known, row.verdict, row.text) == (False, Verdict.UNCERTAIN, "Surprise")
    assert str(code) in row.meaning["en"]
    assert str(code) in row.meaning["ru"]


def test_what_pauses() -> None:
    """4, 5, 6 and 7 the account; 606 its function until resumed, 8 for a day."""
    pausing = {row.code: (row.pauses, row.pause_seconds) for row in codes.TABLE if row.pauses}
    assert pausing == {
        4: ("account", None),
        5: ("account", None),
        6: ("account", None),
        7: ("account", None),
        8: ("function", 86_400.0),
        606: ("function", None),
    }


def test_refusing() -> None:
    """Every other code than 0 is a no; 0 is one when its text says so."""
    assert not codes.refuses("AddLeadToGroup", 0, "Activation email sent to subscriber")
    assert codes.refuses("AddLeadToGroup", 0, "Has an invalid subscriptions group")
    assert codes.refuses("AddLeadToGroup", 102, "The subscriber is already registered")
    assert codes.is_done("AddLeadToGroup", 102)
    assert not codes.is_done("AddLeadToGroup", 103)


@pytest.mark.parametrize("reason", reasons.REASONS)
def test_every_reason_speaks_both_languages(reason: str) -> None:
    """Our own slugs, as complete as the codes."""
    told = reasons.explain(reason)
    assert told.known
    for texts in (told.meaning, told.advice):
        assert RUSSIAN.search(texts["ru"])
        assert not RUSSIAN.search(texts["en"])


def test_an_unknown_reason_says_its_name() -> None:
    """Never an exception on the page."""
    told = reasons.explain("never-heard")
    assert not told.known
    assert "never-heard" in told.meaning["en"]
    assert "never-heard" in told.meaning["ru"]


def _all_errors(error: type[Exception]) -> set[str]:
    return {error.reason}.union(*(_all_errors(below) for below in error.__subclasses__()))  # type: ignore[attr-defined]


def test_every_error_of_ours_is_explained() -> None:
    """The slug that an exception carries has words."""
    from relay import errors

    assert _all_errors(errors.RelayError) - {"error", "refused"} <= set(reasons.REASONS)
