"""A hook's own words about its events: expressions for contact, order, type, test and id over what the provider read.

What a hook says counts, also when it comes out as nothing; what is wrong is nothing and a problem of its field. Pure.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from relay.expressions import ExpressionFailed, compiled, evaluate, listed
from relay.expressions.values import WrongValue, blank, shown, text_of
from relay.models import STATUSES, Contact, Good, Hook, Order, Reading
from relay.naming import names_of
from relay.nearest import instead
from relay.reading.money import money
from relay.reading.people import agreed, email, joined, phone, plain, split_name
from relay.reading.times import moment

Names = Mapping[str, Any]


def refine(reading: Reading, hook: Hook, now: float | None = None) -> Reading:
    """The reading as the hook wants it. Contact and order see what the provider read, the rest sees the outcome."""
    if not (hook.contact or hook.order or hook.event_type or hook.test or hook.event_id):
        return reading
    names = names_of(reading, hook, {}, time.time() if now is None else now)
    found = _Refinement(hook, names, dict(reading.problems))
    contact = found.contact(reading.contact) if hook.contact else reading.contact
    order = found.order(reading.order) if hook.order else reading.order
    names |= {"contact": contact, "order": order}
    event_type = found.text("event_type", hook.event_type, reading.event_type) or ""
    test = found.truth("test", hook.test, reading.test)
    names |= {"event_type": event_type, "test": test}
    event_id = found.text("event_id", hook.event_id, reading.event_id)
    return replace(
        reading,
        contact=contact,
        order=order,
        event_type=event_type,
        test=test,
        event_id=event_id,
        problems=found.problems,
    )


class _Refinement:
    def __init__(self, hook: Hook, names: Names, problems: dict[str, str]) -> None:
        self.hook = hook
        self.names = names
        self.problems = problems

    def contact(self, read: Contact) -> Contact:
        said = dict(self._values("contact", self.hook.contact, _CONTACT))
        if "name" in said and not {"first_name", "last_name"} & set(said):
            said["first_name"], said["last_name"] = split_name(said["name"])
        elif {"first_name", "last_name"} & set(said) and "name" not in said:
            said["name"] = joined(said.get("first_name", read.first_name), said.get("last_name", read.last_name))
        if "utm" in self.hook.contact:
            utm = self.hook.contact["utm"]
            said["utm"] = replace(read.utm, **dict(self._values("contact.utm", utm, dict.fromkeys(utm, _plain))))
        if "custom" in self.hook.contact:
            custom = self.hook.contact["custom"]
            said["custom"] = {
                **read.custom,
                **dict(self._values("contact.custom", custom, dict.fromkeys(custom, _as_is))),
            }
        return replace(read, **said)

    def order(self, read: Order) -> Order:
        said = dict(self._values("order", self.hook.order, _ORDER))
        if "goods" in self.hook.order:
            said["goods"] = tuple(self._goods(self.hook.order["goods"]))
        return replace(read, **said)

    def text(self, name: str, source: str | None, read: str | None) -> str | None:
        if source is None:
            return read
        return next((value for _, value in self._values("", {name: source}, {name: _plain})), None)

    def truth(self, name: str, source: str | None, read: bool) -> bool:
        if source is None:
            return read
        try:
            return agreed(compiled(source, condition=True).value(self.names)) is True
        except ExpressionFailed as error:
            self.problems[name] = str(error)
            return read

    def _values(self, where: str, sources: Mapping[str, Any], readers: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for name, source in sources.items():
            if name in readers:
                field = f"{where}.{name}".lstrip(".")
                self.problems.pop(field, None)
                yield name, self._read(field, source, readers[name])

    def _read(self, field: str, source: Any, reader: Callable[[Any, Hook], Any], names: Names | None = None) -> Any:
        value = None
        try:
            value = evaluate(source, self.names if names is None else names)
            return None if blank(value) else reader(value, self.hook)
        except ExpressionFailed as error:
            self.problems[field] = str(error)
        except (WrongValue, ValueError, ArithmeticError, TypeError) as error:
            self.problems[field] = f"{shown(value)} from {source}: {error}"
        return None

    def _goods(self, plan: Any) -> Iterator[Good]:
        """A list of groups with our names; or ``each:`` with one expression a field over ``item``."""
        fields, source = (plan, plan.get("each", "")) if isinstance(plan, Mapping) else ({}, plan)
        try:
            lines = listed(source, self.names)
        except ExpressionFailed as error:
            self.problems["order.goods"] = str(error)
            return
        for place, line in enumerate(lines):
            names = {**self.names, "item": line}
            sources = {name: text for name, text in fields.items() if name != "each"} or _own_names(line)
            said = {
                name: self._read(f"order.goods.{place}.{name}", text, _GOOD[name], names)
                for name, text in sources.items()
                if name in _GOOD
            }
            yield Good(**said)


def _own_names(line: Any) -> dict[str, str]:
    return {name: f"{{{{ item.{name} }}}}" for name in _GOOD} if isinstance(line, Mapping) else {}


def _plain(value: Any, _hook: Hook) -> str | None:
    return plain(text_of(value))


def _as_is(value: Any, _hook: Hook) -> Any:
    return value


def _email(value: Any, _hook: Hook) -> str | None:
    return email(value)


def _phone(value: Any, hook: Hook) -> str | None:
    return phone(value, hook.country)


def _tags(value: Any, _hook: Hook) -> tuple[str, ...]:
    several = value if isinstance(value, list) else text_of(value).split(",")
    return tuple(text_of(tag).strip() for tag in several if not blank(tag))


def _consent(value: Any, _hook: Hook) -> bool | None:
    return agreed(value)


def _money(value: Any, _hook: Hook) -> Decimal | None:
    return money(value)


def _moment(value: Any, _hook: Hook) -> int | None:
    return moment(value)


def _currency(value: Any, _hook: Hook) -> str:
    code = text_of(value).strip().upper()
    if len(code) != 3 or not code.isalpha():
        raise ValueError("it is no currency; three letters are, like RUB")
    return code


def _status(value: Any, _hook: Hook) -> str:
    status = text_of(value).strip().lower()
    if status not in STATUSES:
        raise ValueError(f"it is no status of ours. {instead(status, STATUSES)}")
    return status


_TEXTS = dict.fromkeys(("name", "first_name", "last_name", "city", "country", "ip", "page"), _plain)
_CONTACT = {**_TEXTS, "email": _email, "phone": _phone, "tags": _tags, "consent": _consent}
_ORDER = {
    **dict.fromkeys(("id", "payment_id", "subscription_id", "invoice_id", "coupon", "comment"), _plain),
    **dict.fromkeys(("amount", "refunded"), _money),
    **dict.fromkeys(("created_at", "paid_at"), _moment),
    "status": _status,
    "currency": _currency,
}
_GOOD = {"id": _plain, "name": _plain, "price": _money, "quantity": _money, "sum": _money}
