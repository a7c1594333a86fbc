"""What the status page, the API and the probes ask of the store at one glance: bounded, in few round trips.

Counts of the last day come from the indexes themselves: identifiers sort by time. Writes only the mark of /readyz and
the count of log-ins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from relay import ids, keys
from relay.errors import StoreFull
from relay.lifecycle import State
from relay.store import Store, codec
from relay.store.ledger import available
from relay.store.refusals import RefusalRecord

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Day:
    """What came in within the last 24 hours."""

    events: int
    deliveries: int
    delivered: int  # of these deliveries


@dataclass(frozen=True, slots=True)
class HookGlance:
    events_of_day: int
    last_event_at: int | None  # ms since 1970
    last_refusal: RefusalRecord | None


def last_day(store: Store, now: int) -> Day:
    with available():
        pipeline = store.redis.pipeline(transaction=False)
        pipeline.zlexcount(keys.EVENTS, *_since("evt", now - DAY_MS))
        pipeline.zlexcount(keys.ALL, *_since("dlv", now - DAY_MS))
        pipeline.zlexcount(keys.in_state(State.DELIVERED), *_since("dlv", now - DAY_MS))
        return Day(*map(int, pipeline.execute()))


def hooks_at_a_glance(store: Store, names: Iterable[str], now: int) -> dict[str, HookGlance]:
    names = list(names)
    with available():
        pipeline = store.redis.pipeline(transaction=False)
        for name in names:
            pipeline.zlexcount(keys.events_of(name), *_since("evt", now - DAY_MS))
            pipeline.zrange(keys.events_of(name), -1, -1)
            pipeline.lindex(keys.REFUSALS + name, 0)
        answers = pipeline.execute()
    return {
        name: HookGlance(
            int(count),
            ids.moment_of(newest[0].decode()) if newest else None,
            codec.read_record(RefusalRecord, refusal) if refusal else None,
        )
        for name, count, newest, refusal in zip(names, answers[::3], answers[1::3], answers[2::3], strict=True)
    }


def dead_by_code(store: Store, totals: Mapping[str, int]) -> dict[int, int]:
    """How many dead letters there are of each code of JustClick; ``totals`` name the codes that have ever come."""
    codes = [int(name[5:]) for name in totals if name.startswith("dead:") and name[5:].isdigit()]
    with available():
        pipeline = store.redis.pipeline(transaction=False)
        for code in codes:
            pipeline.zcard(keys.dead_of("code", code))
        found = dict(zip(codes, pipeline.execute(), strict=True))
    return {code: count for code, count in sorted(found.items(), key=lambda pair: -pair[1]) if count}


def held_counts(store: Store, gates: Iterable[str]) -> dict[str, int]:
    gates = list(gates)
    with available():
        pipeline = store.redis.pipeline(transaction=False)
        for name in gates:
            pipeline.zcard(keys.HELD + name)
        return dict(zip(gates, pipeline.execute(), strict=True))


def check_writable(store: Store) -> None:
    """Writes a mark, as an intake would write. Raises StoreUnavailable when the store is away or read-only, and
    StoreFull when intake takes nothing.
    """
    with available():
        store.redis.set(keys.WRITABLE, store.now_ms(), ex=60)
    store.check_room()


def has_room(store: Store) -> bool:
    """Whether intake takes anything now; what is on its way always has its reserve."""
    try:
        store.check_room()
    except StoreFull:
        return False
    return True


def count_login(store: Store, address: str) -> int:
    """How many log-ins this address has tried within this minute, this one included."""
    key = keys.allowance(f"login:{address}")
    with available():
        pipeline = store.redis.pipeline(transaction=True)
        pipeline.incr(key)
        pipeline.expire(key, 120)
        return int(pipeline.execute()[0])


def _since(prefix: str, moment: int) -> tuple[str, str]:
    """The range of identifiers made since then: the first ten letters behind the prefix are the milliseconds."""
    return f"[{ids.new_id(prefix, moment)[: len(prefix) + 11]}", f"[{prefix}_~"
