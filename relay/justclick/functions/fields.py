"""The kinds of values that JustClick's parameters take, as marshmallow fields. They check and tidy; they never guess.

Every field lets a :class:`relay.models.Awaited` through: it stands for a value that another call will bring.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, missing

from relay.models import Awaited

KNOWN_LATER = Awaited("later")  # while the file is checked: what only an event can tell
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}")
_MONEY = re.compile(r"[0-9]+([.][0-9]+)?")
_COMMA_MONEY = re.compile(r"[0-9]+,[0-9]{1,2}")
_YES = frozenset({"1", "true", "yes", "on", "да"})
_NO = frozenset({"0", "false", "no", "off", "нет"})


class Parameter(fields.Field[Any]):
    """One parameter of a function. ``attribute`` is where a reading has it: ``contact.email``.

    ``keep_empty``: an empty text means something (it clears) and is sent; elsewhere it counts as left out.
    """

    kind = "text"

    def __init__(
        self,
        description: str,
        *,
        required: bool = False,
        attribute: str | None = None,
        keep_empty: bool = False,
    ) -> None:
        super().__init__(
            required=required,
            attribute=attribute,
            metadata={"description": description},
            error_messages={"required": "is required and must not be empty", "null": "must not be empty"},
        )
        self.keep_empty = keep_empty

    @property
    def description(self) -> str:
        return str(self.metadata["description"])

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        """All that is checked is checked by ``read``: there are no further validators and hooks."""
        if value is missing or value is None:
            return super().deserialize(value, attr, data, **kwargs)
        return value if isinstance(value, Awaited) else self.read(value)

    def told(self, value: Any) -> Any:
        """What a reading has for this parameter, as a mapping could have given it."""
        return value

    def read(self, value: Any) -> Any:
        """The value as it will be sent. Raises ValidationError."""
        return as_text(value)


class Text(Parameter):
    """Any text, kept as it is; whole numbers and Decimals become text."""


class Word(Text):
    """A name or id: blanks at its ends are cut."""

    kind = "id"

    def read(self, value: Any) -> Any:
        return as_text(sole(value)).strip()


class Email(Word):
    kind = "e-mail"

    def read(self, value: Any) -> Any:
        address = super().read(value)
        if not _EMAIL.fullmatch(address):
            raise ValidationError(f"{address!r} is not an e-mail address: it should look like name@domain.com")
        return address


class Link(Word):
    kind = "address"

    def read(self, value: Any) -> Any:
        address = super().read(value)
        if address and not re.match(r"https?://\S", address):
            raise ValidationError(f"{address!r} is not an address: it must begin with https:// or http://")
        return address


class Domain(Word):
    kind = "domain without https:// and without a slash"

    def read(self, value: Any) -> Any:
        domain = super().read(value)
        if "://" in domain:
            raise ValidationError(f"{domain!r}: leave the scheme out, write the domain alone (school.example)")
        if "/" in domain:
            raise ValidationError(f"{domain!r}: leave the slash out, JustClick damages such a domain")
        return domain


class Flag(Parameter):
    """Sent as 1 or 0. The word ``false`` counts as yes at JustClick, so words are turned into digits here."""

    kind = "1 or 0"

    def read(self, value: Any) -> Any:
        if isinstance(value, bool):
            return int(value)
        said = as_text(value).strip().casefold()
        if said not in _YES | _NO:
            raise ValidationError(f"{value!r} is neither yes (1, true) nor no (0, false)")
        return int(said in _YES)


class Money(Parameter):
    """An amount in whole roubles (dollars): 990 or 990.50, never a float. ``above_zero``: 0 counts as empty."""

    kind = "amount"

    def __init__(self, description: str, *, above_zero: str = "", **kwargs: Any) -> None:
        super().__init__(description, **kwargs)
        self.above_zero = above_zero  # why not zero; empty: zero is fine

    def read(self, value: Any) -> Any:
        amount = as_text(value).strip()
        if _COMMA_MONEY.fullmatch(amount):
            amount = amount.replace(",", ".")
        if not _MONEY.fullmatch(amount):
            raise ValidationError(f"{value!r} is not an amount: write 990 or 990.50, digits and a point only")
        if self.above_zero and not Decimal(amount):
            raise ValidationError(f"must be above zero: {self.above_zero}")
        return amount


class Whole(Parameter):
    """A whole number, given as number or digits and sent the same way."""

    kind = "whole number"

    def __init__(self, description: str, *, least: int = 0, **kwargs: Any) -> None:
        super().__init__(description, **kwargs)
        self.least = least

    def read(self, value: Any) -> Any:
        digits = as_text(sole(value)).strip()
        if not re.fullmatch(r"[0-9]{1,18}", digits):
            raise ValidationError(f"{value!r} is not a whole number")
        if int(digits) < self.least:
            raise ValidationError(f"must be {self.least} or more, not {digits}")
        return value if isinstance(value, int) else digits


class UnixTime(Whole):
    kind = "unix time in seconds"

    def read(self, value: Any) -> Any:
        moment = super().read(value)
        if int(moment) >= 10**11:
            raise ValidationError(f"{moment} looks like milliseconds: JustClick wants unix seconds")
        return moment


class Timer(UnixTime):
    """A unix time, or 1 and 0, which have meanings of their own; yes and no are taken for them."""

    kind = "1, 0 or unix time in seconds"

    def read(self, value: Any) -> Any:
        return super().read(int(value) if isinstance(value, bool) else value)


class Day(Parameter):
    """A day in one notation: ``31.12.2025`` or ``2025-12-31``."""

    def __init__(self, description: str, *, notation: str, **kwargs: Any) -> None:
        super().__init__(description, **kwargs)
        self.notation = notation  # of strptime
        self.kind = notation.replace("%d", "DD").replace("%m", "MM").replace("%Y", "YYYY")

    def read(self, value: Any) -> Any:
        day = as_text(value).strip()
        try:
            normal = datetime.strptime(day, self.notation).strftime(self.notation)  # noqa: DTZ007 - a day has no zone
        except ValueError:
            raise ValidationError(f"{day!r} is not a day written as {self.kind}") from None
        return normal


class Choice(Parameter):
    def __init__(self, description: str, *, of: tuple[str, ...], because: str = "", **kwargs: Any) -> None:
        super().__init__(description, **kwargs)
        self.of = of
        self.because = because  # the surprise behind the choice, for the error
        self.kind = "one of: " + ", ".join(of)

    def read(self, value: Any) -> Any:
        word = as_text(value).strip()
        if word not in self.of:
            raise ValidationError(f"{word!r} is not {', '.join(self.of[:-1])} or {self.of[-1]}{self.because}")
        return word


# ---------------------------------------------------------------- what the fields share
def as_text(value: object) -> str:
    """Raises ValidationError for what has no certain text."""
    if isinstance(value, bool):
        raise ValidationError("is yes or no where text belongs")
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return _digits(value)
    if isinstance(value, Decimal) and value.is_finite():
        return f"{value:f}"
    if isinstance(value, float):
        raise ValidationError(f'{value!r} is a float, which has no certain text: put it in quotes, "{value}"')
    raise ValidationError(f"is a {type(value).__name__} where text belongs")


def _digits(number: int) -> str:
    try:
        return f"{number:d}"
    except ValueError:  # Python writes no more than some thousands of them
        raise ValidationError("is a number of thousands of digits, which nobody can mean") from None


def sole(value: object) -> object:
    """The one member of a list of one: a sender that writes lists, a parameter that takes one."""
    if isinstance(value, list | tuple):
        if len(value) != 1:
            raise ValidationError(f"takes one value, {len(value)} were given")
        return value[0]
    return value


def is_empty(value: object) -> bool:
    """Nothing to send: None, an empty array, a text of blanks."""
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], {}, ())
