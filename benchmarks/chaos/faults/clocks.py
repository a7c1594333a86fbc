"""Clocks that jump by an hour, forth and back: Redis' own, the workers', the web processes', all of them."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.chaos.faketime import Clock, redis_program
from benchmarks.chaos.justclick import Trouble
from benchmarks.chaos.redis_server import RedisServer
from benchmarks.chaos.row import Row
from benchmarks.chaos.sent import ORDER
from benchmarks.chaos.stage import Stage
from benchmarks.chaos.violation import Violation

HOUR = 3600
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
        stage.trouble(lambda _function, _who: Trouble(status=503) if random.random() < 0.2 else None)
        for ahead in jumps:
            stage.run(seconds / 2)
            _die_with_orders_in_hand(stage)
            clock.set(ahead)
            stage.run(seconds / 2 + 1)
        off = abs(time.time() - stage.store.now_ms() / 1000)
        stage.weather_off()
        row = stage.finish(f"the clock of {whose} set by an hour, forth and back", clocks_agree=False)
        row.violations += _did_not_jump(names, off)
        yield row


def _did_not_jump(names: tuple[str, ...], off: float) -> list[Violation]:
    return [Violation("no-jump", "redis", f"is {off:.0f} s off in the end")] if "redis" in names and off > 60 else []


def _die_with_orders_in_hand(stage: Stage) -> None:
    stage.justclick.hold()
    stage.senders.burst(5, ORDER)
    stage.run(0.7)
    stage.fleet.kill(random.choice(stage.fleet.workers))
    stage.justclick.release()
