"""The table of a run, for the terminal and for docs/reliability.md. Text around the tables is written by people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from benchmarks.chaos.row import Row
from benchmarks.chaos.violation import SKIPPED
from benchmarks.report import commit
from tests.support.running import ROOT

PAGE = ROOT / "docs" / "reliability.md"
HEAD = (
    "| fault | events | lost | doubled | made again (safe) | longest wait | notes |\n|---|---:|---:|---:|---:|---:|---|"
)


def line(row: Row) -> str:
    wait = f"{row.longest_wait:.1f} s"
    failed = sum(violation.kind != SKIPPED for violation in row.violations)
    note = f"**FAILED** ({failed}) {row.note}" if failed else row.note
    return f"| {row.fault} | {row.events:,} | {row.lost} | {row.doubled} | {row.again} | {wait} | {note} |"


def table(rows: Sequence[Row]) -> str:
    events, lost, doubled = (sum(getattr(row, name) for row in rows) for name in ("events", "lost", "doubled"))
    lines = [line(row) for row in rows]
    return "\n".join([HEAD, *lines, f"| **{len(rows)} faults** | **{events:,}** | **{lost}** | **{doubled}** | | | |"])


def stamp() -> str:
    """When and with which code: "21 November 2026, commit abc1234"."""
    today = datetime.now(UTC)
    return f"{today.day} {today:%B %Y}, commit {commit()}"


def write(name: str, text: str) -> None:
    """Puts the text between the page's marks of this name: <!-- name --> ... <!-- /name -->."""
    page = PAGE.read_text(encoding="utf-8")
    found = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not found.search(page):
        raise ValueError(f"{PAGE} has no marks <!-- {name} --> and <!-- /{name} -->")
    PAGE.write_text(found.sub(lambda marks: f"{marks[1]}{text}\n{marks[2]}", page), encoding="utf-8")
