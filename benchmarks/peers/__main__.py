"""Measures all contestants in one run, in turns, and writes the table into docs/performance.md.

``python -m benchmarks.peers [--repeats 3] [--seconds 5] [--kills 2] [--only NAME] [--write]``
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.contestants import CONTESTANTS
from benchmarks.peers.load import Accepted, Senders, arrived, lead, times_sent, wrk
from benchmarks.peers.peer import LOGIN, Peer
from benchmarks.report import Table, write
from benchmarks.running import SECRET, Rig
from relay.justclick.signing import signed_body

LATENCY = 200  # ms of the slow service, and of the one in the trial of loss
LOSS_RATE, LOSS_SECONDS, KILLED_AFTER = 100, 10.0, 5.0
SETTLED = 35.0  # seconds without a call after which nothing more is awaited; the relay's dead are buried after 21
WARM = 9_999_990


@dataclass(frozen=True, slots=True)
class Speed:
    accepted: Accepted
    during: float  # calls a second at the sink while the senders go on
    after: float | None  # and afterwards, when there was something left to send
    memory: float


@dataclass(frozen=True, slots=True)
class Loss:
    accepted: int
    lost: int
    doubled: int
    set_aside: int  # of the lost: they come back after an hour
    last: float  # seconds between the kill and the last delivery


def speed(contestant: type[Peer], latency: int, seconds: int) -> Speed:
    with tempfile.TemporaryDirectory() as name:
        record = Path(name) / "calls"
        with Rig(Path(name), latency, record=record) as rig:
            peer = contestant(rig)
            try:
                begin(peer, record)
                wrk(peer.url, rig.folder, 2, 100)
                memory = Memory(peer)
                began = time.time()
                accepted = wrk(peer.url, rig.folder, seconds, 200)
                ended = time.time()
                time.sleep(seconds)
                return measured(accepted, [moment for moment, _, _ in arrived(record)], began, ended, memory.stop())
            finally:
                peer.kill()


def measured(accepted: Accepted, calls: list[float], began: float, ended: float, memory: float) -> Speed:
    until = max(calls, default=ended)
    during = sum(began <= moment < ended for moment in calls) / (ended - began)
    left = [moment for moment in calls if moment >= ended]
    after = len(left) / (until - ended) if until - ended > 1 else None
    return Speed(accepted, during, after, memory)


def loss(contestant: type[Peer]) -> Loss:
    """All its processes are killed in the middle of the load and started again at once."""
    with tempfile.TemporaryDirectory() as name:
        record = Path(name) / "calls"
        with Rig(Path(name), LATENCY, record=record) as rig:
            peer = contestant(rig)
            try:
                begin(peer, record)
                senders = Senders(peer.url, LOSS_RATE)
                load = threading.Thread(target=senders.run, args=(LOSS_SECONDS,))
                load.start()
                time.sleep(KILLED_AFTER)
                killed_at = time.time()
                peer.kill()
                peer.start()
                load.join()
                await_quiet(record)
                return counted(senders, record, killed_at, peer.set_aside())
            finally:
                peer.kill()


def await_quiet(record: Path) -> None:
    """Until nothing has come for a while, even when all has arrived: calls in doubt are made again only after 25 s."""
    seen, since = 0, time.monotonic()
    while time.monotonic() - since < SETTLED:
        total = times_sent(record).total()
        if total != seen:
            seen, since = total, time.monotonic()
        time.sleep(0.5)


def counted(senders: Senders, record: Path, killed_at: float, set_aside: int) -> Loss:
    calls = times_sent(record)
    lost = senders.accepted - calls.keys()
    doubled = [number for number in senders.accepted if calls[number] > 1]
    last = max((moment for moment, number, _ in arrived(record) if number != WARM), default=killed_at)
    return Loss(len(senders.accepted), len(lost), len(doubled), set_aside, last - killed_at)


def begin(peer: Peer, record: Path) -> None:
    """Starts it, and holds what it sends against the relay's own signing: the same job, byte by byte."""
    peer.start()
    peer.await_answers(lambda: _passed(peer, record))
    params = {
        "rid": ["webinar"],
        "lead_email": f"p{WARM}@example.com",
        "lead_name": "Анна Смирнова",
        "lead_phone": "+79990000000",
    }
    wanted = signed_body(params, LOGIN, SECRET).decode()
    got = arrived(record)[0][2]
    assert got == wanted, f"{peer.name} sends another call:\n{got}\n{wanted}"


