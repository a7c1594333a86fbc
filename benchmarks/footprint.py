"""Bytes of Redis an event takes, by the size of its body, and how many fit into stores that one can rent.

``python -m benchmarks.footprint``. Every event goes the real way (intake, claim, move) with one call; the answers of
the form are random words, so that they compress as real texts do and not as repetitions.
"""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from benchmarks import history
from benchmarks.report import Table
from benchmarks.running import Rig
from relay import hooks
from relay.intake import Intake
from relay.lifecycle import Trigger
from relay.models import Attempt, Delivery, WebhookRequest
from relay.store import Move, Store
from relay.store.room import TIGHT

SIZES = (512, 1024, 4096, 16384)
STORES = {"25 MB": 25 * 2**20, "100 MB": 100 * 2**20, "1 GB": 2**30}
EVENTS = 4_000
DAYS = 30
WORKER = "worker-1.4711.a1b2c3"


def used(store: Store) -> int:
    return store.memory().used


def receive(intake: Intake, size: int) -> None:
    hook = intake.configuration.hooks["lead"]
    for number in range(EVENTS):
        body = history.body(number, size)
        intake.receive(hook, WebhookRequest("POST", "", history.HEADERS, body, "203.0.113.7", "lead-token"))


def deliver(store: Store, intake: Intake) -> None:
    accounts = list(intake.configuration.accounts.values())
    while store.counts()["queued"]:
        store.move_all([_accepted(claim.delivery) for claim in store.claim(WORKER, 500, accounts)[1]])


def _accepted(delivery: Delivery) -> Move:
    attempt = Attempt(1, delivery.created_at, 184, 200, 0, "OK", trigger="accepted", worker=WORKER)
    return Move(delivery, Trigger.ACCEPTED, attempt, {"code": 0, "text": "OK"})


def strip(store: Store) -> None:
    after: str | None = ""
    while after is not None:
        after = store.strip_delivered(after).cursor


def bytes_of(store: Store, intake: Intake, size: int) -> tuple[int, int, int]:
    """An event whose call waits, one whose call is delivered, and the same without its body."""
    store.redis.flushall()
    empty, found = used(store), []
    for step in (lambda: receive(intake, size), lambda: deliver(store, intake), lambda: strip(store)):
        step()
        found.append((used(store) - empty) // EVENTS)
    return found[0], found[1], found[2]


def main() -> str:
    taken = Table("body", "compressed", "call waits", "delivered", "delivered, body gone", "delivered, tuned server")
    with tempfile.TemporaryDirectory() as folder, Rig(Path(folder), 0) as rig:
        rig.store.redis.config_set("appendonly", "no")
        intake = _intake(rig)
        bytes_of(rig.store, intake, 512)  # loads the scripts, which are not counted
        rig.store.redis.flushall()
        empty = used(rig.store)
        measured = {size: bytes_of(rig.store, intake, size) for size in SIZES}
        rig.store.redis.config_set("hash-max-ziplist-value", 4096)
        tuned = {size: bytes_of(rig.store, intake, size)[1] for size in SIZES}
    for size, (waiting, delivered, bare) in measured.items():
        body = history.body(1, size)
        taken.row(len(body), len(zlib.compress(body, 1)), waiting, delivered, bare, tuned[size])
    told = f"An empty store takes {empty / 2**20:.1f} MB."
    return f"{taken.text}\n\n{told}\n\n{_fitting(measured, empty)}"


def _intake(rig: Rig) -> Intake:
    unlimited = "    max_per_minute: 100000000\n    event_id:"
    rig.relay.configuration = rig.relay.configuration.replace("    event_id:", unlimited)
    return Intake(hooks.load(rig.relay.environ["RELAY_CONFIG"], rig.relay.environ), rig.store, 2**20)


def _fitting(measured: Mapping[int, tuple[int, int, int]], empty: int) -> str:
    """How many delivered events fit below the mark at which the oldest bodies go, and how many a day for a month."""
    table = Table("body", *STORES, "1 GB, bodies gone")
    for size, (_, delivered, bare) in measured.items():
        counts = [int((TIGHT * limit - empty) / delivered) for limit in STORES.values()]
        cells = [f"{count:,} ({count // DAYS:,} a day)" for count in counts]
        table.row(len(history.body(1, size)), *cells, int((TIGHT * STORES["1 GB"] - empty) / bare))
    return table.text


if __name__ == "__main__":
    print(main())
