"""How many calls a second one worker process makes, the whole way counted, beside a bare loop with the same client.

``python -m benchmarks.delivery``. Each row: in flight, latency, the relay's rate, the limit, their ratio. Every fifth
delivery is a payment that awaits its order's number, and is mapped when it is sent.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.report import Table
from benchmarks.running import Rig, pss_mb
from tests.support.running import ROOT

BARE_CALLS = 4000
HEAD = (
    *("in flight", "latency ms", "relay/s", "limit or bare loop/s", "ratio", "promised"),
    *("PSS MB (64)", "Redis connections (5)"),
)


def bare(url: str) -> float:
    """Calls a second of the better of two bare loops, with 32 and with 64 threads."""
    return max(
        float(
            subprocess.check_output([sys.executable, "-m", "benchmarks.bare", url, threads, str(BARE_CALLS)], cwd=ROOT)
        )
        for threads in ("32", "64")
    )


def relayed(rig: Rig, in_flight: int, calls: int) -> tuple[float, float, int]:
    """Deliveries a second from the first record to the last; PSS in MB; Redis connections of the worker."""
    rig.fill(calls)
    with rig.worker(in_flight) as worker:
        rig.wait_for(lambda counts: counts["delivered"] > 0)
        began, before = time.perf_counter(), rig.store.counts()["delivered"]
        memory, connections, look_at = 0.0, 0, began
        while (done := (counts := rig.store.counts())["delivered"]) < calls:
            assert not counts["dead"], "what is measured must be delivered"
            if time.perf_counter() >= look_at:  # the look itself takes milliseconds of a core that both share
                memory, connections = max(memory, pss_mb(worker.pid)), max(connections, rig.connections_of(worker.pid))
                look_at = time.perf_counter() + 0.5
            time.sleep(0.02)
        return (done - before) / (time.perf_counter() - began), memory, connections


def main(repeats: int = 3) -> str:
    table = Table(*HEAD)
    for in_flight, latency, calls, promised in ((64, 200, 3000, 0.95), (256, 200, 8000, 0.85), (64, 0, 6000, 0.5)):
        rows = []
        for _ in range(repeats):
            with tempfile.TemporaryDirectory() as folder, Rig(Path(folder), latency) as rig:
                limit = in_flight / (latency / 1000) if latency else bare(rig.sink_url)
                rows.append((*relayed(rig, in_flight, calls), limit))
        rate, memory, connections, limit = (statistics.median(column) for column in zip(*rows, strict=True))
        ratio = statistics.median(reached / possible for reached, *_, possible in rows)
        table.row(in_flight, latency, rate, limit, ratio, promised, memory, int(connections))
    return table.text


if __name__ == "__main__":
    print(main())
