"""Moments as unix seconds, from the ways in which senders write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

_FORMS = (
    *("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y"),
    *("%a %b %d %H:%M:%S %Y", "%H:%M:%S %b %d, %Y"),  # Java's own form (Sberbank), PayPal's
)
# Names of zones mean different things in different countries: only those that our senders write
_ZONES = {"UTC": 0, "GMT": 0, "MSK": 3, "PST": -8, "PDT": -7}  # hours
_ZONE = re.compile(rf"\s\(?({'|'.join(_ZONES)})\b\)?")
_MILLISECONDS = 100_000_000_000  # as seconds, this is the year 5138


def moment(value: Any, zone: str = "UTC") -> int | None:
    """Unix seconds from ISO 8601, ``dd.mm.yyyy HH:MM:SS``, Java's and PayPal's forms, seconds or milliseconds.

    ``zone`` is that of a time without one: a name of the IANA tables. ValueError when it cannot be read.
    """
    if value is None or value == "" or isinstance(value, (dict, list, bool)):
        return None
    text = str(value).strip()
    if re.fullmatch(r"\d{9,13}(\.\d+)?", text):
        number = Decimal(text)
        return int(number / 1000 if number > _MILLISECONDS else number)
    named = _ZONE.search(text)
    found = _read(_ZONE.sub("", text))
    own = timezone(timedelta(hours=_ZONES[named[1]])) if named else found.tzinfo
    return int(found.replace(tzinfo=own or _zone(zone)).timestamp())


def _read(text: str) -> datetime:
    for form in ("", *_FORMS):
        try:
            # the zone is put in by moment()
            return datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007
        except ValueError:
            continue
    raise ValueError("it is not a date and time that can be read")


def _zone(name: str) -> tzinfo:
    return UTC if name == "UTC" else ZoneInfo(name)
