"""Calls that may have been made already: how long they are left alone, and the look at JustClick before another try."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from relay.justclick.lookup import Absent, Found, look_up
from relay.models import Delivery
from relay.outcomes import Accepted, Outcome, Refused, Unreached
from relay.store import Claim, Move, orphaned
from workers.parts import WorkerParts

FRESH = 3.0  # seconds in which nobody can have taken a claim away (see BEATS_MISSED, ROUNDS_UNKNOWN in sweeper.py)


@dataclass(frozen=True, slots=True)
class _PacedClient:
    """The account's client, at the account's pace: the claim has reserved a moment for the call itself only."""

    delivery: Delivery
    parts: WorkerParts

    def send(self, function: str, params: Mapping[str, Any]) -> Outcome:
        account = self.delivery.account
        time.sleep(self.parts.store.reserve_call(self.parts.configuration.accounts[account]))
        return self.parts.clients[account].send(function, params)


def rest_after_restart(claim: Claim, parts: WorkerParts) -> Move | None:
    """Where the store may have forgotten an older claim of this call: it is not touched until that one must have ended.

    Whoever made it may not know yet that it was forgotten, and may begin as long as the claim is fresh.
    """
    forgotten, rest = claim.links.get("forgotten"), parts.rest(claim.delivery)
    if not forgotten or not rest:
        return None
    now = parts.store.now_ms()
    left = min(forgotten - now, 0) / 1000 + FRESH + rest
    if left <= 0:
        return None
    return orphaned(
        claim.delivery, "Redis was started anew, and may have forgotten that this call was open.", now, left
    )


def look_for_lost_call(delivery: Delivery, params: Mapping[str, Any], parts: WorkerParts) -> Outcome | None:
    """What has become of the call; None when it was not made. Raises StoreUnavailable."""
    seen = look_up(_PacedClient(delivery, parts), delivery.function, params, delivery.doubtful_since or 0)
    match seen:
        case Absent():
            return None
        case Unreached() | Refused():
            return seen
        case Found() if other := _maker(delivery, seen, parts):  # somebody may have bought the same twice
            return _uncertain(f"{seen.note} But delivery {other} made that one.")
        case Found():
            return Accepted(0, "", seen.result, note=seen.note)
    return _uncertain(seen.note)


def _maker(delivery: Delivery, seen: Found, parts: WorkerParts) -> str | None:
    bill = seen.result.get("bill_id") if isinstance(seen.result, Mapping) else None
    return parts.store.maker_of(delivery, str(bill)) if bill else None


def _uncertain(note: str) -> Unreached:
    return Unreached("uncertain", note, may_have_arrived=True, permanent=True)
