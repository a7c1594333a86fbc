"""Ends what a runner has started when the runner is killed and can do it no more.

A process of its own (``python -m relay.development.leash GRACE``), started by relay.development.together only. Reads
what runs from stdin, a process group in a line, with a minus when it has ended; stdin ends with the runner.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress


def main(grace: float) -> None:
    """``grace``: seconds from SIGTERM to SIGKILL."""
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line)
        (groups.add if group > 0 else groups.discard)(abs(group))
    for group in groups:
        _signal(group, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline and any(_signal(group, 0) for group in groups):
        time.sleep(0.2)
    for group in groups:
        _signal(group, signal.SIGKILL)


def _signal(group: int, number: int) -> bool:
    """False when nothing of it is left."""
    with suppress(ProcessLookupError):
        os.killpg(group, number)
        return True
    return False


if __name__ == "__main__":
    main(float(sys.argv[1]))
