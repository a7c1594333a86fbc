"""The table of a run, for the terminal and for docs/reliability.md. Text around the tables is written by people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from benchmarks.chaos.row import Row
from benchmarks.chaos.violation import SKIPPED
from benchmarks.report import commit
from tests.support.running import ROOT

PAGE = ROOT / "docs" / "reliability.md"
HEAD = (
    "| fault | events | lost | doubled | made again (safe) | longest wait | notes | name | measured |\n"
    "|---|---:|---:|---:|---:|---:|---|---|---|"
)
COUNTED = (1, 2, 3)  # columns that have a sum: events, lost, doubled


def line(row: Row) -> str:
    wait = f"{row.longest_wait:.1f} s"
    failed = sum(violation.kind != SKIPPED for violation in row.violations)
    note = f"**FAILED** ({failed}) {row.note}" if failed else row.note
    counts = f"{row.events:,} | {row.lost} | {row.doubled} | {row.again}"
    return f"| {row.fault} | {counts} | {wait} | {note} | `{row.name}` | {row.measured} |"


def merged(rows: Sequence[Row], page: str, order: Iterable[str]) -> str:
    """The table with these rows in the place of those that the page has of the same names, and with its sums."""
    standing = _by_name(page.splitlines()) | _by_name(line(row) for row in rows)
    lines = [one for name in order for one in standing.get(name, [])]
    sums = [sum(int(_cells(one)[column].replace(",", "")) for one in lines) for column in COUNTED]
    told = " | ".join(f"**{count:,}**" for count in sums)
    return "\n".join([HEAD, *lines, f"| **{len(lines)} rows** | {told} | | | | | |"])


def _by_name(lines: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in lines:
        cells = _cells(one)
        if len(cells) == len(_cells(HEAD.splitlines()[0])) and cells[-2].startswith("`"):
            found.setdefault(cells[-2].strip("`"), []).append(one)
    return found


def _cells(line_: str) -> list[str]:
    return [cell.strip() for cell in line_.strip("| ").split(" | ")]


def write_table(rows: Sequence[Row], order: Iterable[str]) -> None:
    """Rows of faults that were not caused this time stay, with the day and the commit of their own."""
    write("table", merged(rows, PAGE.read_text(encoding="utf-8"), order))


def stamp() -> str:
    """When and with which code: "2026-11-21, abc1234"."""
    return f"{datetime.now(UTC):%Y-%m-%d}, {commit()}"


def write(name: str, text: str) -> None:
    """Puts the text between the page's marks of this name: <!-- name --> ... <!-- /name -->."""
    page = PAGE.read_text(encoding="utf-8")
    found = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not found.search(page):
        raise ValueError(f"{PAGE} has no marks <!-- {name} --> and <!-- /{name} -->")
    PAGE.write_text(found.sub(lambda marks: f"{marks[1]}{text}\n{marks[2]}", page), encoding="utf-8")
