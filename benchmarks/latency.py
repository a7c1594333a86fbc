"""From answered to on the wire to JustClick, at 50 events a second: ``python -m benchmarks.latency``."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from urllib.parse import parse_qs

from benchmarks.report import Table, percentile
from benchmarks.running import Rig

RATE, SECONDS = 50, 20


def measure() -> list[float]:
    """Milliseconds of each event, from the moment its answer was in our hands to the recorder's time stamp."""
    with tempfile.TemporaryDirectory() as name:
        record = Path(name) / "calls"
        with Rig(Path(name), 20, record=record) as rig:
            rig.relay.more_environ = {"RELAY_LOG_LEVEL": "warning"}
            rig.relay.start_web()
            with rig.worker(64):
                rig.relay.post("lead", {"id": "warm", "email": "warm@example.com"})
                rig.wait_for(lambda counts: counts["delivered"] == 1)
                answered = post_evenly(rig)
                rig.wait_for(lambda counts: counts["delivered"] == len(answered) + 1)
        sent = {}
        for line in record.read_text().splitlines():
            moment, _, body = line.split(" ", 2)
            sent[parse_qs(body)["lead_email"][0]] = float(moment)
        return [sent[email] - moment for email, moment in answered.items()]


def post_evenly(rig: Rig) -> dict[str, float]:
    """Posts RATE events a second, and when each was answered (ms since 1970)."""
    answered = {}
    began = time.perf_counter()
    for number in range(RATE * SECONDS):
        time.sleep(max(0.0, began + number / RATE - time.perf_counter()))
        email = f"p{number}@example.com"
        status, _, _ = rig.relay.post("lead", {"id": str(number), "email": email, "name": "Анна Смирнова"})
        assert status == 200
        answered[email] = time.time() * 1000
    return answered


def main(repeats: int = 3) -> str:
    table = Table("run", "p50 ms", "p99 ms", "longest ms")
    runs = [measure() for _ in range(repeats)]
    for number, run in enumerate(runs, 1):
        table.row(number, percentile(run, 50), percentile(run, 99), max(run))
    table.row("median", *(statistics.median(percentile(run, place) for run in runs) for place in (50, 99, 100)))
    return f"{table.text}\n\nPromised: p50 under 15 ms, p99 under 60 ms."


if __name__ == "__main__":
    print(main())
