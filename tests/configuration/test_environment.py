"""``${NAME}``: filled in, missing, empty, with a default, escaped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from relay.configuration.environment import Substitution, needed
from relay.configuration.problems import Problems


def filled(value: Any, environ: Mapping[str, str]) -> tuple[Any, list[str]]:
    problems = Problems({(): 1, ("a",): 2, ("b",): 3})
    substitution = Substitution(environ, problems)
    found = substitution.fill(value)
    substitution.report()
    return found, [f"{problem.line} {problem.key}: {problem.sentence}" for problem in problems.listed()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${A}", "one"),
        ("x${A}y${B}z", "xoneytwoz"),
        ("$${A}", "${A}"),
        ("$A ${B}", "$A two"),
        ("${NONE:-other}", "other"),
        ("${EMPTY:-other}", "other"),
        ("${A:-other}", "one"),
        ("${NONE:-}", ""),
        ("${NONE:-https://${A}.justclick.ru}", "https://one.justclick.ru"),
        ("${NONE:-${ALSO_NONE:-deep}}", "deep"),
        ("{{ body.x }}", "{{ body.x }}"),
    ],
)
def test_variables_are_filled_in(text: str, expected: str) -> None:
    """Wherever a text stands."""
    value, problems = filled({"a": [text]}, {"A": "one", "B": "two", "EMPTY": ""})
    assert value == {"a": [expected]}
    assert problems == []


def test_a_missing_variable_is_told_once_with_all_its_places() -> None:
    """Which one, where, and how to set it."""
    _, problems = filled({"a": "${TILDA_KEY}", "b": "x${TILDA_KEY}"}, {"TILDA_KEI": "x"})
    [sentence] = problems
    assert sentence.startswith("2 a: The environment variable TILDA_KEY is not set, also needed by b in line 3.")
    assert "heroku config:set TILDA_KEY=..." in sentence
    assert ".env" in sentence
    assert 'Did you mean "TILDA_KEI"?' in sentence


def test_an_empty_variable_counts_as_missing() -> None:
    """An empty secret would prove nothing."""
    assert "TILDA_KEY is empty" in filled({"a": "${TILDA_KEY}"}, {"TILDA_KEY": ""})[1][0]


@pytest.mark.parametrize("text", ["${tilda-key}", "${}", "${A", "${1A}", "${A:=x}"])
def test_what_is_no_name_is_told(text: str) -> None:
    """So that a slip does not become a part of a secret."""
    assert len(filled({"a": text}, {"A": "one"})[1]) == 1


def test_a_value_is_never_shown() -> None:
    """It may be a secret."""
    _, problems = filled({"a": "${SECRET}${NONE}"}, {"SECRET": "hush"})
    assert "hush" not in " ".join(problems)


def test_variables_with_a_default_are_not_needed() -> None:
    """But those inside the default are."""
    tree = {"a": "${A} ${B:-x}", "b": ["${C:-${D}}", "${A}", 5, "${broken"]}
    assert list(dict.fromkeys(needed(tree))) == ["A", "D"]
