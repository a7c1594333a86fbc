"""Measures all contestants in one run, in turns, and writes the table into docs/performance.md.

``python -m benchmarks.peers [--repeats 3] [--seconds 5] [--kills 2] [--only NAME] [--write]``
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from benchmarks.peers.contestants import CONTESTANTS, unable
from benchmarks.peers.peer import Peer
from benchmarks.peers.trials import LATENCY, Loss, Speed, loss, speed
from benchmarks.report import Table, write

HEAD = (
    "peer",
    "accepted/s",
    "p99 ms",
    "delivered/s, service at 0 ms",
    f"at {LATENCY} ms",
    "memory MB",
    "killed: lost of accepted",
    "killed: doubled",
)


@dataclass
class Found:
    """What the trials of one contestant have told."""

    quick: list[Speed] = field(default_factory=list)
    slow: list[Speed] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)


def main(repeats: int = 3, seconds: int = 5, only: str = "", kills: int = 2) -> str:
    there = [one for one in CONTESTANTS if not one.missing() and only.lower() in one.name.lower()]
    found = {one: Found() for one in there}
    loads = [os.getloadavg()[0]]

    def told(one: type[Peer], result: Any) -> Any:
        loads.append(os.getloadavg()[0])
        print(f"{time.strftime('%H:%M:%S', time.gmtime())} {one.name}: {result}", flush=True)
        return result

    for _ in range(repeats):
        for one in there:  # in turns, so that what the machine does meanwhile meets all of them
            found[one].quick.append(told(one, speed(one, 0, seconds)))
            found[one].slow.append(told(one, speed(one, LATENCY, seconds)))
    for _ in range(kills):
        for one in there:
            found[one].losses.append(told(one, loss(one)))
    table = Table(*HEAD)
    for one in there:
        table.row(f"{one.name} {one.version()}", *cells(found[one]))
    lines = [f"{one.name} is not in the table: {one.missing()}." for one in CONTESTANTS if one.missing()]
    lines.append(
        f"Medians of {repeats} runs of {seconds} s each, sums of {kills} kills, on {os.cpu_count()} cores; "
        f"their load average meanwhile, the bench's own load included: {min(loads):.1f} to {max(loads):.1f}."
    )
    return "\n\n".join([table.text, *lines])


def cells(found: Found) -> tuple[object, ...]:
    return (
        statistics.median(one.accepted.per_second for one in found.quick),
        statistics.median(one.accepted.p99_ms for one in found.quick),
        rates(found.quick),
        rates(found.slow),
        statistics.median(one.memory for one in found.quick + found.slow),
        lost(found.losses),
        doubled(found.losses),
    )


def rates(speeds: list[Speed]) -> str:
    """While the senders go on; after them, where a queue was left."""
    during = statistics.median(one.during for one in speeds)
    after = [one.after for one in speeds if one.after]
    return f"{during:,.0f}" + (f" ({statistics.median(after):,.0f})" if len(after) * 2 > len(speeds) else "")


def lost(losses: list[Loss]) -> str:
    back = sum(one.lost_for_an_hour for one in losses)
    told = f"{sum(one.lost for one in losses)} of {sum(one.accepted for one in losses):,}"
    return told + (f" ({back} of them back after an hour)" if back else "")


def doubled(losses: list[Loss]) -> str:
    later = sum(one.doubled_in_an_hour for one in losses)
    return f"{sum(one.doubled for one in losses)}" + (f" (and {later} after an hour)" if later else "")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--only", default="", help="a part of a contestant's name; not together with --write")
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    if asked.only and asked.write:
        parser.error("--write wants all of them in one run")
    if asked.repeats < 1 or asked.kills < 1:
        parser.error("at least one repeat and one kill")
    if why := unable():
        sys.exit(f"peers: {why}")
    text = main(asked.repeats, asked.seconds, asked.only, asked.kills)
    print(text)
    if asked.write:
        write("docs/performance.md", "peers", text)