def _passed(peer: Peer, record: Path) -> bool:
    """Whether one that was posted has come through. n8n answers 200 before its own runner is there to do anything."""
    deadline = time.monotonic() + 3
    while _posted(peer) and time.monotonic() < deadline:
        if arrived(record):
            return True
        time.sleep(0.2)
    return False


def _posted(peer: Peer) -> bool:
    body = lead().replace("ID", str(WARM)).encode()
    asked = urllib.request.Request(peer.url, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return 200 <= answer.status < 300
    except OSError:
        return False


class Memory:
    """The most that it took while it was loaded, looked at once a second."""

    def __init__(self, peer: Peer) -> None:
        self.peer, self.most, self.over = peer, 0.0, threading.Event()
        self.thread = threading.Thread(target=self._look)
        self.thread.start()

    def _look(self) -> None:
        while not self.over.wait(1.0):
            self.most = max(self.most, self.peer.memory_mb())

    def stop(self) -> float:
        self.over.set()
        self.thread.join()
        return self.most


# ---------------------------------------------------------------- the table
HEAD = (
    "peer",
    "accepted/s",
    "p99 ms",
    "delivered/s, service at 0 ms",
    f"at {LATENCY} ms",
    "memory MB",
    "killed: lost of accepted",
    "doubled",
)


def main(repeats: int = 3, seconds: int = 5, only: str = "", kills: int = 2) -> str:
    there = [one for one in CONTESTANTS if not one.missing() and only.lower() in one.name.lower()]
    quick: dict[str, list[Speed]] = {one.name: [] for one in there}
    slow: dict[str, list[Speed]] = {one.name: [] for one in there}
    losses: dict[str, list[Loss]] = {one.name: [] for one in there}
    for _ in range(repeats):
        for one in there:  # in turns, so that what the machine does meanwhile meets all of them
            quick[one.name].append(told(one, speed(one, 0, seconds)))
            slow[one.name].append(told(one, speed(one, LATENCY, seconds)))
    for _ in range(kills):
        for one in there:
            losses[one.name].append(told(one, loss(one)))
    table = Table(*HEAD)
    for one in there:
        table.row(f"{one.name} {one.version()}", *cells(quick[one.name], slow[one.name], losses[one.name]))
    absent = [f"{one.name} is not in the table: {one.missing()}." for one in CONTESTANTS if one.missing()]
    return "\n\n".join([table.text, *absent])


def told(one: type[Peer], result: Any) -> Any:
    print(f"{time.strftime('%H:%M:%S', time.gmtime())} {one.name}: {result}", flush=True)
    return result


def cells(quick: list[Speed], slow: list[Speed], losses: list[Loss]) -> tuple[object, ...]:
    return (
        statistics.median(one.accepted.per_second for one in quick),
        statistics.median(one.accepted.p99_ms for one in quick),
        rates(quick),
        rates(slow),
        statistics.median(one.memory for one in quick + slow),
        _lost(losses),
        sum(one.doubled for one in losses),
    )


def _lost(losses: list[Loss]) -> str:
    lost, accepted, aside = (sum(getattr(one, name) for one in losses) for name in ("lost", "accepted", "set_aside"))
    return f"{lost} of {accepted:,}" + (f" ({aside} of them back after an hour)" if aside else "")


def rates(speeds: list[Speed]) -> str:
    """While the senders go on; after them, where a queue was left."""
    during = statistics.median(one.during for one in speeds)
    after = [one.after for one in speeds if one.after]
    return f"{during:,.0f}" + (f" ({statistics.median(after):,.0f})" if len(after) * 2 > len(speeds) else "")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--only", default="")
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    text = main(asked.repeats, asked.seconds, asked.only, asked.kills)
    print(text)
    if asked.write:
        write("docs/performance.md", "peers", text)
