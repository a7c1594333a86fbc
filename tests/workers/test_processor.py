"""A worker with very many calls in flight keeps to one core; a usual one goes where the system puts it."""

from __future__ import annotations

import os

from tests.support import needs
from tests.support.running import Running, eventually

can_be_kept = needs.cores(1, "elsewhere no worker keeps to a core")


def cores_of_a_worker(running: Running, in_flight: str) -> set[int]:
    """Looked at from outside, when it has registered."""
    running.more_environ = {"RELAY_IN_FLIGHT": in_flight}
    worker = running.start_worker()
    eventually(lambda: "worker.started" in running.logs(), what="the worker")
    return set(os.sched_getaffinity(worker.pid))


@can_be_kept
def test_a_usual_worker_has_the_cores_of_its_parent(running: Running) -> None:
    """64 calls in flight."""
    assert cores_of_a_worker(running, "64") == os.sched_getaffinity(0)


@can_be_kept
def test_a_worker_with_very_many_calls_keeps_to_one_core(running: Running) -> None:
    """256 of them."""
    assert len(cores_of_a_worker(running, "256")) == 1
