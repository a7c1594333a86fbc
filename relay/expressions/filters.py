"""The filters of the expression language, by name. Pure.

Nothing stays nothing: a filter that is given no value gives none, except ``default`` and the few that count or join.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from jinja2 import filters as builtin
from jinja2 import pass_context
from jinja2.runtime import Context

from relay.expressions.patterns import compiled, searched
from relay.expressions.times import as_date, as_unix
from relay.expressions.values import WrongValue, blank, bounded, named, nothing, settled, shown, text_of
from relay.models import Awaited, Good
from relay.nearest import instead
from relay.reading.money import money as read_money
from relay.reading.people import phone as read_phone
from relay.reading.people import split_name

Filter = Callable[..., Any]
COUNTRY = "\0country"  # no expression can name it: the country of the hook's telephone numbers
_CYRILLIC = dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True)) | {
    "ё": "e", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu",
    "я": "ya",
}  # fmt: skip


def text_filter(change: Callable[[str], str]) -> Filter:
    return lambda value: bounded(change(text_of(value)))


def default(value: Any, otherwise: Any = "") -> Any:
    """Another value where there is none: missing, null, or an empty text. 0 and false are values."""
    return otherwise if blank(value) else value


def replace(value: Any, old: str, new: str = "") -> str:
    if not old:
        raise WrongValue("replace() needs to know what to replace.")
    text = text_of(value)
    if len(text) + text.count(old) * len(new) > len(bounded(text)) + 60_000:
        raise WrongValue("The text grows beyond all reason.")
    return bounded(text.replace(old, new))


def regex_replace(value: Any, pattern: str, new: str = "") -> str:
    try:
        return bounded(compiled(pattern).sub(new, searched(text_of(value))))
    except (re.error, IndexError) as error:
        raise WrongValue(f'The replacement "{new}" is wrong: {error}.') from None


def split(value: Any, separator: str = ",") -> list[str]:
    """The pieces without blanks around them; empty ones are left out."""
    if isinstance(value, list | tuple):
        return [text_of(each) for each in value]
    pieces = text_of(value).split(separator or None)
    return [piece.strip() for piece in pieces if piece.strip()]


def join(value: Any, separator: str = ", ") -> str:
    """One text of a list, without what is empty in it."""
    several = value if isinstance(value, Iterable) and not isinstance(value, str | Mapping) else [value]
    return bounded(separator.join(text_of(each) for each in several if not blank(each)))


def truncate(value: Any, length: int = 100) -> str:
    return text_of(value)[: max(int(length), 0)]


def digits(value: Any) -> str:
    return re.sub(r"[^0-9]", "", text_of(value))


def slug(value: Any) -> str:
    latin = "".join(_CYRILLIC.get(letter, letter) for letter in text_of(value).lower())
    return re.sub(r"[^a-z0-9]+", "-", latin).strip("-")


@pass_context
def phone(context: Context, value: Any, country: str | None = None) -> str:
    """E.164; numbers without a country belong to ``country``, or else to that of the hook."""
    try:
        found = read_phone(text_of(value), country or context.get(COUNTRY) or "RU")
    except ValueError as error:
        raise WrongValue(f"{shown(value)} is no telephone number: {error}.") from None
    if found is None:
        raise WrongValue(f"{shown(value)} is no telephone number.")
    return found


def first_name(value: Any) -> str | None:
    return split_name(text_of(value))[0]


def last_name(value: Any) -> str | None:
    return split_name(text_of(value))[1]


def number(value: Any) -> Decimal | int:
    """A number out of a text: ``"1 500,50 руб."`` is 1500.50."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise WrongValue(f"{named(value).capitalize()} is not a number.")
    try:
        found = read_money(text_of(value))
    except (ValueError, InvalidOperation) as error:
        raise WrongValue(f"{shown(value)} is not a number: {error}.") from None
    if found is None:
        raise WrongValue(f"{shown(value)} is not a number.")
    return int(found) if found.as_tuple().exponent == 0 else found


def whole(value: Any) -> int:
    """A number without its fraction."""
    return int(number(value))


def rounded(value: Any, places: int = 0) -> Decimal | int:
    found = Decimal(number(value)).quantize(Decimal(1).scaleb(-_places(places)), ROUND_HALF_UP)
    return found if places else int(found)


def money(value: Any, places: int = 2) -> str:
    """An amount as JustClick wants it: ``1500.00``."""
    return f"{Decimal(number(value)).quantize(Decimal(1).scaleb(-_places(places)), ROUND_HALF_UP):f}"


