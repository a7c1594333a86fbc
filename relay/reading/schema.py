"""The schema that a provider declares: fields named as in our models, each with the foreign paths of its value.

Names: those of Contact (email, name, phone, city ...), those of Order with ``order_id`` for its id (payment_id, status,
amount, currency, goods ...), and event_type, event_id, test. What paths cannot say is said in ``finish``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields as fields_of
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any

from marshmallow import EXCLUDE, Schema, post_load, pre_load

from relay.models import STATUSES, Contact, Order, Reading, Utm
from relay.nearest import unknown
from relay.reading import fields as ours
from relay.reading.answers import Answer, recognise
from relay.reading.money import major, money
from relay.reading.people import joined, plain, split_name
from relay.reading.scope import Scope, ScopeContext, scope
from relay.reading.times import moment
from relay.reading.utm import gather_utm

_CONTACT = tuple(field.name for field in fields_of(Contact))
_ORDER = tuple(field.name for field in fields_of(Order))


class ReadingSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    def answers(self, body: Any) -> Iterable[Answer]:  # noqa: ARG002
        """A form's answers: they fill what no field of the schema has found, and ``contact.custom``."""
        return ()

    def utm(self, body: Any) -> Utm:
        """The UTM marks; by default from the body's own fields."""
        return gather_utm(body)

    def finish(self, found: dict[str, Any], body: Any) -> None:
        """Change what was found, by our names, where it depends on more than one value."""

    @pre_load
    def _pick(self, body: Any, **_: Any) -> dict[str, Any]:
        return {name: field.dig(body) for name, field in self.fields.items() if isinstance(field, ours.Found)}

    @post_load(pass_original=True)
    def _assemble(self, found: dict[str, Any], body: Any, **_: Any) -> Reading:
        around = scope()
        answers: list[Answer] = around.guarded(lambda: list(self.answers(body)), [])
        for name, value in recognise(answers).items():
            if found.get(name) is None:
                found[name] = value
        found["event_type"] = around.event_type or found.get("event_type") or ""
        around.guarded(lambda: self.finish(found, body), None)
        self._count(found)
        _settle(found)
        if not found.get("utm"):
            utm = around.guarded(lambda: self.utm(body), Utm())
            found["utm"] = gather_utm(utm, found["page"]) if found.get("page") else utm
        _name(found)
        kept = {name: value for name, value in found.items() if value is not None}
        return Reading(
            contact=Contact(**{name: kept[name] for name in _CONTACT if name in kept}),
            order=Order(**_order(kept)),
            event_type=kept.get("event_type", ""),
            event_id=kept.get("event_id"),
            test=bool(kept.get("test")),
            body=body,
            problems=around.problems,
        )

    def _count(self, found: dict[str, Any]) -> None:
        """Minor units become major ones, now that the currency is known."""
        currency = found.get("currency")
        for name, field in self.fields.items():
            if isinstance(field, ours.Minor) and found.get(name) is not None:
                try:
                    found[name] = major(found[name], currency, field.exponents)
                except ValueError as error:
                    scope().problems[ours.told(name)] = str(error)
                    found[name] = None
            elif isinstance(field, ours.Goods) and isinstance(found.get(name), list):
                found[name] = field.made(found[name], currency)


def _settle(found: dict[str, Any]) -> None:
    """What ``finish`` put in straight from the body gets the type that its name promises."""
    for name, (kind, read) in _TYPES.items():
        value = found.get(name)
        if value is not None and not isinstance(value, kind):
            try:
                found[name] = read(value)
            except (ValueError, ArithmeticError) as error:
                found[name] = None
                scope().problems[ours.told(name)] = str(error)


_TEXTS = (
    *("name", "first_name", "last_name", "city", "country", "ip", "page", "event_type", "event_id"),
    *("order_id", "payment_id", "status", "currency", "subscription_id", "invoice_id", "coupon", "comment"),
)
_TYPES: Mapping[str, tuple[type, Callable[[Any], Any]]] = MappingProxyType(
    dict.fromkeys(_TEXTS, (str, plain))
    | dict.fromkeys(("created_at", "paid_at"), (int, moment))
    | dict.fromkeys(("amount", "refunded"), (Decimal, money))
    | {"custom": (dict, lambda _: {})}
)


def _order(kept: dict[str, Any]) -> dict[str, Any]:
    values = {name: kept[name] for name in _ORDER if name in kept}
    return values | {"id": kept["order_id"]} if "order_id" in kept else values


def _name(found: dict[str, Any]) -> None:
    """The whole name from its parts, or the parts from the whole."""
    first, last = found.get("first_name"), found.get("last_name")
    if not found.get("name"):
        found["name"] = joined(first, last)
    elif not first and not last:
        found["first_name"], found["last_name"] = split_name(found["name"])


@cache
def _made(schema: type[ReadingSchema]) -> ReadingSchema:
    return schema()  # copying its fields costs more than reading an event


def mistakes(schema: type[ReadingSchema]) -> Iterator[str]:
    """What its author misspelt, in sentences: it would be read and go nowhere."""
    known = (*_CONTACT, *_ORDER, "order_id", "event_type", "event_id", "test")
    for name, field in _made(schema).fields.items():
        if name not in known:
            yield unknown("field", name, known)
        if name == "status" and isinstance(field, ours.Choice):
            yield from (unknown("status", word, STATUSES) for word in field.table.values() if word not in STATUSES)


def load(schema: type[ReadingSchema], body: Any, around: Scope | None = None) -> Reading:
    """What a schema finds in a body. Never raises for what the sender wrote."""
    with ScopeContext(around or Scope()):
        reading: Reading = _made(schema).load(body if isinstance(body, dict) else {"": body})
        return reading
