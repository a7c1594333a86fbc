"""The reader's language: texts with their plural forms, numbers, sizes and times. Pure.

A time is told as "2 min ago" with the exact one beside it; everything exact is UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from relay.web.texts import TEXTS

LANGUAGES = {"en": "English", "ru": "Русский"}
DEFAULT = "en"
_PLACE = {"en": 0, "ru": 1}
_STEPS = ((60, "second", 1), (3600, "minute", 60), (86_400, "hour", 3600))


def plural_form(language: str, count: int) -> int:
    """Which of a text's forms: English one, other; Russian one (1, 21), few (2-4, 22-24), many (0, 5-20)."""
    if language != "ru":
        return 0 if count == 1 else 1
    if count % 10 == 1 and count % 100 != 11:
        return 0
    return 1 if count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14) else 2


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    now: int  # ms since 1970: what relative times count from

    def say(self, key: str, count: int | None = None, **values: object) -> str:
        """The text of this key. ``count`` chooses the plural form and is written as a number."""
        text = TEXTS[key][_PLACE[self.code]]
        if isinstance(text, tuple):
            text = text[plural_form(self.code, count or 0)]
        if count is not None:
            values["count"] = self.number(count)
        return text.format(**values) if values else text

    def knows(self, key: str) -> bool:
        return key in TEXTS

    def one_of(self, texts: Mapping[str, str]) -> str:
        """From a table that carries both languages itself (the codes, the reasons)."""
        return texts.get(self.code) or texts[DEFAULT]

    def number(self, value: float) -> str:
        """``1,204`` or ``1 204``."""
        return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}" if self.code == "ru" else ",")

    def size(self, octets: int) -> str:
        amount, unit = float(octets), 0
        while amount >= 1024 and unit < 3:
            amount, unit = amount / 1024, unit + 1
        digits = f"{amount:.0f}" if unit == 0 or amount >= 10 else f"{amount:.1f}"
        return (
            f"{digits.replace('.', ',') if self.code == 'ru' else digits}\N{NO-BREAK SPACE}{self.say(f'unit.{unit}')}"
        )

    def span(self, seconds: float) -> str:
        """``12 min``: a length of time, rounded down to its largest unit."""
        seconds = max(0, int(seconds))
        for limit, unit, length in _STEPS:
            if seconds < limit:
                return self.say(f"span.{unit}", count=seconds // length)
        return self.say("span.day", count=seconds // 86_400)

    def ago(self, moment: int) -> str:
        """``2 min ago`` or ``in 2 min``; from a week on the date."""
        away = (moment - self.now) / 1000
        if abs(away) >= 7 * 86_400:
            return exact(moment)[:10]
        if -1 < away < 1:
            return self.say("time.now")
        return self.say("time.ago" if away < 0 else "time.in", span=self.span(abs(away)))


def exact(moment: int) -> str:
    """``2026-11-21 18:04:05 UTC``."""
    return datetime.fromtimestamp(moment / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def iso(moment: int) -> str:
    """``2026-11-21T18:04:05.123Z``, for machines."""
    return datetime.fromtimestamp(moment / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