def cents(value: Any) -> int:
    """49.00 is 4900: the amount in its smallest unit, for currencies that have hundredths."""
    return int(rounded(Decimal(number(value)) * 100))


def from_cents(value: Any) -> Decimal:
    """4900 is 49.00."""
    return Decimal(number(value)).scaleb(-2)


def _places(places: Any) -> int:
    if not isinstance(places, int) or not 0 <= places <= 10:
        raise WrongValue("The number of places lies between 0 and 10.")
    return places


@pass_context
def lookup(context: Context, value: Any, table: str = "", otherwise: Any = None) -> Any:
    """The entry of a table of the configuration; ``otherwise`` where the table has none."""
    tables = context.get("tables") or {}
    if table not in tables:
        raise WrongValue(f'There is no table "{table}". {instead(table, tables)}')
    entries = tables[table]
    key = text_of(value).strip()
    if key in entries:
        return entries[key]
    if otherwise is not None:
        return otherwise
    raise WrongValue(f'The table "{table}" has no entry for {shown(key)}. {instead(key, list(entries)[:20])}'.rstrip())


@pass_context
def goods_of(context: Context, value: Any, table: str | None = None, otherwise: Any = None) -> list[dict[str, Any]]:
    """The ``goods`` of CreateOrder out of an order's goods: symbolic name (through a table) and sum."""
    if not isinstance(value, list | tuple) or not all(isinstance(good, Good) for good in value):
        raise WrongValue(f"goods_of works on order.goods; here stands {named(value)}.")
    return [_good(context, good, table, otherwise) for good in value]


def _good(context: Context, good: Good, table: str | None, otherwise: Any) -> dict[str, Any]:
    name: Any = good.id or good.name
    if table is not None:
        entries = (context.get("tables") or {}).get(table, {})
        known = next((word for word in (good.id, good.name) if word in entries), name or "")
        name = lookup(context, known, table, otherwise)
    total = good.sum
    if total is None and good.price is not None:
        total = good.price * (1 if good.quantity is None else good.quantity)
    return {"good_name": name} | ({} if total is None else {"good_sum": money(total)})


def to_json(value: Any) -> str:
    plain = json.dumps(settled(value), ensure_ascii=False, default=text_of)
    return bounded(plain)


def length(value: Any) -> int:
    try:
        return 0 if nothing(value) else len(value)
    except TypeError:
        raise WrongValue(f"{named(value).capitalize()} has no length.") from None


def _keeps_nothing(function: Filter, place: int) -> Filter:
    """``place``: where among the arguments the value stands."""

    @functools.wraps(function)
    def kept(*arguments: Any, **named_ones: Any) -> Any:
        value = arguments[place]
        if isinstance(value, Awaited):
            raise WrongValue("The number of an order is not known yet; no filter can work on it.")
        return None if nothing(value) else function(*arguments, **named_ones)

    return kept


def _place(function: Filter) -> int:
    return 1 if hasattr(function, "jinja_pass_arg") else 0


_OWN: Mapping[str, Filter] = {
    "lower": text_filter(str.lower),
    "upper": text_filter(str.upper),
    "title": text_filter(str.title),
    "capitalize": text_filter(str.capitalize),
    "trim": text_filter(str.strip),
    "text": text_of,
    "digits": digits,
    "slug": slug,
    "split": split,
    "replace": replace,
    "regex_replace": regex_replace,
    "truncate": truncate,
    "phone": phone,
    "first_name": first_name,
    "last_name": last_name,
    "number": number,
    "int": whole,
    "round": rounded,
    "money": money,
    "cents": cents,
    "from_cents": from_cents,
    "unix": as_unix,
    "date": as_date,
    "lookup": lookup,
    "goods_of": goods_of,
    "json": to_json,
}
_OF_LISTS: Mapping[str, Filter] = {
    name: getattr(builtin.FILTERS[name], "__wrapped__", builtin.FILTERS[name])  # without the wrapping for asyncio
    for name in (
        "abs", "first", "last", "items", "list", "map", "max", "min", "reject", "rejectattr", "reverse", "select",
        "selectattr", "sort", "sum", "unique",
    )
}  # fmt: skip

FILTERS: Mapping[str, Filter] = {
    **{name: _keeps_nothing(function, _place(function)) for name, function in {**_OWN, **_OF_LISTS}.items()},
    "default": default,
    "join": join,
    "length": length,
    "count": length,
}
