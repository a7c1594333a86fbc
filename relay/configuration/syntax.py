"""PyYAML's complaints about a file, said in words for a person who is no programmer."""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml

from relay.configuration.problems import Problem

_INDENTED_BY_TAB = re.compile(r" *\t")

# The first text that the complaint contains decides; LINE is where the open thing began.
_SENTENCES = (
    (
        "mapping values are not allowed",
        "A colon stands where none can be. Either the line above it has no colon, or this line is indented deeper "
        'than it should, or its text holds ": " and needs quotes: "text: more text".',
    ),
    ("found unexpected end of stream", "A quotation mark is opened in line LINE and never closed."),
    (
        "expected ',' or '}'",
        "A { that is opened in line LINE is not closed, or something between the braces needs quotes. "
        'Inside { } write "${NAME}" and "{{ ... }}" with the quotes.',
    ),
    (
        "expected ',' or ']'",
        "A [ that is opened in line LINE is not closed, or something between the brackets needs quotes.",
    ),
    (
        "could not find expected ':'",
        "This line has no colon after its name, or the line above it is not finished. It should read: name: value",
    ),
    (
        "expected <block end>",
        "This line does not fit to the lines above it. Check that it is indented exactly like its neighbours, "
        "and that a text that begins with a quotation mark also ends with it.",
    ),
    ("sequence entries are not allowed", 'A "- " stands where no list can be. A list begins on a new line.'),
    ("found undefined alias", "A text that begins with * needs quotes."),
    ("found character", "A text cannot begin with this sign. Put the whole text in quotes."),
    ("but found another document", 'The file holds a second document after a line "---". Remove that line.'),
    (
        "found unknown escape character",
        "Between \"double quotes\" a backslash has a special meaning. Use 'single quotes' here.",
    ),
    ("expected alphabetic or numeric", "A text that begins with & or * needs quotes."),
)


def explain(error: yaml.MarkedYAMLError, lines: Sequence[str]) -> list[Problem]:
    """Tabs are looked for first: they are behind most complaints, and cannot be seen."""
    mark = error.problem_mark or error.context_mark
    line = min((mark.line if mark else 0) + 1, max(len(lines), 1))
    tabs = [number for number, text in enumerate(lines, 1) if _INDENTED_BY_TAB.match(text) and text.strip()]
    if tabs and tabs[0] <= line + 1:
        return [Problem(number, "", _tab(number)) for number in tabs]
    opened = error.context_mark.line + 1 if error.context_mark else line
    return [Problem(line, "", _sentence(error.problem or "", opened))]


def _tab(line: int) -> str:
    return (
        f"Line {line} begins with a tab; YAML wants blanks. "
        "Delete the tab and type blanks, as many as the neighbouring lines have."
    )


def _sentence(complaint: str, opened: int) -> str:
    for words, sentence in _SENTENCES:
        if words in complaint:
            return sentence.replace("LINE", str(opened))
    return f"This is not YAML: {complaint}."
