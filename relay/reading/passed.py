"""What a shop passes along with a payment and gets back: metadata, custom data, parameters of its link."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from relay.bodies import parse_json
from relay.errors import UnreadableBody
from relay.models import Utm
from relay.reading.answers import Answer
from relay.reading.paths import dig, rows
from relay.reading.people import email
from relay.reading.schema import ReadingSchema
from relay.reading.utm import gather_utm

NUMBERS = ("order_id", "orderId", "order_number", "orderNumber", "order")  # under which shops put their own number


class Sale(ReadingSchema):
    """What was passed along at the places ``along`` fills in what the schema's fields have not found."""

    along: ClassVar[tuple[str, ...]] = ()

    def answers(self, body: Any) -> Iterator[Answer]:
        for place in self.along:
            yield from passed(dig(body, place))

    def utm(self, body: Any) -> Utm:
        return gather_utm(*({one.key: one.value for one in passed(dig(body, place))} for place in self.along))


def numbers(place: str) -> tuple[str, ...]:
    """The paths of the shop's own number in what it passed along at ``place``."""
    return tuple(f"{place}.{name}" for name in NUMBERS)


def passed(value: Any) -> Iterator[Answer]:
    """A mapping, a list of names with values, or either of them as a JSON text; the shop's own number is no answer."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            value = parse_json(value)
        except UnreadableBody:
            return
    lines = value.items() if isinstance(value, dict) else map(_line, rows(value))
    for name, said in lines:
        if name and name not in NUMBERS:
            yield Answer(str(name), said)


def _line(row: Any) -> tuple[Any, Any]:
    return dig(row, "name", "key", "variable_name"), dig(row, "value")


def as_email(value: Any) -> str | None:
    """For places that often hold an e-mail address and never promise to: what is none is no problem."""
    try:
        return email(value)
    except ValueError:
        return None
