"""SIGKILL at each step: of a worker, of its sweeper, of the web process, of everything at once, and at random."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.chaos.faults.store import cut_off
from benchmarks.chaos.fleet import pid_of
from benchmarks.chaos.justclick import Trouble
from benchmarks.chaos.redis_proxy import AFTER, BEFORE, Gate, took_something
from benchmarks.chaos.resp import Command
from benchmarks.chaos.row import Row
from benchmarks.chaos.stage import Stage
from benchmarks.chaos.violation import Violation

WORKERS = ("worker-0", "worker-1")


def _ends(words: Command, _place: int) -> bool:
    return b"delivered" in words


def _is_second(words: Command, place: int) -> bool:
    return place >= 1 and b"delivered" in words


def _brings_a_link(words: Command, _place: int) -> bool:
    return b"delivered" in words and any(b"relay:link:" in word for word in words)


def _plans_a_retry(words: Command, _place: int) -> bool:
    return b"retrying" in words


def _puts_due(words: Command, _place: int) -> bool:
    return b",retrying," in words


def _gives_back(words: Command, _place: int) -> bool:
    return b",sending," in words and b"queued" in words


@dataclass(frozen=True)
class Step:
    """Where a process is stopped and killed. ``script``: the one whose command is waited for."""

    name: str
    script: str
    when: str
    fits: Callable[[Command, int], bool] = lambda _words, _place: True
    only_if: Callable[[bytes], bool] = lambda _answer: True
    # "retries": JustClick answers 503 now and then; "batch": many answers at once; "grave": a worker is dead already
    prepare: str = ""
    holds: bool = False  # whoever is killed here holds something for certain, which must be seen to be put back


STEPS = (
    Step("before the claim", "claim", BEFORE),
    Step("after the claim, before anything is sent", "claim", AFTER, only_if=took_something, holds=True),
    Step("after the answer, before the record", "move", BEFORE, _ends, holds=True),
    Step("inside the record: between two moves of one batch", "move", BEFORE, _is_second, prepare="batch", holds=True),
    Step("after the record, before those who wait are woken", "move", AFTER, _brings_a_link),
    Step(
        "while scheduling a retry, before it is written",
        "move",
        BEFORE,
        _plans_a_retry,
        prepare="retries",
        holds=True,
    ),
    Step("while scheduling a retry, after it is written", "move", AFTER, _plans_a_retry, prepare="retries"),
    Step("scheduler: while putting due retries back", "move", BEFORE, _puts_due, prepare="retries"),
    Step(
        "sweeper: while putting back what a dead worker held",
        "move",
        BEFORE,
        _gives_back,
        prepare="grave",
        holds=True,
    ),
)


def kill_at(stage: Stage, step: Step) -> None:
    """Stops the first worker that comes to this step, kills it there, and lets the platform start it again."""
    if step.prepare == "retries":
        stage.trouble(lambda _function, _who: Trouble(status=503) if random.random() < 0.3 else None)
    elif step.prepare == "grave":
        _one_that_died(stage)
    gate = Gate(getattr(stage.store.scripts, step.script).sha, step.when, step.fits, step.only_if)
    nudge = (lambda: _answer_many_at_once(stage)) if step.prepare == "batch" else None
    victim = stage.stopped_at(gate, WORKERS, nudge=nudge)
    stage.fleet.kill(stage.fleet.members[victim])
    stage.open_gates(cut=victim)
    stage.weather_off()


def _answer_many_at_once(stage: Stage) -> None:
    stage.justclick.hold()
    time.sleep(0.4)
    stage.justclick.release()


def _one_that_died(stage: Stage) -> None:
    """Known by its process, not by how many beat: those that were killed at an earlier step are buried meanwhile."""
    member = stage.fleet.add_worker("worker-dying")

    def names() -> list[str]:
        return [name for name in stage.store.beats() if pid_of(name) == member.pid]

    stage.until(names, 30, "the worker that is to die")
    for _ in range(10):
        stage.justclick.hold()
        time.sleep(1)  # not for long: calls without an answer would soon close the account
        if any(map(stage.store.claims_of, names())):
            break
        stage.justclick.release()
        time.sleep(0.5)
    else:
        raise TimeoutError("the worker that is to die never held anything")
    stage.fleet.remove("worker-dying")
    stage.justclick.release()


def steps_one_by_one(folder: Path) -> Iterator[Row]:
    """Each step on a stage of its own."""
    for number, step in enumerate(STEPS):
        with Stage(folder / f"step-{number}", proxied=WORKERS) as stage:
            stage.run(1)
            kill_at(stage, step)
            stage.run(2)
            row = stage.finish(f"worker killed {step.name}")
            if step.holds and not row.abandoned:
                row.violations.append(
                    Violation("not-killed-there", row.fault, "nothing of the dead worker was put back")
                )
            yield row


# ---------------------------------------------------------------- web
def web(folder: Path) -> Iterator[Row]:
    """Inside a request: before and after the event is stored. The sender, who has no answer, sends again."""
    for when, told in ((BEFORE, "before the event is stored"), (AFTER, "after it is stored, before the answer")):
        with Stage(folder / when, proxied=("web-0",), webs=2) as stage:
            _kill_web(stage, when)
            stage.run(2)
            yield stage.finish(f"web killed inside a request, {told}")


def _kill_web(stage: Stage, when: str) -> None:
    stage.stopped_at(Gate(stage.store.scripts.keep.sha, when), ("web-0",))
    stage.fleet.kill(stage.fleet.members["web-0"])
    stage.open_gates(cut="web-0")


def gunicorn_child(folder: Path) -> Iterator[Row]:
    with Stage(folder, webs=1) as stage:
        for _ in range(3):
            stage.run(2)
            stage.fleet.kill_child(stage.fleet.webs[0])
        stage.run(2)
        yield stage.finish("gunicorn's own worker killed three times")


# ---------------------------------------------------------------- everything, and at random
def everything(folder: Path, times: int = 3) -> Iterator[Row]:
    """Web, workers and Redis in the same instant; Redis is started again on its data."""
    with Stage(folder) as stage:
        for _ in range(times):
            stage.run(3)
            _kill_all(stage)
        stage.run(3)
        yield stage.finish(f"everything at once (web, workers, Redis), {times} times", seconds=120)


def _kill_all(stage: Stage) -> None:
    stage.redis.kill()
    for member in list(stage.fleet.members.values()):
        stage.fleet.kill(member)
    time.sleep(1)
    stage.redis.start()


def at_random(folder: Path, seconds: float = 90) -> Iterator[Row]:
    """A worker every second or so, wherever it is; calls take a while, so that many are in flight."""
    chance = random.Random(4)
    with Stage(folder, workers=3, rate=80) as stage:
        stage.justclick.latency = 0.15
        end = time.monotonic() + seconds
        kills = 0
        while time.monotonic() < end:
            stage.run(chance.uniform(0.3, 2.0))
            member = chance.choice(stage.fleet.workers)
            kills += member.alive
            stage.fleet.kill(member)
        # Nobody bounds how often chance strikes one delivery: the wait for each single death is bounded, see the note.
        yield stage.finish(f"workers killed {kills} times at random", bound=240, seconds=180)


def all_together(folder: Path) -> Iterator[Row]:
    """The shorter run: every step of worker and web under one load, then everything at once."""
    with Stage(folder, proxied=("web-0", *WORKERS), webs=2) as stage:
        for when in (BEFORE, AFTER):
            _kill_web(stage, when)
        for step in STEPS:
            kill_at(stage, step)
        _kill_all(stage)
        stage.run(1)
        yield stage.finish(f"worker killed at {len(STEPS)} steps, web at 2, then everything", bound=120, seconds=120)


def frozen(folder: Path, seconds: float = 40) -> Iterator[Row]:
    """A worker that stands still with claims in its hands until it is declared dead, and then goes on."""
    with Stage(folder, proxied=WORKERS) as stage:
        stage.senders.burst(60, "order")
        gate = Gate(stage.store.scripts.claim.sha, AFTER, only_if=took_something)
        member = stage.fleet.members[stage.stopped_at(gate, WORKERS)]
        stage.fleet.pause(member)
        stage.open_gates()
        stage.run(seconds)
        stage.fleet.resume(member)
        stage.run(3)
        yield stage.finish(f"worker frozen for {seconds:g} s between claim and send")


def frozen_and_unreachable(folder: Path, seconds: float = 27) -> Iterator[Row]:
    """The shorter run: one worker frozen and another cut off, for a little longer than it takes to be declared dead."""
    with Stage(folder, workers=3, proxied=("worker-0", "worker-1", "worker-2")) as stage:
        stage.justclick.latency = 1.0
        stage.senders.burst(60, "order")
        gate = Gate(stage.store.scripts.claim.sha, AFTER, only_if=took_something)
        member = stage.fleet.members[stage.stopped_at(gate, ("worker-0",))]
        stage.fleet.pause(member)
        stage.open_gates()
        cut_off(stage, "worker-1", seconds)
        stage.fleet.resume(member)
        stage.run(2)
        yield stage.finish(f"one worker frozen between claim and send, one cut off from Redis, for {seconds:g} s")
