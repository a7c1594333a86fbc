"""The table of docs/reliability.md: rows that were not measured again stay as they are."""

from __future__ import annotations

from benchmarks.chaos import report
from benchmarks.chaos.row import Row

ORDER = ("kill", "cut", "clocks")


def a_row(name: str, fault: str, lost: int = 0, note: str = "") -> Row:
    return Row(fault, 1500, lost, 0, 7, 2.5, note, name=name, measured="2026-11-21, abc1234")


def test_rows_take_the_place_of_those_of_the_same_fault() -> None:
    """Two rows of one fault for one; the others, one without notes too, stay; the sums are those of all."""
    page = report.merged([a_row("clocks", "set"), a_row("kill", "killed"), a_row("cut", "cut", 3, "why")], "", ORDER)
    text = report.merged([a_row("kill", "killed once", 1), a_row("kill", "killed twice")], page, ORDER)
    rows = [line.split(" | ")[0].strip("| ") for line in text.splitlines()[2:]]
    assert rows == ["killed once", "killed twice", "cut", "set", "**4 rows**"]
    assert "| **4 rows** | **6,000** | **4** | **0** |" in text
    assert "| cut | 1,500 | 3 | 0 | 7 | 2.5 s | why | `cut` | 2026-11-21, abc1234 |" in text
