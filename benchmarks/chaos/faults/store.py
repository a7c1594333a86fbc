"""What may happen to Redis: killed, paused, cut off, slow, full, read-only, failed over."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.chaos.losses import Losses
from benchmarks.chaos.row import Row
from benchmarks.chaos.sentinels import Watched
from benchmarks.chaos.stage import Stage
from benchmarks.chaos.violation import Violation
from relay.store import Store

EVERYBODY = ("web-0", "worker-0", "worker-1")
MANY = 10  # answers 503 that an outage of seconds must show: there are 12 senders, and each tries again


def told_answers(stage: Stage) -> str:
    """How the intake answered in all: "503 x 40, slowest answer 5.1 s"."""
    answers = [answer for one in stage.senders.sent for answer in one.answers]
    counts = Counter(answer.status for answer in answers)
    slowest = max((answer.took for answer in answers), default=0.0)
    return f"503 x {counts[503]}, unanswered x {counts[0]}, slowest answer {slowest:.1f} s"


def finish_refusing(stage: Stage, fault: str, *, note: str = "", forgetful: bool = False) -> Row:
    """As stage.finish; the intake must have said 503 while it could not store, and not only once."""
    row = stage.finish(fault, forgetful=forgetful)
    refused = sum(answer.status == 503 for one in stage.senders.sent for answer in one.answers)
    if refused < MANY:
        row.violations.append(Violation("no-503", fault, f"the intake said {refused} times that it cannot store"))
    row.note = "; ".join(filter(None, (note, told_answers(stage), row.note)))
    return row


# ---------------------------------------------------------------- killed
def killed(folder: Path, fsync: str = "everysec", times: int = 5) -> Iterator[Row]:
    """The process alone: what it had handed to the operating system is still there."""
    with Stage(folder, fsync=fsync) as stage:
        losses = Losses(stage)
        for _ in range(times):
            stage.run(random.uniform(1, 3))
            ended = time.monotonic()
            stage.redis.kill()
            stage.run(random.uniform(1, 4))
            stage.redis.start()
            losses.look(ended)
        stage.run(3)
        row = finish_refusing(stage, f"Redis killed {times} times, appendfsync {fsync}", note=str(losses))
        if losses.gone:
            row.violations.append(Violation("window", row.fault, str(losses)))
        yield row


def killed_always(folder: Path) -> Iterator[Row]:
    return killed(folder, "always")


def killed_always_briefly(folder: Path) -> Iterator[Row]:
    return killed(folder, "always", 2)


# ---------------------------------------------------------------- silent, cut off, slow
def paused(folder: Path, seconds: float = 30) -> Iterator[Row]:
    with Stage(folder) as stage:
        stage.run(3)
        stage.redis.pause()
        stage.run(seconds)
        stage.redis.resume()
        stage.run(5)
        yield finish_refusing(stage, f"Redis paused for {seconds:g} s")


def cut(folder: Path, seconds: float = 30) -> Iterator[Row]:
    with Stage(folder, proxied=EVERYBODY) as stage:
        end = time.monotonic() + seconds
        cuts = 0
        while time.monotonic() < end:
            stage.run(random.uniform(0.05, 1.0))
            cuts += random.choice(list(stage.proxies.values())).cut_all()
        stage.run(2)
        yield stage.finish(f"{cuts} connections to Redis cut at random", note=told_answers(stage))


def slow(folder: Path, seconds: float = 20) -> Iterator[Row]:
    with Stage(folder, proxied=EVERYBODY, rate=30) as stage:
        stage.run(2)
        for proxy in stage.proxies.values():
            proxy.latency = 0.1
        stage.run(seconds)
        for proxy in stage.proxies.values():
            proxy.latency = 0.0
        yield stage.finish(f"Redis 200 ms away for {seconds:g} s", note=told_answers(stage))


def slow_briefly(folder: Path) -> Iterator[Row]:
    return slow(folder, 6)


def cut_off(stage: Stage, name: str, seconds: float) -> None:
    """Redis is out of reach of this process for so long; JustClick, slow until then, is quick again 2 seconds later."""
    proxy = stage.proxies[name]
    proxy.refusing = True
    proxy.cut_all()
    stage.run(2)
    stage.justclick.latency = 0.01
    stage.run(seconds - 2)
    proxy.refusing = False


def unreachable(folder: Path, seconds: float = 40) -> Iterator[Row]:
    """One worker alone is cut off for longer than it takes to be declared dead; it goes on sending what it holds."""
    with Stage(folder, proxied=("worker-0",)) as stage:
        stage.run(2)
        stage.justclick.latency = 1.0
        stage.run(1)
        cut_off(stage, "worker-0", seconds)
        stage.run(2)
        yield stage.finish(f"one worker cut off from Redis for {seconds:g} s, with calls in flight")


# ---------------------------------------------------------------- not writable
def full(folder: Path, seconds: float = 12) -> Iterator[Row]:
    def fill(stage: Stage) -> None:
        stage.redis.admin.config_set("maxmemory", int(stage.redis.admin.info("memory")["used_memory"]) + 20_000)

    return _not_writable(folder, "Redis full", seconds, fill, lambda stage: _set(stage, "maxmemory", 0), forgetful=True)


def without_replicas(folder: Path, seconds: float = 12) -> Iterator[Row]:
    return _not_writable(
        folder,
        "Redis without the replicas that it must have (min-replicas-to-write)",
        seconds,
        lambda stage: _set(stage, "min-replicas-to-write", 1),
        lambda stage: _set(stage, "min-replicas-to-write", 0),
    )


def read_only(folder: Path, seconds: float = 12) -> Iterator[Row]:
    return _not_writable(
        folder,
        "Redis read-only (made a replica)",
        seconds,
        lambda stage: stage.redis.admin.replicaof("127.0.0.1", 1),
        lambda stage: stage.redis.admin.replicaof("NO", "ONE"),
    )


def _set(stage: Stage, name: str, value: int) -> None:
    stage.redis.admin.config_set(name, value)


def _not_writable(
    folder: Path,
    fault: str,
    seconds: float,
    begin: Callable[[Stage], object],
    end: Callable[[Stage], object],
    *,
    forgetful: bool = False,
) -> Iterator[Row]:
    with Stage(folder) as stage:
        stage.run(3)
        begin(stage)
        stage.run(seconds)
        end(stage)
        stage.run(3)
        yield finish_refusing(stage, f"{fault} for {seconds:g} s", forgetful=forgetful)


def all_briefly(folder: Path) -> Iterator[Row]:
    """Every trouble above in turn, under one load."""
    with Stage(folder, proxied=EVERYBODY) as stage:
        admin = stage.redis.admin
        for begin, end in (
            (stage.redis.pause, stage.redis.resume),
            (lambda: _set(stage, "maxmemory", 1_000_000), lambda: _set(stage, "maxmemory", 0)),
            (lambda: _set(stage, "min-replicas-to-write", 1), lambda: _set(stage, "min-replicas-to-write", 0)),
            (lambda: admin.replicaof("127.0.0.1", 1), lambda: admin.replicaof("NO", "ONE")),
            (stage.redis.kill, stage.redis.start),
        ):
            stage.run(1.5)
            begin()
            stage.run(2.5)
            end()
            for proxy in stage.proxies.values():
                proxy.cut_all()
        yield finish_refusing(
            stage, "Redis paused, full, without replicas, read-only, killed, cut off, in turn", forgetful=True
        )


# ---------------------------------------------------------------- failed over
def failover(folder: Path) -> Iterator[Row]:
    """The master is killed under load; three sentinels make its replica the master; everybody follows."""
    with Watched(folder / "redis") as watched, Stage(folder, redis=watched.master, redis_url=watched.url) as stage:
        stage.run(5)
        watched.master.kill()
        killed_at = time.monotonic()
        stage.until(watched.has_failed_over, 60, "the failover")
        stage.redis, stage.store = watched.replica, Store(watched.replica.admin)
        losses = Losses(stage)
        losses.look(killed_at)
        stage.run(5)
        yield finish_refusing(stage, "Redis failed over by three sentinels, the master killed", note=str(losses))
