"""The reading half of the store: what the page, the API and the command line ask. Never writes.

Every answer costs the same with a million events as with ten: it comes from an index and a bounded number of records.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from relay import ids, keys
from relay.lifecycle import State
from relay.models import Delivery, Event
from relay.store import codec
from relay.store.finding import DeliveryFilter, Finding
from relay.store.ledger import available

Record = TypeVar("Record", Event, Delivery)


@dataclass(frozen=True, slots=True)
class Page(Generic[Record]):
    """``next`` is the cursor of what follows; None: this is the end. A page may be short and still have a next one."""

    items: list[Record]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    name: str
    host: str
    pid: int
    seen_seconds_ago: float
    in_flight: int
    slots: int


@dataclass(frozen=True, slots=True)
class Health:
    """What the store says of itself; ``warnings`` are slugs: not-persistent, may-evict, nearly-full."""

    version: str
    used_bytes: int
    limit_bytes: int  # 0: none
    persistent: bool
    policy: str
    warnings: tuple[str, ...] = field(default=())


class Queries(Finding):
    # ------------------------------------------------------------ one
    def event(self, event_id: str) -> Event | None:
        with available():
            raw = self.redis.hgetall(keys.EVENT + event_id)
        return codec.read_event(event_id, raw) if raw else None

    def delivery(self, delivery_id: str) -> Delivery | None:
        with available():
            raw = self.redis.hgetall(keys.DELIVERY + delivery_id)
        return codec.read_delivery(delivery_id, raw) if raw else None

    # ------------------------------------------------------------ many
    def deliveries(self, wanted: DeliveryFilter, cursor: str | None = None, limit: int = 50) -> Page[Delivery]:
        """Newest first."""
        found = self.delivery_ids(wanted, cursor, limit)
        return Page(self.brief(found.ids), found.next)

    def events(
        self, hook: str | None = None, q: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> Page[Event]:
        """Newest first."""
        if q and q.startswith(("evt_", "dlv_")):
            named = self._event_named(q)
            return Page([named] if named and hook in (None, named.hook) else [])
        found = self.event_ids(hook, q, cursor, limit)
        return Page(self._read_events(found.ids), found.next)

    def _event_named(self, id_: str) -> Event | None:
        if id_.startswith("evt_"):
            return self.event(id_)
        delivery = self.delivery(id_)
        return self.event(delivery.event_id) if delivery else None

    def _read_events(self, ids_: Sequence[str]) -> list[Event]:
        with available():
            pipeline = self.redis.pipeline(transaction=False)
            for id_ in ids_:
                pipeline.hgetall(keys.EVENT + id_)
            found = pipeline.execute()
        return [codec.read_event(id_, raw) for id_, raw in zip(ids_, found, strict=True) if raw]

    # ------------------------------------------------------------ how things are
    def counts(self) -> dict[str, int]:
        """Deliveries by state, every state named."""
        with available():
            pipeline = self.redis.pipeline(transaction=False)
            for state in State:
                pipeline.zcard(keys.in_state(state))
            return {state.value: count for state, count in zip(State, pipeline.execute(), strict=True)}

    def oldest(self, states: Iterable[str] = (State.QUEUED, State.RETRYING, State.SENDING)) -> int | None:
        """When the oldest delivery that is still on its way came in (ms since 1970)."""
        with available():
            pipeline = self.redis.pipeline(transaction=False)
            for state in states:
                pipeline.zrange(keys.in_state(state), 0, 0)
            firsts = [found[0].decode() for found in pipeline.execute() if found]
        return min(map(ids.moment_of, firsts), default=None)

    def totals(self) -> dict[str, int]:
        """The counters, as ``accepted:<hook>``, ``refused:<hook>:<reason>``, ``delivered``, ``dead:<code>``."""
        with available():
            return {name.decode(): int(value) for name, value in self.redis.hgetall(keys.COUNTS).items()}

    def took(self) -> dict[str, int]:
        """Deliveries by how long they took (see took.py)."""
        with available():
            return {name.decode(): int(value) for name, value in self.redis.hgetall(keys.TOOK).items()}

    def workers(self) -> list[Worker]:
        with available():
            beats = self.redis.hgetall(keys.BEATS)
            now = self.now_ms()
        found = []
        for name, text in beats.items():
            beat = json.loads(text)
            seen = max(0.0, (now - beat["at"]) / 1000)
            found.append(Worker(name.decode(), beat["host"], beat["pid"], seen, beat["in_flight"], beat["slots"]))
        return sorted(found, key=lambda worker: worker.name)

    def heartbeats(self) -> dict[str, float]:
        """Periodic tasks by how many seconds ago they ran."""
        with available():
            now = self.now_ms()
            beats = self.redis.hgetall(keys.HEARTBEATS)
        return {name.decode(): max(0.0, (now - int(at)) / 1000) for name, at in beats.items()}

    def health(self) -> Health:
        with available():
            said = self.redis.info()
        limit, used = int(said.get("maxmemory", 0)), int(said.get("used_memory", 0))
        policy = str(said.get("maxmemory_policy", "noeviction"))
        persistent = bool(int(said.get("aof_enabled", 0))) or self._saves_snapshots()
        warnings = [
            *([] if persistent else ["not-persistent"]),
            *(["may-evict"] if policy != "noeviction" else []),
            *(["nearly-full"] if limit and used > 0.85 * limit else []),
        ]
        return Health(str(said.get("redis_version", "?")), used, limit, persistent, policy, tuple(warnings))

    def _saves_snapshots(self) -> bool:
        """Hosted stores often forbid CONFIG; then a snapshot that was ever made speaks for them."""
        try:
            return bool(self.redis.config_get("save").get("save"))
        except Exception:
            return True
