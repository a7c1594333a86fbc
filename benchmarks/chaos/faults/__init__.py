"""The faults. Each module tells what it breaks; each row is one line of the table in docs/reliability.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks.chaos import long
from benchmarks.chaos.faults import clocks, deploys, killing, power, store, weather, wiping
from benchmarks.chaos.row import Row

Fault = Callable[[Path], Iterator[Row]]

ALL: Mapping[str, Fault] = {
    "kill-steps": killing.steps_one_by_one,
    "kill-web": killing.web,
    "kill-gunicorn": killing.gunicorn_child,
    "kill-everything": killing.everything,
    "kill-random": killing.at_random,
    "freeze": killing.frozen,
    "redis-killed": store.killed,
    "redis-killed-always": store.killed_always,
    "power-everysec": power.everysec,
    "power-always": power.always,
    "redis-paused": store.paused,
    "redis-cut": store.cut,
    "redis-slow": store.slow,
    "redis-unreachable": store.unreachable,
    "redis-full": store.full,
    "redis-no-replicas": store.without_replicas,
    "redis-read-only": store.read_only,
    "redis-failover": store.failover,
    "rq-wiped": wiping.by_itself,
    "rq-rebuild": wiping.by_command,
    "justclick-down": weather.down,
    "justclick-unwell": weather.unwell,
    "stampede": weather.stampede,
    "stampede-held": weather.all_held,
    "deploys": deploys.rolling,
    "deploys-only-web": deploys.only_web,
    "deploys-stubborn": deploys.stubborn,
    "clocks": clocks.each,
}

# The shorter run of all of it, as in CI; each on a stage of its own, the longest first.
SHORT: Mapping[str, Fault] = {
    "kills": killing.all_together,
    "long": long.briefly,
    "power": power.briefly,  # needs strace
    "deploys-stubborn": deploys.stubborn_briefly,
    "freeze-unreachable": killing.frozen_and_unreachable,
    "clocks": clocks.everybody,  # needs libfaketime
    "redis": store.all_briefly,
    "justclick-unwell": weather.unwell_together,
    "stampede": weather.stampede_briefly,
    "redis-failover": store.failover,
    "deploys": deploys.rolling_briefly,
    "deploys-only-web": deploys.only_web_briefly,
    "redis-killed-always": store.killed_always_briefly,
    "redis-slow": store.slow_briefly,
    "rq-wiped": wiping.by_itself,
    "rq-rebuild": wiping.by_command,
    "justclick-down": weather.down_briefly,
    "kill-gunicorn": killing.gunicorn_child,
}
