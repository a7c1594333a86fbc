"""Our own reasons in words: what a slug in a log, a counter, a JSON answer or on the page means and what to do.

JustClick's codes have their own table (:mod:`relay.justclick.codes`). Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from relay.reasons import of_deliveries, of_webhooks

__all__ = ["REASONS", "Explanation", "explain"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """``meaning`` and ``advice`` by language: en, ru."""

    reason: str
    meaning: Mapping[str, str]
    advice: Mapping[str, str]
    known: bool = True


def explain(reason: str) -> Explanation:
    """Never raises: a slug that nobody wrote down says so (``known`` is False)."""
    row = _ROWS.get(reason)
    if row is None:
        return _explanation(
            reason, (f"The reason is called {reason}.", _LOOK[0], f"Причина: {reason}.", _LOOK[1]), False
        )
    return _explanation(reason, row)


def _explanation(reason: str, row: tuple[str, str, str, str], known: bool = True) -> Explanation:
    return Explanation(reason, {"en": row[0], "ru": row[2]}, {"en": row[1], "ru": row[3]}, known)


_LOOK = (
    "Look at the details below it, or at the log of the relay.",
    "Посмотрите подробности ниже или журнал relay.",
)

_ROWS = {**of_deliveries.ROWS, **of_webhooks.ROWS}

REASONS: tuple[str, ...] = tuple(_ROWS)
