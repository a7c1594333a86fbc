"""Tables of the benches, and where they are written: the part of a document between two marks."""

from __future__ import annotations

import platform
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Table:
    """A Markdown table; figures are rounded to what the noise allows."""

    def __init__(self, *head: str) -> None:
        self.lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]

    def row(self, *cells: object) -> None:
        self.lines.append(f"| {' | '.join(map(shown, cells))} |")

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def shown(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.1f}" if abs(cell) >= 3 else f"{cell:.2f}"
    return f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)


def percentile(values: list[float], place: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * place / 100))]


def write(document: str, mark: str, text: str) -> None:
    """Puts ``text`` between ``<!-- mark -->`` and ``<!-- /mark -->`` of a document, with date and commit under it."""
    path = ROOT / document
    python = f"{platform.python_implementation()} {platform.python_version()}"
    stamp = f"\n\n_{datetime.now(UTC):%Y-%m-%d}, commit {commit()}, {python}._\n"
    begin, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    content = path.read_text(encoding="utf-8")
    assert pattern.search(content), f"{document} has no part {mark}"
    path.write_text(pattern.sub(lambda _: f"{begin}\n{text}{stamp}{end}", content), encoding="utf-8")


def commit(root: Path = ROOT) -> str:
    """With a "+" when a file under version control is not as committed; docs/ does not count, the benches write it."""
    head = _git(root, "rev-parse", "--short", "HEAD").stdout.strip()
    if not head:
        return "unknown"
    return head + ("+" if _git(root, "diff", "--quiet", "HEAD", "--", ".", ":(exclude)docs").returncode else "")


def _git(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *words], capture_output=True, text=True, cwd=root, check=False)
