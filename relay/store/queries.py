"""The reading half of the store: what the page, the API and the command line ask. Never writes.

Every answer costs the same with a million events as with ten: it comes from an index and a bounded number of records.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from relay import ids, keys, words
from relay.lifecycle import State
from relay.models import Delivery, Event
from relay.store import codec
from relay.store.ledger import Ledger, available

Record = TypeVar("Record", Event, Delivery)

MOST_LOOKED_AT = 2000  # records that one page of a list may look at before it hands out a cursor


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """All that is given must match. ``q`` is an e-mail, a phone, an order number or an id."""

    state: str | None = None
    hook: str | None = None
    function: str | None = None
    code: int | None = None
    account: str | None = None
    q: str | None = None

    def matches(self, delivery: Delivery) -> bool:
        names = ("state", "hook", "function", "code", "account")
        return all(getattr(self, name) in (None, getattr(delivery, name)) for name in names)


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


class Queries(Ledger):
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
        portions = self._ids_named(wanted.q, "dlv_") or self._walk(self._index_for(wanted), "dlv_", cursor, limit + 1)
        return self._page(portions, self._read_deliveries, wanted.matches, limit)

    def events(
        self, hook: str | None = None, q: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> Page[Event]:
        """Newest first."""
        index = keys.find(words.sought(q)) if q else keys.events_of(hook) if hook else keys.EVENTS
        portions = self._ids_named(q, "evt_") or self._walk(index, "evt_", cursor, limit + 1)
        return self._page(portions, self._read_events, lambda one: hook in (None, one.hook), limit)

    def _ids_named(self, q: str | None, prefix: str) -> list[list[str]] | None:
        """When somebody looks for an id: the event's deliveries, the delivery's event, or itself."""
        if not q or not q.startswith(("evt_", "dlv_")):
            return None
        if q.startswith(prefix):
            return [[q]]
        if prefix == "dlv_":
            event = self.event(q)
            return [list(event.deliveries)] if event else [[]]
        delivery = self.delivery(q)
        return [[delivery.event_id]] if delivery else [[]]

    def _index_for(self, wanted: DeliveryFilter) -> str:
        """The index that leads to the fewest records which then do not match."""
        if wanted.q:
            return keys.find(words.sought(wanted.q))
        dead = wanted.state == State.DEAD
        narrow = [("code", wanted.code), ("function", wanted.function), ("hook", wanted.hook)]
        candidates = [keys.dead_of(kind, value) for kind, value in narrow if dead and value is not None]
        if not candidates:
            candidates = [
                *([keys.in_state(wanted.state)] if wanted.state else []),
                *([keys.of_hook(wanted.hook)] if wanted.hook else []),
                *([keys.of_function(wanted.function)] if wanted.function else []),
                *([keys.dead_of("code", wanted.code)] if wanted.code is not None and not wanted.state else []),
            ]
        if len(candidates) <= 1:
            return candidates[0] if candidates else keys.ALL
        with available():
            pipeline = self.redis.pipeline(transaction=False)
            for index in candidates:
                pipeline.zcard(index)
            sizes = pipeline.execute()
        return min(zip(sizes, candidates, strict=True))[1]

    def _walk(self, index: str, prefix: str, cursor: str | None, first: int) -> Iterable[list[str]]:
        """The ids of an index from the newest on, in portions; mostly the ``first`` of them are enough."""
        newest = f"({cursor}" if cursor else f"[{prefix}~"
        portion = first
        while True:
            with available():
                found = self.redis.zrange(index, newest, f"[{prefix}", desc=True, bylex=True, offset=0, num=portion)
            if not found:
                return
            yield [id_.decode() for id_ in found]
            newest, portion = f"({found[-1].decode()}", 500

    def _page(
        self,
        portions: Iterable[list[str]],
        read: Callable[[Sequence[str]], list[Record]],
        matches: Callable[[Record], bool],
        limit: int,
    ) -> Page[Record]:
        items: list[Record] = []
        looked_at = 0
        for portion in portions:
            for record in read(portion):
                if matches(record):
                    if len(items) == limit:
                        return Page(items, items[-1].id)
                    items.append(record)
            looked_at += len(portion)
            if looked_at >= MOST_LOOKED_AT:
                return Page(items, portion[-1] if len(items) < limit else items[-1].id)
        return Page(items)

    def _read_deliveries(self, ids_: Sequence[str]) -> list[Delivery]:
        with available():
            pipeline = self.redis.pipeline(transaction=False)
            for id_ in ids_:
                pipeline.hgetall(keys.DELIVERY + id_)
            found = pipeline.execute()
        return [codec.read_delivery(id_, raw) for id_, raw in zip(ids_, found, strict=True) if raw]

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
            said = self.redis.info("everything")
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
