"""``python -m benchmarks.chaos.long [--minutes 60] [--write]``: a long run under steady load, with random faults.

Two processes, a web and a worker, are never touched themselves: their memory, files and connections to Redis must stay
flat while the others die around them and the store and JustClick have their bad moments. Leaves with 1 when they grow,
and when anything is lost, doubled or wrong in the books.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.chaos import report
from benchmarks.chaos.fleet import Member
from benchmarks.chaos.justclick import Trouble
from benchmarks.chaos.row import Row
from benchmarks.chaos.stage import Stage
from benchmarks.chaos.violation import Violation

RATE = 50.0  # events a second
PROXIED = ("web-0", "web-1", "worker-0", "worker-1", "worker-2")
WITNESSES = ("web-0", "worker-0")
PAUSE = (8.0, 24.0)  # seconds between two faults
SAMPLE_EVERY = 5.0  # seconds
WARM_UP = 0.1  # share of the run in which caches and threads come to their size
GROWTH = 1.10  # what the last fifth may be above the first, beside ALLOWED_MB
ALLOWED_MB = 3.0
GROWN = "grown"


@dataclass(frozen=True, slots=True)
class Sample:
    """Of one witness, at one moment: MB (proportional), open files with sockets, clients of Redis in all."""

    name: str
    memory: float
    files: int
    clients: int


# ---------------------------------------------------------------- faults
def _kill_worker(stage: Stage, chance: random.Random) -> None:
    stage.fleet.kill(chance.choice(_others(stage.fleet.workers)))


def _kill_web(stage: Stage, _chance: random.Random) -> None:
    stage.fleet.kill(stage.fleet.members["web-1"])


def _restart(stage: Stage, chance: random.Random) -> None:
    stage.fleet.terminate(chance.choice(_others(list(stage.fleet.members.values()))))


def _freeze_worker(stage: Stage, chance: random.Random) -> None:
    member = chance.choice(_others(stage.fleet.workers))
    stage.fleet.pause(member)
    stage.run(chance.uniform(2, 30))
    stage.fleet.resume(member)


def _kill_redis(stage: Stage, chance: random.Random) -> None:
    stage.redis.kill()
    stage.run(chance.uniform(0.5, 4))
    stage.redis.start()


def _pause_redis(stage: Stage, chance: random.Random) -> None:
    stage.redis.pause()
    stage.run(chance.uniform(1, 8))
    stage.redis.resume()


def _cut_connections(stage: Stage, chance: random.Random) -> None:
    for _ in range(10):
        chance.choice(list(stage.proxies.values())).cut_all()
        stage.run(chance.uniform(0.05, 0.5))


def _wipe_queues(stage: Stage, _chance: random.Random) -> None:
    for key in stage.redis.admin.scan_iter("rq:*", count=1000):
        stage.redis.admin.delete(key)


def _justclick_down(stage: Stage, chance: random.Random) -> None:
    stage.justclick.stop()
    stage.run(chance.uniform(1, 15))
    stage.justclick.start()


def _justclick_unwell(stage: Stage, chance: random.Random) -> None:
    kinds = (Trouble(status=503), Trouble(cut="all"), Trouble(acts=True, cut="half"), Trouble(acts=True, delay=4))
    stage.trouble(lambda _function, _who: random.choice(kinds) if random.random() < 0.2 else None)
    stage.run(chance.uniform(3, 10))
    stage.weather_off()


def _burst(stage: Stage, _chance: random.Random) -> None:
    stage.senders.burst(500, "lead")


FAULTS: dict[str, Callable[[Stage, random.Random], None]] = {
    "a worker killed": _kill_worker,
    "a web process killed": _kill_web,
    "a process restarted": _restart,
    "a worker frozen": _freeze_worker,
    "Redis killed": _kill_redis,
    "Redis paused": _pause_redis,
    "connections to Redis cut": _cut_connections,
    "RQ's keys wiped": _wipe_queues,
    "JustClick down": _justclick_down,
    "JustClick unwell": _justclick_unwell,
    "a burst of 500": _burst,
}


def _others(members: list[Member]) -> list[Member]:
    return [member for member in members if member.name not in WITNESSES]


# ---------------------------------------------------------------- the run
def run(folder: Path, minutes: float, seed: int = 4, pause: tuple[float, float] = PAUSE) -> Row:
    chance, caused, samples = random.Random(seed), Counter[str](), list[Sample]()
    with Stage(folder, rate=RATE, workers=3, webs=2, proxied=PROXIED) as stage:
        end = time.monotonic() + minutes * 60
        while time.monotonic() < end:
            _watch(stage, chance.uniform(*pause), samples)
            name = chance.choice(list(FAULTS))
            caused[name] += 1
            FAULTS[name](stage, chance)
            print(f"{(end - time.monotonic()) / 60:.1f} min left: {name}; {_told(samples)}", flush=True)
        _watch(stage, 10, samples)
        note = ", ".join(f"{name} x {times}" for name, times in sorted(caused.items()))
        row = stage.finish(f"{minutes:g} minutes at {RATE:g} events/s", note=note, bound=240, seconds=240)
    row.violations += _grown(samples)
    row.note = f"{row.note}; {_flat(samples)}"
    return row


def briefly(folder: Path) -> Iterator[Row]:
    """One minute, in which nothing can be said about growth."""
    row = run(folder, 1, pause=(3.0, 6.0))
    row.violations = [violation for violation in row.violations if violation.kind != GROWN]
    yield row


def _watch(stage: Stage, seconds: float, samples: list[Sample]) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, SAMPLE_EVERY))
        if left >= SAMPLE_EVERY:
            clients = len(stage.redis.admin.client_list())
            samples += [_sample(stage.fleet.members[name], clients) for name in WITNESSES]


def _sample(member: Member, clients: int) -> Sample:
    processes = [psutil.Process(member.pid), *psutil.Process(member.pid).children(recursive=True)]
    memory = sum(process.memory_full_info().pss for process in processes) / 2**20
    return Sample(member.name, memory, sum(process.num_fds() for process in processes), clients)


# ---------------------------------------------------------------- flat?
def _ends(samples: list[Sample], name: str, what: str) -> tuple[float, float]:
    """Of the first and the last fifth of the run, without the time of warming up: of memory the median, of files and
    connections the fewest. These come and go with the senders and the load; what leaks never goes.
    """
    values = [getattr(one, what) for one in samples if one.name == name]
    values = values[int(len(values) * WARM_UP) :]
    fifth = max(1, len(values) // 5)
    usual = statistics.median if what == "memory" else min
    return usual(values[:fifth]), usual(values[-fifth:])


def _grown(samples: list[Sample]) -> list[Violation]:
    found = []
    for name in WITNESSES:
        for what, allowed in (("memory", ALLOWED_MB), ("files", 5), ("clients", 5)):
            first, last = _ends(samples, name, what)
            if last > first * GROWTH + allowed:
                found.append(Violation(GROWN, name, f"{what}: {first:.1f} in the beginning, {last:.1f} in the end"))
    return found


def _flat(samples: list[Sample]) -> str:
    told = []
    for name in WITNESSES:
        (memory, after), (files, files_after) = (_ends(samples, name, what) for what in ("memory", "files"))
        told.append(f"{name} {memory:.1f} to {after:.1f} MB, {files:.0f} to {files_after:.0f} open files")
    clients, clients_after = _ends(samples, WITNESSES[0], "clients")
    return "; ".join([*told, f"{clients:.0f} to {clients_after:.0f} connections to Redis"])


def _told(samples: list[Sample]) -> str:
    return "; ".join(f"{one.name} {one.memory:.1f} MB, {one.files} files" for one in samples[-len(WITNESSES) :])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos.long", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=4, help="of the choice of faults")
    parser.add_argument("--write", action="store_true", help="write docs/reliability.md")
    asked = parser.parse_args()
    stamp = report.stamp()
    with tempfile.TemporaryDirectory(prefix="chaos-", ignore_cleanup_errors=True) as folder:
        row = run(Path(folder), asked.minutes, asked.seed)
    row.name, row.measured = "long", stamp
    print(f"{report.HEAD}\n{report.line(row)}", flush=True)
    for violation in row.violations[:50]:
        print(f"    {violation}", flush=True)
    if asked.write:
        report.write("long", f"{report.HEAD}\n{report.line(row)}")
    return 0 if row.passed else 1


if __name__ == "__main__":
    sys.exit(main())
