"""The two trials of the bench: how fast a contestant is, and what it loses when it is killed."""

from __future__ import annotations

import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.load import Accepted, Call, Senders, arrived, lead, wrk
from benchmarks.peers.peer import LOGIN, Peer
from benchmarks.running import SECRET, Rig
from relay.justclick.signing import signed_body

LATENCY = 200  # ms of the slow service, and of the one in the trial of loss
LOSS_RATE, LOSS_SECONDS, KILLED_AFTER = 100, 10.0, 5.0
# Seconds without a call after which nothing more is awaited. What was open when the relay's worker was killed is made
# again some 25 s later; nothing that the others do by themselves takes longer, but for Celery's hour (set_aside).
SETTLED = 45.0
WARM = 9_999_990


@dataclass(frozen=True, slots=True)
class Speed:
    accepted: Accepted
    during: float  # calls a second at the sink while the senders go on
    after: float | None  # and afterwards, when there was something left to send
    memory: float


@dataclass(frozen=True, slots=True)
class Loss:
    accepted: int  # answered 2xx
    lost: int  # of these
    lost_for_an_hour: int  # of the lost: their tasks come back then
    doubled: int  # came more than once, whatever the sender was answered
    doubled_in_an_hour: int  # came once, and their tasks come back then
    last: float  # seconds between the kill and the last new call


@contextmanager
def begun(contestant: type[Peer], latency: int) -> Iterator[tuple[Peer, Path]]:
    """A contestant on a rig of its own, and the record of the calls that come to the service. Killed at the end."""
    with tempfile.TemporaryDirectory() as name:
        record = Path(name) / "calls"
        with Rig(Path(name), latency, record=record) as rig:
            peer = contestant(rig)
            try:
                begin(peer, record)
                yield peer, record
            finally:
                peer.kill()


def speed(contestant: type[Peer], latency: int, seconds: int) -> Speed:
    with begun(contestant, latency) as (peer, record):
        wrk(peer.url, peer.rig.folder, 2, 100)
        memory = Memory(peer)
        began = time.time()
        accepted = wrk(peer.url, peer.rig.folder, seconds, 200)
        ended = time.time()
        time.sleep(seconds)
        return measured(accepted, [moment for moment, _, _ in arrived(record)], began, ended, memory.stop())


def measured(accepted: Accepted, calls: list[float], began: float, ended: float, memory: float) -> Speed:
    until = max(calls, default=ended)
    during = sum(began <= moment < ended for moment in calls) / (ended - began)
    left = [moment for moment in calls if moment >= ended]
    after = len(left) / (until - ended) if until - ended > 1 else None
    return Speed(accepted, during, after, memory)


def loss(contestant: type[Peer]) -> Loss:
    """All its processes are killed in the middle of the load and started again at once."""
    with begun(contestant, LATENCY) as (peer, record):
        senders = Senders(peer.url, LOSS_RATE)
        load = threading.Thread(target=senders.run, args=(LOSS_SECONDS,))
        load.start()
        time.sleep(KILLED_AFTER)
        killed_at = time.time()
        peer.kill()
        peer.start()
        load.join()
        peer.await_answers(lambda: _posted(peer))  # the quiet must not be that of one who is not there yet
        await_quiet(record)
        return counted(senders.accepted, arrived(record), killed_at, peer.set_aside())


def await_quiet(record: Path) -> None:
    """Until nothing has come for a while, even when all has arrived: it may come once more."""
    seen, since = 0, time.monotonic()
    while time.monotonic() - since < SETTLED:
        size = record.stat().st_size
        if size != seen:
            seen, since = size, time.monotonic()
        time.sleep(0.5)


def counted(accepted: set[int], calls: Iterable[Call], killed_at: float, aside: set[int]) -> Loss:
    """``aside``: those whose tasks come back after an hour."""
    first: dict[int, float] = {}
    doubled = set()
    for moment, number, _ in calls:
        if number in first:
            doubled.add(number)
        first.setdefault(number, moment)
    first.pop(WARM, None)
    doubled.discard(WARM)
    aside = aside - {WARM}
    lost = accepted - first.keys()
    later = (aside & first.keys()) - doubled
    last = max(first.values(), default=killed_at) - killed_at
    return Loss(len(accepted), len(lost), len(lost & aside), len(doubled), len(later), last)


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
