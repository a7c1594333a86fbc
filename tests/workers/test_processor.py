"""A worker with very many calls in flight keeps to one core; a usual one goes where the system puts it."""

from __future__ import annotations

import os

import pytest

from tests.support.running import Running, eventually


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="this machine has one core only")
@pytest.mark.parametrize(("in_flight", "kept"), [("64", False), ("256", True)])
def test_cores_of_a_worker(running: Running, in_flight: str, kept: bool) -> None:
    """Looked at from outside, when it has registered."""
    running.more_environ = {"RELAY_IN_FLIGHT": in_flight}
    worker = running.start_worker()
    eventually(lambda: "worker.started" in running.logs(), what="the worker")
    assert (len(os.sched_getaffinity(worker.pid)) == 1) == kept
