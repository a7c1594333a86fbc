"""Calls of which nobody can tell whether they were made, and what waits for them: a person decides.

They are no free pass: whoever expects none gets a violation for each, and whoever expects some says why.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.chaos.books import Books
from benchmarks.chaos.sent import Webhook
from benchmarks.chaos.violation import Violation
from relay import keys

# What may be said of those that wait for the number of an uncertain order. Anything else stays a violation.
WAITING = frozenset({"unfinished", "never-made", "left-over"})


@dataclass(frozen=True, slots=True)
class Unsure:
    """``told``: the uncertain deliveries and their notes. ``waits``: what violations of those that wait are about."""

    told: Mapping[str, str]
    waits: frozenset[str]

    def excuses(self, violation: Violation) -> bool:
        return violation.kind in WAITING and violation.about in self.waits

    def unexpected(self, because: str) -> Iterator[Violation]:
        """``because``: words that stand in the note of each that is to be expected; "": none is."""
        for id_, note in self.told.items():
            if not because or because not in note:
                yield Violation("uncertain", id_, f"is left to a person: {note}")


def unsure(books: Books, sent: Sequence[Webhook]) -> Unsure:
    found = {
        id_: delivery
        for id_, delivery in books.deliveries.items()
        if delivery.get("reason") == "uncertain" and delivery["state"] == "dead"
    }
    orders = [delivery for delivery in found.values() if delivery["function"] == "CreateOrder"]
    buyers = {json.loads(order["params"])["bill_email"] for order in orders}
    waits: set[str] = set()
    for one in sent:
        if one.kept and any(each.function == "UpdateOrderStatus" and each.who in buyers for each in one.expected):
            ids = books.events.get(one.kept.event_id, {}).get("deliveries", "").split()
            waiting = [id_ for id_ in ids if books.deliveries.get(id_, {}).get("state") == "waiting"]
            links = [link for id_ in waiting for link in books.deliveries[id_].get("awaits", "").split()]
            if waiting:
                waits |= {
                    f"{one.kind}-{one.number}",
                    *waiting,
                    keys.WAIT_UNTIL,
                    *(keys.WAITERS + link for link in links),
                }
    return Unsure({id_: delivery.get("note", "") for id_, delivery in found.items()}, frozenset(waits))
