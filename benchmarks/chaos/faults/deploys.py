"""Deploys as platforms make them, under load: SIGTERM, thirty seconds later SIGKILL, then the new process."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from benchmarks.chaos.fleet import Member
from benchmarks.chaos.justclick import Trouble
from benchmarks.chaos.row import Row
from benchmarks.chaos.sent import ORDER
from benchmarks.chaos.stage import CONFIGURATION, Stage
from benchmarks.chaos.violation import Violation

KILLED_AFTER = 30  # seconds from SIGTERM to SIGKILL
OPEN_CALLS = 30
FOR_EVER = 60.0  # seconds; longer than anybody waits for the store


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


def only_web(folder: Path, rounds: int = 3) -> Iterator[Row]:
    """One web process, as in the Procfile: from the end of the old one until the new one listens nobody does."""
    with Stage(folder, workers=1, webs=1) as stage:
        gaps: list[tuple[float, float]] = []
        leaving: list[float] = []
        for _ in range(rounds):
            stage.run(3)
            began = time.monotonic()
            leaving.append(_replace(stage, stage.fleet.webs[0]))
            gaps.append((began, time.monotonic()))
        stage.run(3)
        row = stage.finish(f"the only web process restarted {rounds} times")
        longest = max(end - began for began, end in gaps)
        row.add(
            f"the new one listened within {longest:.1f} s of SIGTERM",
            _told(stage),
            f"{len(_refused_twice(stage))} more than twice",
        )
        row.violations += _refused_outside(stage, gaps)
        if longest > KILLED_AFTER:
            row.violations.append(Violation("slow-stop", row.fault, f"nobody listened for {longest:.1f} s"))
        yield row


def only_web_briefly(folder: Path) -> Iterator[Row]:
    return only_web(folder, 1)


def stubborn(folder: Path, frozen: bool = True) -> Iterator[Row]:
    """Answers that are held for longer than the platform's patience, a store that stands still under the web process.

    Some of the orders are made only after all have gone: who looks for them too early makes them a second time.

    ``frozen``: one worker stands still when it is told to stop, so that it has to be killed.
    """
    slow = CONFIGURATION.read_text().replace("timeout: 3", f"timeout: {2 * KILLED_AFTER}")
    with Stage(folder, workers=3 if frozen else 2, webs=2, proxied=("web-0",), configuration=slow) as stage:
        stage.run(2)
        late = Trouble(acts=True, late=KILLED_AFTER + 10)
        stage.trouble(lambda function, who: late if function == "CreateOrder" and who[:-14].endswith("7") else None)
        stage.senders.burst(OPEN_CALLS, ORDER)
        stage.until(lambda: any(call.trouble == late for call in stage.justclick.seen()), 30, "late orders")
        stage.justclick.hold()
        stage.until(lambda: stage.justclick.traffic.in_flight >= OPEN_CALLS, 30, "open calls")
        stage.weather_off()
        held_since = time.monotonic()
        stage.proxies["web-0"].latency = FOR_EVER
        stage.run(1)
        members = [stage.fleet.members["web-0"], *stage.fleet.workers]
        if frozen:
            stage.fleet.pause(members[-1])
        open_calls = stage.justclick.traffic.in_flight
        took = _stop_all(stage, members)
        stage.proxies["web-0"].latency = 0.0
        stage.run(max(0.0, held_since + KILLED_AFTER + 5 - time.monotonic()))
        stage.justclick.release()
        stage.run(3)
        row = stage.finish(
            f"SIGTERM with {open_calls} calls open and the store silent, SIGKILL after {KILLED_AFTER} s",
            bound=150,
            seconds=200,
        )
        row.add(*(f"{name} left after {seconds:.1f} s" for name, seconds in took.items()))
        row.add(f"{stage.justclick.served[late]} orders made only after {late.late:g} s")
        if not stage.justclick.served[late]:
            row.violations.append(Violation("not-served", row.fault, "no order was made late"))
        slow = [name for name, seconds in took.items() if seconds > 25]
        if slow != ([members[-1].name] if frozen else []):
            row.violations.append(Violation("slow-stop", row.fault, f"more than 25 s: {slow}"))
        yield row


def stubborn_briefly(folder: Path) -> Iterator[Row]:
    return stubborn(folder, frozen=False)


def _stop_all(stage: Stage, members: Sequence[Member]) -> dict[str, float]:
    """SIGTERM to all; SIGKILL to those that are still there when the platform's patience ends. Seconds of each."""
    left = {member.name: member.process for member in members}
    began, took = time.monotonic(), dict[str, float]()
    for member in members:
        stage.fleet.terminate(member)
    while left:
        time.sleep(0.02)
        passed = time.monotonic() - began
        for name, process in list(left.items()):
            assert process
            if passed > KILLED_AFTER:
                stage.fleet.kill_process(process)
            if process.poll() is not None:
                took[name] = passed
                del left[name]
    return took


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


def _refused_outside(stage: Stage, gaps: Sequence[tuple[float, float]]) -> list[Violation]:
    """Tries that began while a web process listened, and were not taken."""
    found = []
    for one in stage.senders.sent:
        for answer in one.answers:
            began = answer.at - answer.took
            if answer.status != 200 and not any(start <= began <= end for start, end in gaps):
                found.append(Violation("refused", f"{one.kind}-{one.number}", f"was answered {answer.status}"))
    return found


def _told(stage: Stage) -> str:
    refused = sum(not 200 <= answer.status < 300 for one in stage.senders.sent for answer in one.answers)
    return f"{refused} requests had to be sent twice"
