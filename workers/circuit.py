"""Notices that an account's JustClick cannot be reached at all, so that waiting deliveries do not burn their tries.

Counts in this process only: what every worker sees by itself needs no common memory. The gate that follows is common.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from relay.outcomes import Outcome, Unreached

FAILURES_IN_A_ROW = 10  # of one account, in one process, before its gate is closed
FIRST_REST, LONGEST_REST = 15.0, 300.0  # seconds until the next probe


@dataclass(slots=True)
class Circuit:
    failures: Counter[str] = field(default_factory=Counter)

    def breaks(self, account: str, outcome: Outcome) -> bool:
        """Notes an outcome; True when the account is to be taken for unreachable."""
        if not isinstance(outcome, Unreached):
            self.failures.pop(account, None)
            return False
        if outcome.permanent:  # it says something about this one call
            return False
        self.failures[account] += 1
        return self.failures[account] >= FAILURES_IN_A_ROW


def rest_after(closed_for: float) -> float:
    """Seconds until the next probe of a gate that has been closed for so many: half as long again, within bounds."""
    return min(max(FIRST_REST, closed_for / 2), LONGEST_REST)
