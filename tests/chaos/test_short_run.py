"""The shorter run of ``make chaos``: every kind of fault once, under load; nothing lost, doubled or wrong in the books.

What stands in one lane happens one after the other; lanes are tests of their own, to run side by side. How
long anything took is not judged here, only by ``make chaos``: a busy machine must not fail a test.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from benchmarks.chaos import report
from benchmarks.chaos.__main__ import SHOWN, rows_of
from benchmarks.chaos.faketime import NoFaketime, redis_program
from benchmarks.chaos.faults import CLOCKS, LANES, Fault
from benchmarks.chaos.violation import TIMED


@pytest.mark.chaos
@pytest.mark.timeout(480)
@pytest.mark.parametrize("lane", LANES, ids="-".join)
def test_nothing_is_lost_or_doubled(lane: Mapping[str, Fault]) -> None:
    for name, fault in lane.items():
        _holds(name, fault)


@pytest.mark.chaos
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", CLOCKS)
def test_clocks_that_jump_lose_and_double_nothing(name: str) -> None:
    try:
        redis_program()
    except NoFaketime as missing:
        pytest.skip(str(missing))
    _holds(name, CLOCKS[name])


def _holds(name: str, fault: Fault) -> None:
    rows = list(rows_of(name, fault))
    for row in rows:
        wrong = [one for one in row.violations if one.kind not in TIMED]
        assert not wrong, "\n".join([report.line(row), *map(str, wrong[:SHOWN])])
        assert row.events > 100, "too few to tell anything"
    assert rows
