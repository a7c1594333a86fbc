"""Keeps a worker with very many threads on one core: they share one interpreter lock, and fighting for it across cores
costs more than a second core brings (docs/decisions/0007). Changes nothing else.
"""

from __future__ import annotations

import os
import sys

MANY = 128  # calls in flight from which it pays; with fewer the system's own choice is as good
PATIENCE = 0.02  # seconds that a thread may compute before others ask for the lock; ours compute for microseconds


def stay_on_one_core(in_flight: int) -> int | None:
    """The core that this process keeps to from now on; None: wherever the system puts it.

    Processes started one after the other get different cores. Where the system knows no such thing, nothing happens.
    """
    if in_flight < MANY or not hasattr(os, "sched_setaffinity"):
        return None
    cores = sorted(os.sched_getaffinity(0))
    core = cores[os.getpid() % len(cores)]
    os.sched_setaffinity(0, {core})
    sys.setswitchinterval(PATIENCE)
    return core
