"""Addresses, telephone numbers and names of people. Never guesses: what cannot be read is a ValueError in words."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from relay.reading.paths import dig

_PATRONYMIC = re.compile(r".{3,}(?:вич|вна|чна|ьич)|(?:оглы|кызы)", re.IGNORECASE)
_LONGEST_LOCAL = 64  # characters in front of the @ (RFC 5321)
_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*")  # all of these may stand there
_NO_DIGIT = re.compile(r"\D")
_PLACEHOLDER = re.compile(r"^\{.*\}$|^<test lead:.*>$", re.DOTALL)  # GetCourse's unfilled variable, Meta's dummy


def plain(value: Any) -> str | None:
    """One line of text without blanks around it; None for nothing, for a list, for a placeholder nobody filled."""
    if value is None or isinstance(value, (dict, list, bool)):
        return None
    text = " ".join(str(value).split())
    return None if not text or _PLACEHOLDER.match(text) else text


def text_at(body: Any, *paths: str) -> str | None:
    """One line of text from the first path that holds something."""
    return plain(dig(body, *paths))


def email(value: Any) -> str | None:
    """An e-mail address in lower case (JustClick lowers it too)."""
    text = plain(value)
    if text is None:
        return None
    text = text.removeprefix("mailto:").strip("<>;, ")
    local, _, domain = text.rpartition("@")
    if len(text) <= _LONGEST_LOCAL and text.isascii() and _PLAIN_LOCAL.fullmatch(local):
        return f"{local}@{_domain(domain)}".lower()
    return _checked(text).lower()


@lru_cache(maxsize=1024)  # most people are with a few of them, and of an address its domain takes longest to check
def _domain(domain: str) -> str:
    return _checked(f"a@{domain}").removeprefix("a@")


def _checked(address: str) -> str:
    import email_validator  # noqa: PLC0415 - when needed

    try:
        return email_validator.validate_email(address, check_deliverability=False, test_environment=True).normalized
    except email_validator.EmailNotValidError as error:
        raise ValueError(str(error)) from None


class E164(str):
    """A telephone number that has been read already: it is not read a second time."""

    __slots__ = ()


def phone(value: Any, country: str = "RU") -> str | None:
    """E.164. ``country`` reads numbers without one: ``8 (999) 000-00-00``; also a ``+`` lost to a blank is found."""
    if isinstance(value, E164):
        return value
    text = plain(value)
    if text is None:
        return None
    digits = _NO_DIGIT.sub("", text)
    if not digits:
        raise ValueError("there is no digit in it")
    international = text.startswith("+") or digits.startswith("00") or str(value).startswith(" ")
    whole = "+" + digits.removeprefix("00")
    for candidate, region in ((whole, None),) if international else ((text, country), (whole, None)):
        found = _e164(candidate, region, strict=not text.startswith("+"))
        if found:
            return found
    raise ValueError(f"it is not a telephone number of {country}, nor an international one")


def _e164(text: str, region: str | None, strict: bool) -> str | None:
    import phonenumbers  # noqa: PLC0415 - 40 ms to import: only when there is a number

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    # a new range that the tables don't know yet is believed only when the country was written out
    right = phonenumbers.is_valid_number(number) if strict else phonenumbers.is_possible_number(number)
    return E164(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)) if right else None


def split_name(name: str | None) -> tuple[str | None, str | None]:
    """First and last name. ``Смирнова Анна Петровна`` is known by the patronymic; two words count in their order."""
    words = (name or "").split()
    if len(words) == 3 and _PATRONYMIC.fullmatch(words[2]):
        return words[1], words[0]
    if len(words) == 3 and _PATRONYMIC.fullmatch(words[1]):
        return words[0], words[2]
    return (words[0] if words else None), (" ".join(words[1:]) or None)


def joined(first: str | None, last: str | None) -> str | None:
    return " ".join(part for part in (first, last) if part) or None


def address(value: Any) -> str | None:
    """The address of a page; a word that is none is None."""
    text = plain(value)
    return text if text and re.match(r"https?://", text) else None


def agreed(value: Any) -> bool | None:
    """Whether a tick box was ticked; None when its text says neither."""
    if isinstance(value, bool) or value is None:
        return value
    text = str(value).strip().lower()
    if text in _YES or _AGREE.match(text):
        return True
    return False if text in _NO else None


_AGREE = re.compile(r"(?:я )?(?:согласен|согласна|даю согласие|i agree|i accept|i consent)\b")
_YES = frozenset(
    {"yes", "true", "1", "on", "y", "ok", "agree", "agreed", "accepted", "да", "согласен", "согласна", "✓"}
)
_NO = frozenset({"no", "false", "0", "off", "n", "нет", "не согласен", "не согласна", ""})
