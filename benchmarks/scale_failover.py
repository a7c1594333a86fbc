"""A master under load is killed: how long nothing can be kept, and which of the acknowledged events are gone then.

``down-after-milliseconds`` is 1,500 here (benchmarks/chaos/sentinels.py); a larger one adds its difference to the wait.
"""

from __future__ import annotations

import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.chaos.sentinels import Watched
from benchmarks.report import Table
from benchmarks.scale_stage import Stage
from relay import keys
from relay.connect import connect
from relay.errors import StoreUnavailable
from relay.store import Store
from tests.support.making import a_delivery, an_event

KEEPERS = 8  # threads that keep events as fast as they can, as intake does
BEFORE, AFTER = 3.0, 2.0  # seconds of load before the kill, and after the store is back


@dataclass
class Keepers:
    """Events that were acknowledged, by the moment (time.monotonic())."""

    store: Store
    kept: dict[str, float] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self.over.is_set():
            one = a_delivery()
            event = an_event(one)
            try:
                found = self.store.keep(
                    event, [one], idempotency_key=event.id, window_ms=60_000, words=(), max_per_minute=10**9
                )
                self.kept[found.event_id] = time.monotonic()
            except StoreUnavailable:
                time.sleep(0.05)


def failover(_: Stage, repeats: int) -> str:
    head = ("failover", "kept/s before", "acknowledged before", "lost of them", "of the last ms", "s without a store")
    table = Table(*head)
    for number in range(1, repeats + 1):
        table.row(number, *_fail_over())
    return table.text


def _fail_over() -> tuple[object, ...]:
    with tempfile.TemporaryDirectory() as folder, Watched(Path(folder)) as watched:
        keepers = Keepers(Store(connect(watched.url, max_connections=KEEPERS)))
        threads = [threading.Thread(target=keepers.run, daemon=True) for _ in range(KEEPERS)]
        for thread in threads:
            thread.start()
        time.sleep(BEFORE)
        killed_at = time.monotonic()
        watched.master.kill()
        deadline = killed_at + 60
        while max(keepers.kept.values()) < killed_at + 0.5 and time.monotonic() < deadline:
            time.sleep(0.01)
        back_at = min((moment for moment in keepers.kept.values() if moment > killed_at + 0.5), default=deadline)
        time.sleep(AFTER)
        keepers.over.set()
        for thread in threads:
            thread.join(10)
        before = {id_: moment for id_, moment in keepers.kept.items() if moment < killed_at + 0.5}
        there = watched.replica.admin
        lost = [moment for id_, moment in before.items() if not there.exists(keys.EVENT + id_)]
        last = max(before.values())
        window = (last - min(lost)) * 1000 if lost else 0.0
        return len(before) / BEFORE, len(before), len(lost), window, back_at - last
