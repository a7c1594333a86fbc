"""Finds ids: which index leads to what a filter asks for, and the walk along it, which happens inside the store.

Costs the same with a million records as with a thousand: a walk looks at a bounded number and then hands out a cursor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from relay import keys, words
from relay.lifecycle import State
from relay.models import Delivery
from relay.store import codec
from relay.store.ledger import Ledger, available

MOST_LOOKED_AT = 1000  # ids in one walk, half a millisecond of the store; a page may be short and go on all the same
MOST_WALKS = 10  # of one count: some 15 ms
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


@dataclass(frozen=True, slots=True)
class Count:
    number: int
    exact: bool = True  # False: at least so many

    def __str__(self) -> str:
        return str(self.number) if self.exact else f"at least {self.number}"


class Finding(Ledger):
    def delivery_ids(self, wanted: DeliveryFilter, cursor: str | None = None, limit: int = 50) -> Found:
        """Newest first."""
        if wanted.q and wanted.q.startswith(("evt_", "dlv_")):
            return Found([one.id for one in self.brief(self._named(wanted.q)) if wanted.matches(one)])
        return self._walk(self._smallest_first(list(_indexes_of(wanted))), "dlv_", cursor, limit, _unindexed(wanted))

    def count_dead(self, wanted: DeliveryFilter) -> Count:
        """Of the dead letters. Exact, but for ``q``: that as far as a bounded number of looks leads."""
        wanted = replace(wanted, state=State.DEAD.value)
        if not wanted.q and (counted := self._dead_counts()) is not None:
            wants = (wanted.hook, wanted.function, wanted.code, wanted.account)
            return Count(sum(number for kind, number in counted if _is_of(kind, wants)))
        number, cursor = 0, None
        for _ in range(MOST_WALKS):
            found = self.delivery_ids(wanted, cursor, MOST_LOOKED_AT)
            number, cursor = number + len(found.ids), found.next
            if cursor is None:
                return Count(number)
        return Count(number, exact=False)

    def _dead_counts(self) -> list[tuple[list[Any], int]] | None:
        """By hook, function, code and account. None where they do not add up: an older version has not counted."""
        with available():
            pipeline = self.redis.pipeline(transaction=True)  # of one moment
            pipeline.zcard(keys.in_state(State.DEAD))
            pipeline.hgetall(keys.DEAD_COUNTS)
            dead, counted = pipeline.execute()
        counts = [(codec.from_json(kind), int(number)) for kind, number in counted.items()]
        return counts if sum(number for _, number in counts) == dead else None

    def maker_of(self, delivery: Delivery, bill_id: str) -> str | None:
        """Another delivery of the same account and function that has brought the order with this number."""
        wanted = DeliveryFilter(State.DELIVERED, function=delivery.function, account=delivery.account, q=bill_id)
        others = self.brief([id_ for id_ in self.delivery_ids(wanted).ids if id_ != delivery.id])
        numbers = {one.id: one.result.get("bill_id") for one in others if isinstance(one.result, Mapping)}
        return next((id_ for id_, number in numbers.items() if str(number) == bill_id), None)

    def event_ids(self, hook: str | None, q: str | None, cursor: str | None = None, limit: int = 50) -> Found:
        """Newest first; ``q`` is no id."""
        indexes = [*([keys.find(words.sought(q))] if q else []), *([keys.events_of(hook)] if hook else [])]
        return self._walk(indexes or [keys.EVENTS], "evt_", cursor, limit, {})

    def _named(self, id_: str) -> Sequence[str]:
        if id_.startswith("dlv_"):
            return [id_]
        with available():
            return (self.redis.hget(keys.EVENT + id_, "deliveries") or b"").decode().split()

    def _smallest_first(self, indexes: list[str]) -> list[str]:
        """The walk goes along the first and asks the others: the smaller, the sooner it comes to its end."""
        if len(indexes) < 2:
            return indexes or [keys.ALL]
        with available():
            pipeline = self.redis.pipeline(transaction=False)
            for index in indexes:
                pipeline.zcard(index)
            return [index for _, index in sorted(zip(pipeline.execute(), indexes, strict=True))]

    def _walk(
        self, indexes: Sequence[str], prefix: str, cursor: str | None, limit: int, fields: Mapping[str, str]
    ) -> Found:
        begin = f"({cursor}" if cursor else f"[{prefix}~"
        conditions = [part for pair in fields.items() for part in pair]
        with available():
            following, *found = self.scripts.walk(
                keys=indexes, args=[begin, f"[{prefix}", limit, MOST_LOOKED_AT, RECORDS[prefix], *conditions]
            )
        return Found([id_.decode() for id_ in found], following.decode() or None)


def _is_of(kind: Sequence[Any], wants: Sequence[Any]) -> bool:
    return all(want is None or want == one for one, want in zip(kind, wants, strict=True))


def _indexes_of(wanted: DeliveryFilter) -> Iterator[str]:
    """Indexes in all of which a delivery stands when, and only when, it matches what has an index."""
    narrow = {"hook": wanted.hook, "function": wanted.function, "code": wanted.code}
    given = [(kind, value) for kind, value in narrow.items() if value is not None]
    if wanted.q:
        yield keys.find(words.sought(wanted.q))
    if wanted.state == State.DEAD and given:
        for kind, value in given:
            yield keys.dead_of(kind, value)
        return
    if wanted.state:
        yield keys.in_state(wanted.state)
    if wanted.hook:
        yield keys.of_hook(wanted.hook)
    if wanted.function:
        yield keys.of_function(wanted.function)
    if wanted.code:
        yield keys.of_code(wanted.code)


def _unindexed(wanted: DeliveryFilter) -> dict[str, str]:
    """What only the record itself tells: its account, and the code 0, which nearly all have."""
    found = {"account": wanted.account} if wanted.account else {}
    return found | ({"code": "0"} if wanted.code == 0 and wanted.state != State.DEAD else {})
