"""How long deliveries take from the moment their webhook was accepted until JustClick had them: counts by bounds."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping

from relay import keys
from relay.models import Attempt, Delivery
from relay.store.scripts import Command

BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600, 86400)  # seconds
SUM = "ms"


def commands(delivery: Delivery, attempt: Attempt | None) -> Iterator[Command]:
    """What is counted when a delivery arrives."""
    if attempt is None:
        return
    took_ms = max(0, attempt.started_at + (attempt.duration_ms or 0) - delivery.created_at)
    yield ["HINCRBY", keys.TOOK, str(bisect_left(BOUNDS, took_ms / 1000)), 1]
    yield ["HINCRBY", keys.TOOK, SUM, took_ms]


def buckets(counted: Mapping[str, int]) -> tuple[list[tuple[str, float]], float]:
    """As Prometheus wants them: each bound with how many took no longer, then the sum of all in seconds."""
    so_far, found = 0, []
    for place, bound in enumerate((*map(str, BOUNDS), "+Inf")):
        so_far += counted.get(str(place), 0)
        found.append((bound, float(so_far)))
    return found, counted.get(SUM, 0) / 1000
