"""``python -m benchmarks.chaos [FAULT ...]``: causes faults, audits, prints the table. ``--help`` tells the rest.

Leaves with 1 when anything was lost or doubled, when the books do not agree, or when a fault could not be caused here
(unless ``--allow-skips`` is given). ``--write`` puts the rows into the table of docs/reliability.md, in the place of
those of the same faults.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.chaos import report
from benchmarks.chaos.faults import ALL, SHORT, Fault
from benchmarks.chaos.row import Row
from benchmarks.chaos.violation import SKIPPED, Missing, Violation

SHOWN = 12  # violations of one fault


def rows_of(name: str, fault: Fault) -> Iterator[Row]:
    """The rows of one fault; what goes wrong with the bench itself is a violation too, and so is what is skipped."""
    with tempfile.TemporaryDirectory(prefix="chaos-", ignore_cleanup_errors=True) as folder:
        try:
            yield from fault(Path(folder))
        except Missing as missing:
            skipped = Violation(SKIPPED, name, str(missing))
            yield Row(name, 0, 0, 0, 0, 0.0, f"SKIPPED: {missing}", violations=[skipped])
        except Exception as error:
            failed = Violation("bench", name, f"{type(error).__name__}: {error}")
            yield Row(name, 0, 0, 0, 0, 0.0, "could not be carried out", violations=[failed])


def run(faults: Iterable[tuple[str, Fault]]) -> list[Row]:
    """Carries out one fault after the other and tells of each as it comes."""
    rows, stamp = [], report.stamp()
    for name, fault in faults:
        began = time.monotonic()
        for row in rows_of(name, fault):
            row.name, row.measured = name, stamp
            print(report.line(row), f"<!-- {name}, {time.monotonic() - began:.0f} s -->", flush=True)
            for violation in row.violations[:SHOWN]:
                print(f"    {violation}", flush=True)
            rows.append(row)
    return rows


def run_all(faults: Mapping[str, Fault], side_by_side: int) -> list[Row]:
    """The rows in the order of the faults, however many are carried out at the same time."""
    with ThreadPoolExecutor(side_by_side) as threads:
        return [row for rows in threads.map(run, ([item] for item in faults.items())) for row in rows]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("faults", nargs="*", metavar="FAULT", choices=[[], *ALL], help="only these")
    parser.add_argument("--list", action="store_true", help="the names of all faults")
    parser.add_argument("--short", action="store_true", help="the shorter run, as in CI")
    parser.add_argument("--side-by-side", type=int, default=1, metavar="N", help="so many faults at the same time")
    parser.add_argument("--allow-skips", action="store_true", help="a fault that cannot be caused here is no failure")
    parser.add_argument("--write", action="store_true", help="write docs/reliability.md")
    asked = parser.parse_args()
    if asked.list:
        print("\n".join(ALL))
        return 0
    print(report.HEAD, flush=True)
    faults = SHORT if asked.short else {name: ALL[name] for name in asked.faults or ALL}
    rows = run_all(faults, asked.side_by_side)
    if asked.write and not asked.short:
        report.write_table(rows, ALL)
    allowed = {SKIPPED} if asked.allow_skips else set()
    return 0 if all(violation.kind in allowed for row in rows for violation in row.violations) else 1


if __name__ == "__main__":
    sys.exit(main())
