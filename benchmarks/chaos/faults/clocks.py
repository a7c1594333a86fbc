"""Clocks that jump by an hour, forth and back: Redis' own, the workers', the web processes', all of them."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path

from benchmarks.chaos.faketime import Clock, redis_program
from benchmarks.chaos.justclick import Trouble
from benchmarks.chaos.redis_server import RedisServer
from benchmarks.chaos.row import Row
from benchmarks.chaos.sent import ORDER
from benchmarks.chaos.stage import Stage
from benchmarks.chaos.violation import Violation

HOUR = 3600
ABOUT, NOTICED_WITHIN = 5.0, 20.0  # seconds; a worker that was just killed has to start first
JUMPS = (HOUR, 0, -HOUR, 0)  # seconds ahead of the true time, one after the other
WHOSE = {"Redis": ("redis",), "the workers": ("worker",), "the web": ("web",), "everybody": ("redis", "worker", "web")}


def each(folder: Path) -> Iterator[Row]:
    for whose, names in WHOSE.items():
        yield from _jumps(folder / "-".join(names), whose, names)


def everybody(folder: Path) -> Iterator[Row]:
    return _jumps(folder, "everybody", WHOSE["everybody"], 4, JUMPS[:2])


def _jumps(
    folder: Path, whose: str, names: tuple[str, ...], seconds: float = 8, jumps: tuple[int, ...] = JUMPS
) -> Iterator[Row]:
    """Under load, with retries planned at every moment; a worker is killed before each jump, calls in its hands."""
    folder.mkdir(parents=True, exist_ok=True)
    clock = Clock(folder / "clock")
    fake = {name: clock.environ for name in ("web", "worker") if name in names}
    redis = RedisServer(folder / "redis", program=redis_program())
    with Stage(folder, redis=redis, redis_environ=clock.environ if "redis" in names else {}, environ_of=fake) as stage:
        violations: list[Violation] = []
        stage.trouble(lambda _function, _who: Trouble(status=503) if random.random() < 0.2 else None)
        for ahead in jumps:
            stage.run(seconds / 2)
            _die_with_orders_in_hand(stage)
            clock.set(ahead)
            violations += _goes_wrong(stage, names, ahead)
            stage.run(seconds / 2)
        stage.weather_off()
        # Whether an order is the one whose answer was lost is told by when it was made. With a store that was an hour
        # ahead when it was asked for, it looks an hour too old to be it, and older ones must not be taken for it.
        unsure = "looks a little older" if "redis" in names else ""
        row = stage.finish(
            f"the clock of {whose} set by an hour, forth and back", clocks_agree=False, unsure_because=unsure
        )
        row.add(f"{len(jumps)} jumps seen at each of them")
        row.violations += violations
        yield row


def _goes_wrong(stage: Stage, names: tuple[str, ...], ahead: int) -> list[Violation]:
    """Each clock that is to be wrong must be so now, and each other right: by what its owner writes with it."""
    found = []
    for name, clock in _clocks(stage).items():
        wanted = ahead if name.partition("-")[0] in names else 0
        off, deadline = clock(), time.monotonic() + NOTICED_WITHIN
        while (off is None or abs(off - wanted) > ABOUT) and time.monotonic() < deadline:
            time.sleep(0.2)
            off = clock()
        if off is None or abs(off - wanted) > ABOUT:
            told = "tells no time" if off is None else f"is {off:.0f} s ahead"
            found.append(Violation("no-jump", name, f"{told}, not {wanted}"))
    return found


def _clocks(stage: Stage) -> dict[str, Callable[[], float | None]]:
    """How far each process is ahead: Redis by TIME, the web by the date of its answers, workers by their logs."""
    clocks: dict[str, Callable[[], float | None]] = {"redis": lambda: stage.store.now_ms() / 1000 - time.time()}
    for web in stage.fleet.webs:
        clocks[web.name] = partial(_off_by_date, stage, web.port)
    for worker in stage.fleet.workers:
        log = stage.relay.folder / f"{worker.name}.log"
        clocks[worker.name] = partial(_off_by_log, log, log.stat().st_size)
    return clocks


def _off_by_date(stage: Stage, port: int) -> float | None:
    stage.relay.port = port
    date = stage.relay.get("/healthz")[2].get("Date")
    return parsedate_to_datetime(date).timestamp() - time.time() if date else None


def _off_by_log(log: Path, start: int) -> float | None:
    """By the youngest line that was written since; under load there are many a second."""
    with log.open("rb") as file:
        file.seek(start)
        whole, _, _ = file.read().rpartition(b"\n")
    times = re.findall(rb'"timestamp":"([^"]+)"', whole)
    return datetime.fromisoformat(times[-1].decode()).timestamp() - time.time() if times else None


def _die_with_orders_in_hand(stage: Stage) -> None:
    stage.justclick.hold()
    stage.senders.burst(5, ORDER)
    stage.run(0.7)
    stage.fleet.kill(random.choice(stage.fleet.workers))
    stage.justclick.release()
