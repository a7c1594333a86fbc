"""The marshmallow fields of a provider's schema: each knows the foreign paths of one value and how to read it.

A wrong value never stops a reading: it becomes None and a problem under our own name for it (``contact.email``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields as fields_of
from decimal import Decimal
from typing import Any

from marshmallow import fields

from relay.models import Contact, Good
from relay.reading import money as amounts
from relay.reading.paths import dig, rows
from relay.reading.people import agreed, email, phone, plain
from relay.reading.scope import scope
from relay.reading.times import moment


class Found(fields.Field[Any]):
    """``paths``: where the value may stand; the first that is not empty counts."""

    def __init__(self, *paths: str, **options: Any) -> None:
        super().__init__(load_default=None, allow_none=True, **options)
        self.paths = paths

    def dig(self, body: Any) -> Any:
        return dig(body, *self.paths)

    def read(self, value: Any) -> Any:
        """Our value for the foreign one; ValueError says in words what is wrong."""
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:  # noqa: ARG002
        try:
            return self.read(value)
        except (ValueError, ArithmeticError) as error:
            scope().problems[told(self.name)] = str(error)
            return None


class Text(Found):
    def read(self, value: Any) -> str | None:
        return plain(value)


class EMail(Found):
    def read(self, value: Any) -> str | None:
        return email(value)


class Phone(Found):
    def read(self, value: Any) -> str | None:
        return phone(value, scope().country)


class Flag(Found):
    """yes/no in the senders' many words."""

    def read(self, value: Any) -> bool | None:
        return agreed(value)


class Tags(Found):
    """A list, or a text with commas."""

    def read(self, value: Any) -> tuple[str, ...]:
        parts = rows(value) if isinstance(value, (list, dict)) else str(value).split(",")
        return tuple(tag for part in parts if (tag := plain(part)))


class Money(Found):
    """Major units: ``"4990.00"``, ``4990``, ``4 990,00 руб.``"""

    def read(self, value: Any) -> Decimal | None:
        return amounts.money(value)


class Minor(Found):
    """Minor units (copecks, cents), kept as they are until the currency is known: then the schema makes major ones."""

    def __init__(self, *paths: str, exponents: Mapping[str, int] = amounts.EXPONENTS, **options: Any) -> None:
        super().__init__(*paths, **options)
        self.exponents = exponents


class Currency(Found):
    def read(self, value: Any) -> str | None:
        return amounts.currency(value)


class Moment(Found):
    """Unix seconds; ``zone`` is that of a time written without one."""

    def __init__(self, *paths: str, zone: str = "UTC", **options: Any) -> None:
        super().__init__(*paths, **options)
        self.zone = zone

    def read(self, value: Any) -> int | None:
        return moment(value, self.zone)


class Choice(Found):
    """One of our words for one of theirs; a word that the table doesn't know is None."""

    def __init__(self, *paths: str, table: Mapping[str, str], **options: Any) -> None:
        super().__init__(*paths, **options)
        self.table = table

    def read(self, value: Any) -> str | None:
        return self.table.get(str(value))


class Goods(Found):
    """Lines of an order: where the list stands, and the path of each of a line's values within it.

    Without a place for the list the body itself is the one line: senders that sell one product at a time.
    ``sku|id``: the first of the two that holds something. ``minor``: price and sum are in minor units.
    """

    def __init__(
        self,
        *paths: str,
        id: str = "",
        name: str = "name",
        price: str = "",
        quantity: str = "quantity",
        sum: str = "",
        minor: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*paths, **options)
        self.columns = {"id": id, "name": name, "price": price, "quantity": quantity, "sum": sum}
        self.minor = minor

    def dig(self, body: Any) -> Any:
        return super().dig(body) if self.paths else [body]

    def read(self, value: Any) -> list[dict[str, Any]]:
        lines = [
            {ours: dig(row, *theirs.split("|")) for ours, theirs in self.columns.items() if theirs}
            for row in rows(value)
        ]
        return lines if self.paths else [line for line in lines if line.get("id") or line.get("name")]

    def made(self, lines: list[dict[str, Any]], currency: str | None) -> tuple[Good, ...]:
        return tuple(self._good(line, currency) for line in lines)

    def _good(self, line: dict[str, Any], currency: str | None) -> Good:
        def sum_of(value: Any) -> Decimal | None:
            try:
                return amounts.major(value, currency) if self.minor else amounts.money(value)
            except (ValueError, ArithmeticError):
                return None

        price, total = sum_of(line.get("price")), sum_of(line.get("sum"))
        quantity = _number(line.get("quantity"))
        if total is None and price is not None and quantity is not None:
            total = price * quantity
        if price is None and total is not None and quantity and total % quantity == 0:
            price = total / quantity
        return Good(id=plain(line.get("id")), name=plain(line.get("name")), price=price, quantity=quantity, sum=total)


def _number(value: Any) -> Decimal | None:
    try:
        return amounts.money(value)
    except (ValueError, ArithmeticError):
        return None


_EVENT = frozenset({"event_type", "event_id", "test"})
_CONTACT = frozenset(field.name for field in fields_of(Contact))


def told(name: str | None) -> str:
    """Our own full name of a schema's field: ``email`` is ``contact.email``, ``order_id`` is ``order.id``."""
    if name in _EVENT:
        return name
    return f"contact.{name}" if name in _CONTACT else f"order.{'id' if name == 'order_id' else name}"
