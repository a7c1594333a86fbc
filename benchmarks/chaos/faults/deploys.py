"""Deploys as platforms make them, under load: SIGTERM, thirty seconds later SIGKILL, then the new process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from benchmarks.chaos.fleet import Member
from benchmarks.chaos.justclick import Trouble
from benchmarks.chaos.row import Row
from benchmarks.chaos.stage import Stage
from benchmarks.chaos.violation import Violation

KILLED_AFTER = 30  # seconds from SIGTERM to SIGKILL


def rolling(folder: Path, rounds: int = 3, slow: bool = True) -> Iterator[Row]:
    """Every process is replaced, one after the other. Some calls take so long that the stop comes in their middle."""
    with Stage(folder, workers=2, webs=2) as stage:
        if slow:
            stage.trouble(lambda _function, who: Trouble(acts=True, delay=2.0) if who[:-14].endswith("7") else None)
        longest = 0.0
        for _ in range(rounds):
            for member in list(stage.fleet.members.values()):
                stage.run(1)
                longest = max(longest, _replace(stage, member))
        stage.run(2)
        row = stage.finish(f"rolling restart of all processes, {rounds} times", seconds=120)
        row.note = "; ".join(
            filter(None, (f"every process ended within {longest:.1f} s of SIGTERM", _told(stage), row.note))
        )
        row.violations += _refused_twice(stage)
        if row.again:
            row.violations.append(Violation("made-again", row.fault, f"{row.again} safe calls were made twice"))
        if longest > 25:
            row.violations.append(Violation("slow-stop", row.fault, f"{longest:.1f} s from SIGTERM to the end"))
        yield row


def rolling_briefly(folder: Path) -> Iterator[Row]:
    return rolling(folder, 1)


def stubborn(folder: Path) -> Iterator[Row]:
    """A JustClick so slow that the calls outlast the platform's patience: SIGKILL in the middle."""
    with Stage(folder, workers=2, webs=1) as stage:
        stage.run(2)
        stage.justclick.hold()
        stage.run(1)
        for worker in list(stage.fleet.workers):
            stage.fleet.terminate(worker)
        stage.run(2)
        for worker in list(stage.fleet.workers):
            stage.fleet.kill(worker)
        stage.justclick.release()
        stage.run(3)
        yield stage.finish("SIGTERM, then SIGKILL while calls are open")


def _replace(stage: Stage, member: Member) -> float:
    """As a platform: the old one gets SIGTERM, a new one is started. Seconds that the old one took."""
    old = member.process
    assert old
    began = time.monotonic()
    stage.fleet.terminate(member)
    while old.poll() is None and time.monotonic() - began < KILLED_AFTER:
        time.sleep(0.05)
    took = time.monotonic() - began
    stage.fleet.kill_process(old)
    stage.until(lambda: member.process is not old and member.alive, 30, "the new process")
    if member.port:
        stage.until(lambda: stage.listening(member), 60, "the new web process")
    return took


def _refused_twice(stage: Stage) -> list[Violation]:
    """Requests whose second try, two seconds later, was refused as well."""
    found = []
    for one in stage.senders.sent:
        tries = [200 <= answer.status < 300 for answer in one.answers]
        if any(not first and not second for first, second in pairwise(tries)):
            told = [(answer.status, round(answer.took, 1)) for answer in one.answers]
            found.append(Violation("refused-twice", f"{one.kind}-{one.number}", str(told)))
    return found


def _told(stage: Stage) -> str:
    refused = sum(not 200 <= answer.status < 300 for one in stage.senders.sent for answer in one.answers)
    return f"{refused} requests had to be sent twice"
