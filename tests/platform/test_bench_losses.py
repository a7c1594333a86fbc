"""How the bench beside other tools counts what a kill has lost and doubled (benchmarks/peers)."""

from __future__ import annotations

from benchmarks.peers.load import Call
from benchmarks.peers.trials import WARM, Loss, counted


def test_lost_and_doubled() -> None:
    calls: list[Call] = [
        (99.0, WARM, ""),
        (99.5, WARM, ""),
        (101.0, 1, ""),
        (102.0, 2, ""),
        (130.0, 1, ""),
        (103.0, 9, ""),
    ]
    calls += [(140.0, 9, "")]  # was never answered 2xx, but came twice all the same
    found = counted({1, 2, 3, 4}, calls, killed_at=100.0, aside={2, 3, WARM})
    assert found == Loss(accepted=4, lost=2, lost_for_an_hour=1, doubled=2, doubled_in_an_hour=1, last=3.0)


def test_nothing_came() -> None:
    assert counted({1}, [], killed_at=100.0, aside=set()) == Loss(1, 1, 0, 0, 0, 0.0)
