"""When what is forgotten: each round a slice of what is over its term, and of the delivered when memory runs short.

Decides nothing about single records (see relay/store/retention.py), and never takes more than a part of a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from config.settings import Settings
from relay.store import Forgotten, Memory, Store, Terms

log = structlog.get_logger()

LONGEST = 0.25  # seconds that one round may spend on making room


@dataclass(slots=True)
class Walk:
    """Goes through the events from the oldest on, a slice at each step; at its end it rests, then begins anew."""

    step: Callable[[str], Forgotten]
    rest: int  # rounds
    cursor: str = ""
    resting: int = 0

    def go_on(self) -> Forgotten:
        found = self.step(self.cursor)
        self.cursor = found.cursor or ""
        if found.cursor is None:
            self.resting = self.rest
        return found


class Forgetting:
    def __init__(self, store: Store, settings: Settings) -> None:
        self.store, self.store_bytes = store, settings.store_bytes
        terms = Terms.of_days(settings.keep_delivered_days, settings.keep_dead_days, settings.keep_bodies_days)
        self.over = Walk(lambda after: store.forget(terms, after), rest=60)
        self.bodies = Walk(store.strip_delivered, rest=60)
        self.delivered = Walk(store.forget_delivered, rest=10)

    def step(self) -> None:
        """One round, a second after the last one. Raises StoreUnavailable."""
        self._make_room()
        if not self.over.resting and (gone := self.over.go_on()):
            log.info("store.forgot", **_told(gone))
        for walk in (self.over, self.bodies, self.delivered):
            walk.resting = max(0, walk.resting - 1)

    def _make_room(self) -> None:
        """In a tight store the bodies of what was delivered go first, then all of it, the oldest before the others."""
        deadline = time.monotonic() + LONGEST
        memory = self.store.measure_room(self.store_bytes)
        while memory.is_tight and time.monotonic() < deadline:
            gone = self._free_a_slice()
            if gone is None:
                return  # the rest is on its way, or dead letters
            memory = self._tell(gone)

    def _free_a_slice(self) -> Forgotten | None:
        walk = next((one for one in (self.bodies, self.delivered) if not one.resting), None)
        return walk.go_on() if walk else None

    def _tell(self, gone: Forgotten) -> Memory:
        memory = self.store.measure_room(self.store_bytes)
        if gone:
            log.warning("store.tight", used=memory.used, limit=memory.limit, **_told(gone))
        return memory


def _told(gone: Forgotten) -> dict[str, int]:
    return {"deliveries": gone.deliveries, "events": gone.events, "bodies": gone.bodies}
