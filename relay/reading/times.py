"""Moments as unix seconds, from the ways in which senders write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

_DAY_FIRST = ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y")
_MILLISECONDS = 100_000_000_000  # as seconds, this is the year 5138


def moment(value: Any, zone: str = "UTC") -> int | None:
    """Unix seconds from ISO 8601, ``dd.mm.yyyy HH:MM:SS``, seconds or milliseconds since 1970.

    ``zone`` is that of a time without one: a name of the IANA tables. ValueError when it cannot be read.
    """
    if value is None or value == "" or isinstance(value, (dict, list, bool)):
        return None
    text = str(value).strip()
    if re.fullmatch(r"\d{9,13}(\.\d+)?", text):
        number = Decimal(text)
        return int(number / 1000 if number > _MILLISECONDS else number)
    found = _read(text)
    return int((found if found.tzinfo else found.replace(tzinfo=_zone(zone))).timestamp())


def _read(text: str) -> datetime:
    for form in _DAY_FIRST:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is put in by moment()
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("it is not a date and time that can be read") from None


def _zone(name: str) -> tzinfo:
    return UTC if name == "UTC" else ZoneInfo(name)
