"""YAML: what it means here, where it stands, and what a person hears who made a slip."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from relay.configuration.document import read_document
from relay.configuration.problems import WrongConfiguration


def document(tmp_path: Path, text: str | bytes) -> Any:
    file = tmp_path / "relay.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_document(file)


def complaint(tmp_path: Path, text: str | bytes) -> str:
    with pytest.raises(WrongConfiguration) as wrong:
        document(tmp_path, text)
    return str(wrong.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("1990.50", Decimal("1990.50")),
        ("1473249885.2899961004", Decimal("1473249885.2899961004")),
        ("true", True),
        ("null", None),
        ("", None),
        ("NO", "NO"),
        ("yes", "yes"),
        ("off", "off"),
        ("0017", "0017"),
        ("+79990000000", "+79990000000"),
        ("0x1F", "0x1F"),
        ("1e5", "1e5"),
        ("12:30:45", "12:30:45"),
        ("2026-09-14", "2026-09-14"),
        ("1_000", "1_000"),
        ("123456789012345678901", "123456789012345678901"),
        ('"12"', "12"),
        ("'true'", "true"),
        ("[a, 1]", ["a", 1]),
    ],
)
def test_only_what_is_plainly_a_number_becomes_one(tmp_path: Path, text: str, value: Any) -> None:
    """A phone number, an id, a country or a time of day stays as it was typed."""
    found = document(tmp_path, f"key: {text}").tree["key"]
    assert found == value
    assert type(found) is type(value)


def test_every_key_remembers_its_line(tmp_path: Path) -> None:
    """Also inside lists and braces."""
    lines = document(tmp_path, "a:\n  b: 1\n  c:\n    - {d: 2}\n    - e\n").lines
    assert lines[("a", "b")] == 2
    assert lines[("a", "c", 0, "d")] == 4
    assert lines[("a", "c", 1)] == 5


def test_a_tab_is_told_by_its_line(tmp_path: Path) -> None:
    """All of them at once: they cannot be seen."""
    report = complaint(tmp_path, "accounts:\n  school:\n\tlogin: x\n  \tsecret: y\n")
    assert "relay.yaml:3" in report
    assert "Line 3 begins with a tab; YAML wants blanks." in report
    assert "Line 4 begins with a tab" in report


def test_a_tab_inside_a_text_is_fine(tmp_path: Path) -> None:
    """Only indentation is made of blanks."""
    assert document(tmp_path, "a: |\n  x\n  \ty\n").tree == {"a": "x\n\ty\n"}


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("a:\n  b: 1\n b2: 2\n", 3, "indented exactly like its neighbours"),
        ("a:\n  b: x: y\n", 2, "needs quotes"),
        ("a\n  b: 1\n", 2, "the line above it has no colon"),
        ('a: "x\nb: y\n', 2, "A quotation mark is opened in line 1 and never closed"),
        ("a: {login: ${X}, secret: y}\n", 1, 'write "${NAME}"'),
        ("a: [x, y\nb: 1\n", 2, "A [ that is opened in line 1 is not closed"),
        ("a:\n  - b\n  c\n", 3, "no colon after its name"),
        ("a: %x\n", 1, "cannot begin with this sign"),
        ("a: @x\n", 1, "cannot begin with this sign"),
        ("a: *x\n", 1, "begins with * needs quotes"),
        ('a: "\\d"\n', 1, "single quotes"),
        ("a: 'x' == y\n", 1, "also ends with it"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("a: {{ body.x }}\n", 1, "Put {{ ... }} in quotes"),
        ("a: !ruby/object x\n", 1, "tags are not used here"),
        ("a: !!python/object:os.system x\n", 1, "tags are not used here"),
        ("a: 1\nb: 2\na: 3\n", 3, '"a" stands here twice, first in line 1'),
        ("a: x\x07y\n", 1, "invisible control character"),
    ],
)
def test_slips_are_explained_to_a_person(tmp_path: Path, text: str, line: int, sentence: str) -> None:
    """Where it is, and what to do about it."""
    report = complaint(tmp_path, text)
    assert f"relay.yaml:{line}" in report
    assert sentence in report


def test_other_files_are_told_apart(tmp_path: Path) -> None:
    """Not there, not UTF-8, a BOM, nothing in it."""
    assert "not UTF-8" in complaint(tmp_path, "ключ: значение".encode("cp1251"))
    assert document(tmp_path, "ключ: 1".encode("utf-8-sig")).tree == {"ключ": 1}
    assert document(tmp_path, "# nothing\n").tree == {}
    with pytest.raises(WrongConfiguration, match="There is no such file"):
        read_document(tmp_path / "absent.yaml")
    with pytest.raises(WrongConfiguration, match="cannot be read"):
        read_document(tmp_path)


def test_aliases_of_aliases_do_not_grow_without_end(tmp_path: Path) -> None:
    """Nine lines of YAML can mean a billion values."""
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
        for before, name in zip("abcdefg", "bcdefgh", strict=True)
    )
    assert "any sensible configuration" in complaint(tmp_path, bomb)
    assert "any sensible configuration" in complaint(tmp_path, "a: " + "[" * 60 + "]" * 60)
    assert "nested" in complaint(tmp_path, "a: " + "[" * 5000 + "]" * 5000)
