"""What the relay's steps cost the Redis server: a keep, a claim, a move, and what a worker asks for in quiet times."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from benchmarks.report import Table
from benchmarks.scale_stage import Load, Stage
from config.settings import load_settings
from relay.connect import connect
from relay.lifecycle import Trigger
from relay.models import Account, Attempt
from relay.store import Move, Store
from tests.support.making import a_delivery
from workers.parts import WorkerParts, build
from workers.sweeper import Sweeper

COUNT = 2000
SCHOOL = Account("school", "demo", ("sandbox-secret",), "http://127.0.0.1:1", max_in_flight=COUNT, max_per_second=0)


def costs(stage: Stage, repeats: int) -> str:
    """Microseconds of Redis a step: in the script alone, and of its core in all (reading, answering, the file)."""
    steps: dict[str, list[tuple[float, float]]] = {}
    for _ in range(repeats):
        stage.clear()
        for name, load in _steps(stage):
            steps.setdefault(name, []).append((load.script_us / COUNT, load.cpu / COUNT * 1e6))
    table = Table("step", "µs in the script", "µs of Redis' core")
    total = [0.0, 0.0]
    for name, rows in steps.items():
        script, core = (statistics.median(column) for column in zip(*rows, strict=True))
        table.row(name, script, core)
        if not name.startswith("(") and not name.endswith("one at a time"):
            total = [total[0] + script, total[1] + core]
    table.row("keep, claim and move of one event", *total)
    table.row("hence events/s of one core", *(1e6 / value for value in total))
    return table.text


def _steps(stage: Stage) -> Iterator[tuple[str, Load]]:
    store = stage.store
    made = [a_delivery(f"evt_{number}", hook="lead", params=_params(number)) for number in range(COUNT)]
    with stage.redis_load() as load:
        for one in made:
            stage.keep([one])
    yield "keep (event, one delivery, its job)", load[0]
    claims = []
    with stage.redis_load() as load:
        for _ in range(0, COUNT, 50):
            claims += store.claim("bench", 50, [SCHOOL])[1]
    assert len(claims) == COUNT, len(claims)
    yield "claim, 50 at a time", load[0]
    moves = [_delivered(claim.delivery) for claim in claims]
    with stage.redis_load() as load:
        for start in range(0, COUNT, 50):
            assert all(store.move_all(moves[start : start + 50]))
    yield "move to delivered, 50 at a time", load[0]
    stage.fill(COUNT)
    claims = []
    with stage.redis_load() as load:
        for _ in range(COUNT):
            claims += store.claim("bench", 1, [SCHOOL])[1]
    assert len(claims) == COUNT, len(claims)
    yield "claim, one at a time", load[0]
    with stage.redis_load() as load:
        for claim in claims:
            store.move(_delivered(claim.delivery))
    yield "move to delivered, one at a time", load[0]
    with stage.redis_load() as load:
        for _ in range(COUNT):
            store.claim("bench", 64, [SCHOOL])
    yield "(a claim that finds nothing)", load[0]


def _params(number: int) -> dict[str, object]:
    return {"rid": ["webinar"], "lead_email": f"p{number}@example.com", "lead_name": "Анна Смирнова"}


def _delivered(delivery: object) -> Move:
    trigger = Trigger.ACCEPTED
    told = Attempt(delivery.number, 0, duration_ms=200, status=200, code=0, text="OK", trigger=trigger.value)  # type: ignore[attr-defined]
    return Move(delivery, trigger, told, {"code": 0, "text": "OK"})  # type: ignore[arg-type]


# ---------------------------------------------------------------- what runs all the time
def sweepers(stage: Stage, repeats: int) -> str:
    """Redis' work for the periodic steps of 1, 10 and 100 workers in a quiet store, and of one in a busy store."""
    table = Table("sweepers", "store", "commands/s", "ms of Redis' core a second", "cores at 100 hosts")
    parts = build(load_settings(stage.environ()), stage.store.redis)
    trials = [(count, "quiet") for count in (0, 1, 10, 100)]
    trials += [(1, "500 wait for an order"), (1, "10,000 queued")]
    found: dict[tuple[int, str], list[Load]] = {trial: [] for trial in trials}
    for _ in range(repeats):
        for count, held in trials:
            stage.clear()
            _fill(stage, held)
            found[count, held].append(_swept(stage, parts, count, 8.0))
    idle = _median(found[0, "quiet"])[1]
    for (count, held), loads in found.items():
        commands, busy = _median(loads)
        table.row(count, held, commands, busy * 1000, _far(busy, idle, count))
    return table.text


def _median(rows: list[Load]) -> tuple[float, float]:
    return statistics.median(row.commands / row.seconds for row in rows), statistics.median(row.busy for row in rows)


def _far(busy: float, idle: float, count: int) -> str:
    """What a server does by itself (``idle``) does not grow with the hosts."""
    if count in (0, 100):
        return f"{busy:.2f} (measured)" if count else ""
    return f"{idle + (busy - idle) / count * 100:.2f}"


def _fill(stage: Stage, held: str) -> None:
    if held == "10,000 queued":
        stage.fill(10_000)
    if held == "500 wait for an order":
        stage.fill(500, awaits=("order:none",))
        for _ in range(5):  # finds no link, so each goes to wait for it, 200 in a step
            stage.store.claim("bench", 500, [SCHOOL])
        assert stage.store.counts()["waiting"] == 500, stage.store.counts()


def _swept(stage: Stage, parts: WorkerParts, count: int, seconds: float) -> Load:
    with _running(stage, parts, count):
        time.sleep(2)
        with stage.redis_load() as load:
            time.sleep(seconds)
    return load[0]


@contextmanager
def _running(stage: Stage, parts: WorkerParts, count: int) -> Iterator[None]:
    """So many sweepers in threads of this process. Redis cannot tell them from those of as many hosts."""
    client = connect(stage.redis_url, max_connections=min(count, 20), timeout=30)
    own = [replace(parts, name=f"sweeper{number}", store=Store(client)) for number in range(count)]
    all_ = [Sweeper(one, lambda: (set(), 64)) for one in own]
    threads = [threading.Thread(target=one.run, daemon=True) for one in all_]
    for number, thread in enumerate(threads):
        thread.start()
        time.sleep(1 / count if number < count - 1 else 0)  # not all in the same moment
    yield
    for one in all_:
        one.stop()
    for thread in threads:
        thread.join(35)
    for one in all_:
        stage.store.bury(one.parts.name, "")
    client.close()
