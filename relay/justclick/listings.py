"""What JustClick's lists of orders say. None: not understood, which is never the same as "there are none"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from relay.justclick.functions.results import rows, whole


@dataclass(frozen=True, slots=True)
class Made:
    """An order that JustClick has. ``goods``: their symbolic ids. ``created``: None when that cannot be read."""

    number: str
    goods: frozenset[str]
    created: int | None


def bills(result: Any) -> dict[str, frozenset[str]] | None:
    """The goods of each order in an answer of GetBills, by its number."""
    if isinstance(result, list) and not result:
        return {}  # PHP's empty map
    if not isinstance(result, Mapping):
        return None
    found = {number: _named(goods, "good_name") for number, goods in result.items()}
    return _all_understood(found) if all(whole(number) for number in found) else None


def made_by(email: str, result: Any) -> list[Made] | None:
    """The orders of one e-mail in an answer of getOrdersWithGoods. What others bought need not be understood."""
    if not isinstance(result, list | Mapping):
        return None
    listed = rows(result)
    if isinstance(result, list) and len(listed) < len(result):
        return None
    if not all(isinstance(row.get("email"), str) and whole(row.get("id")) for row in listed):
        return None
    mine = [row for row in listed if _plain(row["email"]) == _plain(email)]
    goods = _all_understood({str(row["id"]): _named(row.get("items"), "id") for row in mine})
    if goods is None or len(goods) < len(mine):  # an order in several rows: none of them is the whole of it
        return None
    return [Made(str(row["id"]), goods[str(row["id"])], created(row)) for row in mine]


def wanted(goods: Any) -> frozenset[str]:
    """The symbolic ids in the goods of a call."""
    return _named(goods, "good_name") or frozenset()


def created(order: Mapping[str, Any]) -> int | None:
    """When the order was made, in seconds since 1970; None when it does not say: 0 is no time either."""
    return whole(order.get("created")) or None


def _named(goods: Any, name: str) -> frozenset[str] | None:
    """None unless there are some, and each tells its symbolic id."""
    listed = goods.values() if isinstance(goods, Mapping) else goods if isinstance(goods, list | tuple) else ()
    found = frozenset(_plain(row.get(name)) if isinstance(row, Mapping) else "" for row in listed)
    return found if found and "" not in found else None


def _plain(value: Any) -> str:
    return str(value).strip().lower() if isinstance(value, str | int) else ""


def _all_understood(found: Mapping[str, frozenset[str] | None]) -> dict[str, frozenset[str]] | None:
    known = {number: goods for number, goods in found.items() if goods is not None}
    return known if len(known) == len(found) else None
