"""Money as Decimal, from text, major or minor units; a float never comes near it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

# ISO 4217: currencies whose minor unit is not a hundredth
_WHOLE = (
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "ISK",
    "JPY",
    "KMF",
    "KRW",
    "PYG",
    "RWF",
    "UGX",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
)
_THOUSANDTHS = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
EXPONENTS: Mapping[str, int] = MappingProxyType(dict.fromkeys(_WHOLE, 0) | dict.fromkeys(_THOUSANDTHS, 3))
_AMOUNT = re.compile(r"[-+]?\d[\d.,]*")
_BLANKS = re.compile(r"[\s\u00a0\u2009\u202f'’_]+")
_SIGNS = {"₽": "RUB", "руб": "RUB", "$": "USD", "€": "EUR", "₴": "UAH", "грн": "UAH", "₸": "KZT", "тенге": "KZT"}


def money(value: Any) -> Decimal | None:
    """``4 990,00 руб.``, ``4,990.00``, ``4990.000000`` and numbers; ValueError where it can be read in two ways."""
    if value is None or value == "" or isinstance(value, (dict, list, bool)):
        return None
    if isinstance(value, (int, Decimal)):
        return Decimal(value)
    found = _AMOUNT.search(_BLANKS.sub("", str(value)))
    if not found:
        raise ValueError("there is no number in it")
    return _decimal(found.group().rstrip(".,"))


def _decimal(text: str) -> Decimal:
    comma, dot = text.rfind(","), text.rfind(".")
    if comma >= 0 and dot >= 0:
        thousands = "," if comma < dot else "."
        text = text.replace(thousands, "").replace(",", ".")
    elif text.count(",") > 1 or text.count(".") > 1:
        text = text.replace(",", "").replace(".", "")
    elif comma >= 0:
        if len(text) - comma - 1 == 3:
            raise ValueError("the comma may part thousands or a fraction")
        text = text.replace(",", ".")
    return Decimal(text)


def major(minor: Any, currency: str | None, exponents: Mapping[str, int] = EXPONENTS) -> Decimal | None:
    """Copecks to roubles: 499000 RUB is 4990.00, 4990 JPY is 4990. ValueError when it isn't a whole number."""
    if minor is None or minor == "" or isinstance(minor, bool):
        return None
    text = str(minor).strip()
    if not re.fullmatch(r"[-+]?\d{1,30}", text):
        raise ValueError("an amount in minor units is a whole number")
    return Decimal(text).scaleb(-exponents.get((currency or "").upper(), 2))


def currency(value: Any) -> str | None:
    """ISO 4217 in upper case; also the number of the rouble (643) and common signs."""
    text = str(value or "").strip()
    if text in ("643", "810") or text.upper() == "RUR":
        return "RUB"
    if len(text) == 3 and text.isascii() and text.isalpha():
        return text.upper()
    return next((code for sign, code in _SIGNS.items() if sign in text.lower()), None)


def refund_status(refunded: Any, whole: Any) -> str:
    """``partially_refunded`` where both sums are known and less than the whole went back."""
    try:
        back, sum_ = money(refunded), money(whole)
    except (ValueError, ArithmeticError):
        return "refunded"
    return "partially_refunded" if back is not None and sum_ is not None and abs(back) < abs(sum_) else "refunded"
