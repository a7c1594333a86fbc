"""Moments in expressions: ``| unix`` and ``| date``. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from relay.expressions.values import WrongValue, shown
from relay.reading.times import moment


def as_unix(value: Any, format: str | None = None, tz: str = "UTC") -> int:
    """Seconds since 1970. ``tz`` is that of a time which names none; ``format`` (strptime's) reads unusual texts."""
    try:
        if format is not None:
            read = datetime.strptime(str(value).strip(), format)  # noqa: DTZ007  the zone is added below
            return int((read if read.tzinfo else read.replace(tzinfo=zone(tz))).timestamp())
        found = moment(int(value) if isinstance(value, Decimal) else value, tz)
    except (ValueError, OverflowError) as error:
        raise WrongValue(f"{shown(value)} is no date: {error}.") from None
    if found is None:
        raise WrongValue(f"{shown(value)} is no date.")
    return found


def as_date(value: Any, format: str = "%d.%m.%Y", tz: str = "UTC") -> str:
    """A moment as text in a time zone: ``31.12.2026``."""
    if len(format) > 100:
        raise WrongValue("The format of a date has at most 100 characters.")
    try:
        return datetime.fromtimestamp(as_unix(value, tz=tz), UTC).astimezone(zone(tz)).strftime(format)
    except (ValueError, OverflowError, OSError) as error:
        raise WrongValue(f"{shown(value)} is no date: {error}.") from None


def zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise WrongValue(f'"{name}" is no time zone. Write it like Europe/Moscow.') from None
