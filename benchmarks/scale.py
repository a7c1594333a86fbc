"""Does the work spread over hosts, do limits hold across them, and where does Redis end?

``python -m benchmarks.scale [--repeats 3] [--write]`` as root: a host is a network namespace (scale_hosts.py).
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import psutil

from benchmarks.peers.load import Accepted, wrk
from benchmarks.report import Table, write
from benchmarks.scale_costs import costs, sweepers
from benchmarks.scale_failover import failover
from benchmarks.scale_hosts import Hosts
from benchmarks.scale_stage import ALL, Stage, cpu_seconds

IN_FLIGHT = 64
SECONDS = 6.0
Row = dict[str, float]


def delivering(stage: Stage, count: int, latency_ms: int) -> Row:
    """``count`` workers on as many hosts empty one queue."""
    limit = count * IN_FLIGHT / latency_ms * 1000
    stage.clear()
    stage.count(latency_ms)
    stage.fill(int(limit * (SECONDS + 7)))
    with stage.workers(count, stage.environ(RELAY_IN_FLIGHT=str(IN_FLIGHT))) as pids:
        time.sleep(1.5)
        psutil.cpu_percent()
        first, began = stage.figures(), cpu_seconds(pids)
        with stage.redis_load() as redis:
            time.sleep(SECONDS)
            last, used, machine = stage.figures(), cpu_seconds(pids) - began, psutil.cpu_percent()
        stage.still_queued()
    seconds = last["at"] - first["at"]
    shares = [last["hosts"][host] - first["hosts"].get(host, 0) for host in last["hosts"]]
    calls = sum(shares)
    return {
        "rate": calls / seconds,
        "limit": limit,
        "least": min(shares) / seconds,
        "most": max(shares) / seconds,
        "worker_core": used / seconds / count,
        "redis_core": redis[0].busy,
        "redis_us": redis[0].cpu / calls * 1e6,
        "machine": machine,
    }


def accepting(stage: Stage, count: int, seconds: int = 5) -> Row:
    """``count`` web processes on as many hosts, 16 senders each; no worker runs. The first second does not count."""
    stage.clear()
    with stage.webs(count, stage.environ()) as addresses:
        load(stage, addresses, 1, 300)
        psutil.cpu_percent()
        with stage.redis_load() as redis:
            found = load(stage, addresses, seconds, 600)
        machine = psutil.cpu_percent()
    accepted = sum(one.count for one in found)
    return {
        "rate": sum(one.per_second for one in found),
        "refused": sum(one.refused for one in found),
        "p99": max(one.p99_ms for one in found),
        "redis_core": redis[0].busy,
        "redis_us": redis[0].cpu / accepted * 1e6,
        "machine": machine,
    }


def load(stage: Stage, addresses: Sequence[str], seconds: int, start: int) -> list[Accepted]:
    """Senders for each of them, all at once."""
    found: list[Accepted] = []

    def send(place: int, address: str) -> None:
        folder = stage.folder / f"senders{place}"
        folder.mkdir(exist_ok=True)
        found.append(wrk(f"{address}/hooks/lead/lead-token", folder, seconds, start + 100 * place, connections=16))

    threads = [threading.Thread(target=send, args=one) for one in enumerate(addresses)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(addresses), "wrk has failed"
    return found


def limited(stage: Stage, **limits: float) -> Row:
    """Four workers, each with room for 64 calls, share an account that allows less."""
    stage.clear()
    stage.count(200)
    stage.fill(6000)
    environ = stage.environ(RELAY_IN_FLIGHT=str(IN_FLIGHT), **limits)  # type: ignore[arg-type]
    with stage.workers(4, environ), stage.redis_load() as redis:
        first = stage.figures()
        time.sleep(SECONDS)
        last = stage.figures()
        stage.still_queued()
    calls = sum(last["hosts"].values()) - sum(first["hosts"].values())
    return {
        "open": last["most_open"],
        "second": last["most_a_second"],
        "rate": calls / (last["at"] - first["at"]),
        "hosts": len(last["hosts"]),
        "claims": (redis[0].script_calls - calls) / redis[0].seconds,
    }


# ---------------------------------------------------------------- tables
# A limit holds when it held in every trial; what was refused in one of them is to be seen.
GREATEST = {"open", "second", "refused"}


def medians(trials: list[Row]) -> Row:
    return {
        name: (max if name in GREATEST else statistics.median)(trial[name] for trial in trials) for name in trials[0]
    }


def in_turns(repeats: int, trials: dict[str, Callable[[], Row]]) -> dict[str, Row]:
    """Each trial so many times, in turns, so that what the machine does meanwhile meets all of them."""
    found: dict[str, list[Row]] = {name: [] for name in trials}
    for _ in range(repeats):
        for name, trial in trials.items():
            found[name].append(trial())
            shown = {key: round(value, 2) for key, value in found[name][-1].items()}
            print(f"{time.strftime('%H:%M:%S', time.gmtime())} {name}: {shown}", flush=True)
    return {name: medians(rows) for name, rows in found.items()}


def workers_table(stage: Stage, repeats: int) -> str:
    table = Table(
        "latency",
        "workers",
        "delivered/s",
        "limit/s",
        "of the limit",
        "least to most of a host",
        "cores a worker",
        "cores of Redis",
        "machine busy",
    )
    trials = {
        f"{count} x {latency} ms": _delivering(stage, count, latency) for latency in (400, 200) for count in (1, 2, 4)
    }
    for name, row in in_turns(repeats, trials).items():
        count, _, latency = name.split(" ", 2)
        shares = f"{row['least']:.0f} to {row['most']:.0f}"
        told = (row["rate"], row["limit"], row["rate"] / row["limit"], shares, row["worker_core"], row["redis_core"])
        table.row(latency, count, *told, f"{row['machine']:.0f} %")
    return table.text


def _delivering(stage: Stage, count: int, latency: int) -> Callable[[], Row]:
    return lambda: delivering(stage, count, latency)


def webs_table(stage: Stage, repeats: int) -> str:
    table = Table("web hosts", "accepted/s", "refused", "p99 ms", "Redis µs an event", "cores of Redis", "machine busy")
    trials = {"1": lambda: accepting(stage, 1), "2": lambda: accepting(stage, 2)}
    for name, row in in_turns(repeats, trials).items():
        table.row(
            name,
            row["rate"],
            int(row["refused"]),
            row["p99"],
            row["redis_us"],
            row["redis_core"],
            f"{row['machine']:.0f} %",
        )
    return table.text


def limits_table(stage: Stage, repeats: int) -> str:
    table = Table("limit of the account", "most open at once", "most in a second", "delivered/s", "hosts", "scripts/s")
    trials = {
        "max_in_flight: 50": lambda: limited(stage, max_in_flight=50),
        "max_per_second: 100": lambda: limited(stage, max_per_second=100),
    }
    for name, row in in_turns(repeats, trials).items():
        told = (int(row["open"]), int(row["second"]), row["rate"], int(row["hosts"]), row["claims"])
        table.row(f"`{name}`", *told)
    return table.text


PARTS: dict[str, Callable[[Stage, int], str]] = {
    "workers": workers_table,
    "webs": webs_table,
    "limits": limits_table,
    "costs": costs,
    "sweepers": sweepers,
    "failover": failover,
}


def main(repeats: int = 3, only: str = "", *, writes: bool = False) -> str:
    told = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stage = Stage(stack.enter_context(Hosts(ALL)), folder)
        stage.begin()
        for name, part in PARTS.items():
            if only in ("", name):
                told.append(part(stage, repeats))
                print(told[-1], flush=True)
                if writes:
                    write("docs/scaling.md", name, told[-1])
    return "\n\n".join(told)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", default="", choices=("", *PARTS))
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    main(asked.repeats, asked.only, writes=asked.write)
