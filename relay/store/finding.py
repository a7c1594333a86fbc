"""Finds ids: which index leads to what a filter asks for, and the walk along it, which happens inside the store.

Costs the same with a million records as with a thousand: a walk looks at a bounded number and then hands out a cursor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from relay import keys, words
from relay.lifecycle import State
from relay.models import Delivery
from relay.store.ledger import Ledger, available

MOST_LOOKED_AT = 2000  # records in one walk, some 3 ms of the store's time; a page may be short and go on all the same
RECORDS = {"dlv_": keys.DELIVERY, "evt_": keys.EVENT}
NAMES = ("state", "hook", "function", "code", "account")


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """All that is given must match. ``q`` is an e-mail, a phone, an order number or an id."""

    state: str | None = None
    hook: str | None = None
    function: str | None = None
    code: int | None = None
    account: str | None = None
    q: str | None = None

    @property
    def conditions(self) -> dict[str, str]:
        """What must stand in a delivery's record."""
        return {name: str(value) for name in NAMES if (value := getattr(self, name)) is not None}

    def matches(self, delivery: Delivery) -> bool:
        return all(str(getattr(delivery, name)) == value for name, value in self.conditions.items())


@dataclass(frozen=True, slots=True)
class Found:
    ids: list[str]
    next: str | None = None  # the cursor of what follows; None: this is all


class Finding(Ledger):
    def delivery_ids(self, wanted: DeliveryFilter, cursor: str | None = None, limit: int = 50) -> Found:
        """Newest first."""
        if wanted.q and wanted.q.startswith(("evt_", "dlv_")):
            return Found([one.id for one in self.brief(self._named(wanted.q)) if wanted.matches(one)])
        index, left = self._way_to(wanted)
        return self._walk(index, "dlv_", cursor, limit, left)

    def event_ids(self, hook: str | None, q: str | None, cursor: str | None = None, limit: int = 50) -> Found:
        """Newest first; ``q`` is no id."""
        if not q:
            return self._walk(keys.events_of(hook) if hook else keys.EVENTS, "evt_", cursor, limit, {})
        wanted = {"hook": hook} if hook else {}
        return self._walk(keys.find(words.sought(q)), "evt_", cursor, limit, wanted)

    def _named(self, id_: str) -> Sequence[str]:
        if id_.startswith("dlv_"):
            return [id_]
        with available():
            return (self.redis.hget(keys.EVENT + id_, "deliveries") or b"").decode().split()

    def _way_to(self, wanted: DeliveryFilter) -> tuple[str, Mapping[str, str]]:
        """The smallest index that holds all that is wanted, and what its members must still be asked for."""
        left = wanted.conditions
        if wanted.q:
            return keys.find(words.sought(wanted.q)), left
        ways = list(_indexes_of(wanted)) or [(keys.ALL, frozenset())]
        with available():
            pipeline = self.redis.pipeline(transaction=False)
            for index, _ in ways:
                pipeline.zcard(index)
            sizes = pipeline.execute() if len(ways) > 1 else [0]
        index, implied = ways[sizes.index(min(sizes))]
        return index, {name: value for name, value in left.items() if name not in implied}

    def _walk(self, index: str, prefix: str, cursor: str | None, limit: int, wanted: Mapping[str, str]) -> Found:
        begin = f"({cursor}" if cursor else f"[{prefix}~"
        conditions = [part for pair in wanted.items() for part in pair]
        with available():
            following, *found = self.scripts.walk(
                keys=[index], args=[begin, f"[{prefix}", limit, MOST_LOOKED_AT, RECORDS[prefix], *conditions]
            )
        return Found([id_.decode() for id_ in found], following.decode() or None)


def _indexes_of(wanted: DeliveryFilter) -> Iterator[tuple[str, frozenset[str]]]:
    """Every index that holds all that is wanted, with the names that its members need not be asked for."""
    for kind, value in (("hook", wanted.hook), ("function", wanted.function), ("code", wanted.code)):
        if wanted.state == State.DEAD and value is not None:
            yield keys.dead_of(kind, value), frozenset({"state", kind})
    if wanted.state:
        yield keys.in_state(wanted.state), frozenset({"state"})
    if wanted.hook:
        yield keys.of_hook(wanted.hook), frozenset({"hook"})
    if wanted.function:
        yield keys.of_function(wanted.function), frozenset({"function"})
    if wanted.code:  # 0 is the code of nearly all and has no index
        yield keys.of_code(wanted.code), frozenset({"code"})
