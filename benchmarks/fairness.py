"""One account takes 10 s a call and has 10,000 waiting; how long do another's events take?

``python -m benchmarks.fairness``. The time is from answered to on the wire, as in ``latency``. The slow account stands
first and may have as many calls open as the worker has slots. Runs with and without its backlog take turns.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import parse_qs

from benchmarks.report import Table, percentile
from benchmarks.running import SECRET, Rig
from tests.support.making import a_delivery, an_event
from tests.support.running import CONFIGURATION, ROOT, eventually, free_port

WAITING, RATE, SECONDS, SLOTS = 10_000, 40, 25, 64


def two_accounts(slow_url: str) -> str:
    slow = f"""  slow:
    login: demo
    secret: ${{JUSTCLICK_SECRET}}
    url: {slow_url}
    max_per_second: 500
    max_in_flight: {SLOTS}
    timeout: 30
"""
    text = CONFIGURATION.replace("accounts:\n", "accounts:\n" + slow, 1)
    return text.replace("    provider: generic\n", "    provider: generic\n    account: school\n")


def measure(*, with_slow: bool) -> list[float]:
    slow_port = free_port()
    with tempfile.TemporaryDirectory() as name:
        record = Path(name) / "calls"
        command = [sys.executable, "-m", "benchmarks.sink", str(slow_port), SECRET, "10000"]
        slow_sink = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            with Rig(Path(name), 20, record=record) as rig:
                rig.relay.configuration = two_accounts(f"http://127.0.0.1:{slow_port}")
                rig.relay.more_environ = {"RELAY_LOG_LEVEL": "warning"}
                if with_slow:
                    fill_slow(rig)
                rig.relay.start_web()
                with rig.worker(SLOTS):
                    time.sleep(3)  # the slow account has all that it is given
                    answered = post_evenly(rig)
                    sent = eventually(lambda: (seen := moments(record)).keys() >= answered.keys() and seen)
                return [sent[email] - moment for email, moment in answered.items()]
        finally:
            slow_sink.kill()


def fill_slow(rig: Rig) -> None:
    for number in range(WAITING):
        one = a_delivery(f"evt_s{number}", hook="slow", account="slow")
        event = an_event(one, hook="slow")
        rig.store.keep(event, [one], idempotency_key=event.id, window_ms=60_000, words=(), max_per_minute=10**9)


def post_evenly(rig: Rig) -> dict[str, float]:
    answered = {}
    began = time.perf_counter()
    for number in range(RATE * SECONDS):
        time.sleep(max(0.0, began + number / RATE - time.perf_counter()))
        email = f"q{number}@example.com"
        rig.relay.post("lead", {"id": f"q{number}", "email": email})
        answered[email] = time.time() * 1000
    return answered


def moments(record: Path) -> dict[str, float]:
    sent = {}
    for line in record.read_text().splitlines():
        moment, _, body = line.split(" ", 2)
        sent[parse_qs(body)["lead_email"][0]] = float(moment)
    return sent


def main(repeats: int = 3) -> str:
    table = Table("the other account", "p50 ms", "p99 ms")
    turns = [(measure(with_slow=False), measure(with_slow=True)) for _ in range(repeats)]
    for name, runs in zip(("is idle", "has 10,000 waiting, 10 s a call"), zip(*turns, strict=True), strict=True):
        table.row(name, *(statistics.median(percentile(run, place) for run in runs) for place in (50, 99)))
    times = statistics.median(percentile(slow, 99) / percentile(idle, 99) for idle, slow in turns)
    return f"{table.text}\n\nThe p99 is {times:.2f} times as long (the median of {repeats} pairs); promised: at most 2."


if __name__ == "__main__":
    print(main())
