"""What the store forgets, and when: ended deliveries, events without any, and the bodies of both, each after its term.

Never touches what is on its way. Any number of processes may run it, and each may be killed at any step: a removal is
one guarded script that takes a record with all its index entries, and an event goes after its deliveries, so that
whatever is left can still be found from the index of events.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from relay import ids, keys
from relay.lifecycle import ENDED, State
from relay.models import Delivery
from relay.store.commands import dead_indexes
from relay.store.ledger import Ledger, available
from relay.store.scripts import Command, packed

A_SLICE = 200  # events that one step looks at
DAY_MS = 86_400_000
FOR_EVER = 10**15  # ms
DONE_WITH = frozenset({State.DELIVERED, State.DISCARDED})  # a dead letter may still be mapped again


@dataclass(frozen=True, slots=True)
class Terms:
    """Milliseconds: deliveries are kept so long after they ended, bodies and events without a call since they came."""

    delivered: int  # and discarded
    dead: int
    bodies: int

    @classmethod
    def of_days(cls, delivered: float, dead: float, bodies: float) -> Terms:
        return cls(*(int(days * DAY_MS) for days in (delivered, dead, bodies)))

    def over(self, delivery: Delivery, now: int) -> bool:
        term = self.dead if delivery.state == State.DEAD else self.delivered
        return delivery.state in ENDED and delivery.updated_at <= now - term


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What one step removed; ``cursor`` is the last event that it looked at, None when it came to the end."""

    cursor: str | None
    deliveries: int = 0
    events: int = 0
    bodies: int = 0

    def __bool__(self) -> bool:
        return bool(self.deliveries or self.events or self.bodies)


@dataclass(frozen=True, slots=True)
class _Trace:
    """Of an event, what retention needs to find all that belongs to it."""

    id: str
    hook: str
    deliveries: tuple[str, ...]
    words: tuple[str, ...]
    has_body: bool


class Retention(Ledger):
    def forget(self, terms: Terms, after: str = "", most: int = A_SLICE) -> Forgotten:
        """One slice of what is over its term, the oldest first, from the event behind ``after`` on."""
        now = self.now_ms()
        looked_at = self._oldest(after, now - min(terms.delivered, terms.dead, terms.bodies), most)
        traces = self._traces(looked_at)
        standing = {one.id: one for one in self.brief([id_ for trace in traces for id_ in trace.deliveries])}
        with available():
            pipeline = self.redis.pipeline(transaction=False)
            kinds = [kind for trace in traces for kind in self._remove(trace, standing, terms, now, pipeline)]
            removed = [kind for kind, gone in zip(kinds, pipeline.execute(), strict=True) if gone]
        counts = {kind: removed.count(kind) for kind in ("deliveries", "events", "bodies")}
        return Forgotten(looked_at[-1] if len(looked_at) == most else None, **counts)

    def strip_delivered(self, after: str = "", most: int = A_SLICE) -> Forgotten:
        """Removes the bodies of events whose calls are all done with, whatever their age: one slice, oldest first."""
        looked_at = self._oldest(after, self.now_ms(), most)
        with available():
            pipeline = self.redis.pipeline(transaction=False)
            for id_ in looked_at:
                self._strip(id_, DONE_WITH, pipeline)
            stripped = sum(pipeline.execute())
        return Forgotten(looked_at[-1] if len(looked_at) == most else None, bodies=stripped)

    def forget_delivered(self, after: str = "", most: int = A_SLICE) -> Forgotten:
        """Removes events with all their calls when these are done with, whatever their age: one slice, oldest first."""
        return self.forget(Terms(0, FOR_EVER, FOR_EVER), after, most)

    def _oldest(self, after: str, until_ms: int, most: int) -> list[str]:
        newest = ids.new_id("evt", max(until_ms, 0) + 1)[:14]  # the letters of the millisecond behind the last one
        with available():
            start = f"({after}" if after else "-"
            found = self.redis.zrange(keys.EVENTS, start, f"({newest}", bylex=True, offset=0, num=most)
        return [id_.decode() for id_ in found]

    def _traces(self, event_ids: Sequence[str]) -> list[_Trace]:
        with available():
            pipeline = self.redis.pipeline(transaction=False)
            for id_ in event_ids:
                names = ("hook", "deliveries", "words", "fetched_words", "body_removed")
                pipeline.hmget(keys.EVENT + id_, names)
            answers = pipeline.execute()
        return [_trace(id_, *answer) for id_, answer in zip(event_ids, answers, strict=True)]

    def _remove(
        self, trace: _Trace, standing: Mapping[str, Delivery], terms: Terms, now: int, pipeline: Any
    ) -> Iterator[str]:
        """Puts the removals of one event into the pipeline and names what each removes."""
        own = [standing[id_] for id_ in trace.deliveries if id_ in standing]
        over = [one for one in own if terms.over(one, now)]
        for one in over:
            args: list[str | int | bytes] = [one.state, one.updated_at, packed(_delivery_removals(one, trace.words))]
            self.scripts.forget_delivery(keys=[keys.DELIVERY + one.id], args=args, client=pipeline)
            yield "deliveries"
        age = now - ids.moment_of(trace.id)
        if len(over) == len(own) and (own or age >= terms.delivered):
            removals = packed(_event_removals(trace))
            self.scripts.forget_event(keys=[keys.EVENT + trace.id], args=[removals], client=pipeline)
            yield "events"
        elif trace.has_body and age >= terms.bodies:
            self._strip(trace.id, ENDED, pipeline)
            yield "bodies"

    def _strip(self, event_id: str, states: frozenset[State], pipeline: Any) -> None:
        allowed = "," + ",".join(sorted(states)) + ","
        self.scripts.strip(keys=[keys.EVENT + event_id], args=[allowed], client=pipeline)


def _trace(id_: str, *seen: bytes | None) -> _Trace:
    hook, deliveries, words, fetched_words, body_removed = seen
    found = [*json.loads(words or b"[]"), *json.loads(fetched_words or b"[]")]
    return _Trace(
        id_, (hook or b"").decode(), tuple((deliveries or b"").decode().split()), tuple(found), body_removed is None
    )


def _event_removals(trace: _Trace) -> Iterator[Command]:
    for index in (keys.EVENTS, keys.events_of(trace.hook), *map(keys.find, trace.words)):
        yield ["ZREM", index, trace.id]
    yield ["DEL", keys.EVENT + trace.id]


def _delivery_removals(delivery: Delivery, words: Sequence[str]) -> Iterator[Command]:
    of_kind = (keys.of_hook(delivery.hook), keys.of_function(delivery.function))
    found = [*words, *_numbers(delivery)]
    for index in (keys.ALL, keys.in_state(delivery.state), *of_kind, *map(keys.find, found)):
        yield ["ZREM", index, delivery.id]
    if delivery.code:
        yield ["ZREM", keys.of_code(delivery.code), delivery.id]
    if delivery.state == State.DEAD:
        yield from dead_indexes(delivery, delivery.code, gone=True)
    yield ["DEL", keys.DELIVERY + delivery.id, keys.JOB + delivery.id]


def _numbers(delivery: Delivery) -> list[str]:
    """The number of the order that it made: it can be found by that too."""
    bill = delivery.result.get("bill_id") if isinstance(delivery.result, Mapping) else None
    return [str(bill)] if bill else []
