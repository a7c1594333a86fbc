"""The shorter run of ``make chaos``: every kind of fault once, under load; nothing lost, doubled or wrong in the books.

How long anything took is not judged here, only by ``make chaos``: a busy machine must not fail a test. Only what dead
workers held must be on its way again in a time that no busy machine explains.
"""

from __future__ import annotations

import pytest

from benchmarks.chaos import report
from benchmarks.chaos.__main__ import SHOWN, rows_of
from benchmarks.chaos.faults import SHORT
from benchmarks.chaos.violation import TIMED
from tests.support import needs

NEEDS = {"power": needs.strace, "clocks": needs.faketime_library}
ABANDONED_FOR = 120  # seconds; twice what is promised


@pytest.mark.chaos
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", [pytest.param(name, marks=NEEDS.get(name, ())) for name in SHORT])
def test_nothing_is_lost_or_doubled(name: str) -> None:
    rows = list(rows_of(name, SHORT[name]))
    assert rows
    for row in rows:
        wrong = [one for one in row.violations if one.kind not in TIMED]
        assert not wrong, "\n".join([report.line(row), *map(str, wrong[:SHOWN])])
        assert row.abandoned < ABANDONED_FOR, report.line(row)
        assert row.events > 100, "too few to tell anything"
