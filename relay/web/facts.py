"""How things are, gathered once for the overview, the API's status and the metrics. Only reads, in a fixed number of
round trips, whatever the store holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from relay.lifecycle import State
from relay.parts import Parts
from relay.store import Gate, Health, Worker, glances
from relay.store.glances import Day, HookGlance

ALIVE_SECONDS = 15.0  # a worker tells every second that it lives; silent for 20, the others bury it
SILENT_SECONDS = 30.0  # a periodic task, which runs every second, is told when it has not run for so long


@dataclass(frozen=True, slots=True)
class Facts:
    now: int  # ms since 1970, by the store's clock
    counts: Mapping[str, int]  # deliveries by state
    oldest_at: int | None  # when the oldest delivery that is still on its way came in
    workers: tuple[Worker, ...]  # those that are alive
    lost: tuple[Worker, ...]  # those that have gone silent and are not buried yet
    silent: Mapping[str, float]  # periodic tasks that should have run: seconds since they did
    heartbeats: Mapping[str, float]
    gates: Mapping[str, Gate]
    held: Mapping[str, int]  # by gate
    totals: Mapping[str, int]
    dead_codes: Mapping[int, int]
    day: Day
    hooks: Mapping[str, HookGlance]
    health: Health
    has_room: bool  # whether intake takes anything now

    @property
    def on_the_way(self) -> int:
        return self.counts[State.QUEUED] + self.counts[State.SENDING]

    @property
    def oldest_seconds(self) -> float | None:
        return max(0.0, (self.now - self.oldest_at) / 1000) if self.oldest_at is not None else None

    @property
    def memory_share(self) -> float | None:
        """Of the store's limit; None when it has none."""
        return self.health.used_bytes / self.health.limit_bytes if self.health.limit_bytes else None

    def refused(self, hook: str) -> int:
        return sum(count for name, count in self.totals.items() if name.startswith(f"refused:{hook}:"))

    def accepted(self, hook: str) -> int:
        return self.totals.get(f"accepted:{hook}", 0)


def gather(parts: Parts) -> Facts:
    """Raises StoreUnavailable."""
    store = parts.store
    now, totals, gates, heartbeats = store.now_ms(), store.totals(), store.gates(), store.heartbeats()
    workers = store.workers()
    return Facts(
        now=now,
        counts=store.counts(),
        oldest_at=store.oldest(),
        workers=tuple(one for one in workers if one.seen_seconds_ago < ALIVE_SECONDS),
        lost=tuple(one for one in workers if one.seen_seconds_ago >= ALIVE_SECONDS),
        silent={task: ago for task, ago in heartbeats.items() if ago > SILENT_SECONDS},
        heartbeats=heartbeats,
        gates=gates,
        held=glances.held_counts(store, gates),
        totals=totals,
        dead_codes=glances.dead_by_code(store, totals),
        day=glances.last_day(store, now),
        hooks=glances.hooks_at_a_glance(store, parts.configuration.hooks, now),
        health=store.health(),
        has_room=glances.has_room(store),
    )
