"""The only room in which Redis keys are read and written.

Writing: :mod:`ledger` (keep, claim, move). Reading: :mod:`queries`. Beside them gates, sweeps, refusals, retention.
"""

from __future__ import annotations

from redis import Redis

from relay.store.bulks import Bulks
from relay.store.commands import Fetched, Move
from relay.store.finding import Count, DeliveryFilter
from relay.store.gates import OPERATOR, Gate
from relay.store.ledger import Claim, Kept
from relay.store.queries import Health, Page, Queries, Worker
from relay.store.rebuilding import Rebuilding
from relay.store.refusals import RefusalRecord, Refusals
from relay.store.retention import Forgotten, Retention, Terms
from relay.store.room import Memory
from relay.store.scripts import Scripts
from relay.store.sweeps import Sweeps, orphaned

__all__ = [
    "OPERATOR",
    "Claim",
    "Count",
    "DeliveryFilter",
    "Fetched",
    "Forgotten",
    "Gate",
    "Health",
    "Kept",
    "Memory",
    "Move",
    "Page",
    "RefusalRecord",
    "Store",
    "Terms",
    "Worker",
    "orphaned",
]


class Store(Queries, Sweeps, Rebuilding, Refusals, Bulks, Retention):
    """All that the relay remembers. Every method raises StoreUnavailable when Redis is away, full or not writable."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.scripts = Scripts(redis)
