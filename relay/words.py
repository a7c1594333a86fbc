"""The words under which an event can be found again: e-mail addresses, telephone numbers, order numbers. Pure."""

from __future__ import annotations

import re

from relay.models import Reading

_PHONE = re.compile(r"[+()\d\s.\-]{7,25}")


def words_of(reading: Reading) -> list[str]:
    """What an operator may type to find this event."""
    contact, order = reading.contact, reading.order
    found = [contact.email, contact.phone and _digits(contact.phone), order.id, order.payment_id]
    return list(dict.fromkeys(word.strip().lower() for word in found if word and word.strip()))


def sought(query: str) -> str:
    """``8 (999) 000-00-00`` is looked for as ``79990000000``, as it was kept; anything else as it stands."""
    query = query.strip()
    if not _PHONE.fullmatch(query):
        return query.lower()
    digits = _digits(query)
    if query.startswith("+") or len(digits) > 10:
        return "7" + digits[1:] if len(digits) == 11 and digits[0] == "8" else digits
    return query.lower()  # seven to ten digits are rather an order number


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())
