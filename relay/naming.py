"""The names that expressions find: a reading, its hook, the tables of the configuration. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relay.expressions.filters import COUNTRY
from relay.expressions.members import Headers, Results
from relay.models import Hook, Reading


def names_of(
    reading: Reading, hook: Hook, tables: Mapping[str, Mapping[str, Any]], now: float, **more: Any
) -> dict[str, Any]:
    """``now`` is in unix seconds; it is whole in expressions."""
    return {
        "contact": reading.contact,
        "order": reading.order,
        "event_type": reading.event_type,
        "test": reading.test,
        "event_id": reading.event_id,
        "body": reading.body,
        "query": reading.query,
        "headers": Headers(reading.headers),
        "hook": hook.name,
        "provider": hook.provider,
        "now": int(now),
        "tables": tables,
        "results": Results(),
        COUNTRY: hook.country,
        **more,
    }
