"""What the author of a schema may get wrong is told when the provider is loaded, not lost on the way."""

from __future__ import annotations

import pytest

from relay.provider import Fetch, Provider
from relay.reading import Choice, EMail, ReadingSchema, Text


class Misspelt(ReadingSchema):
    e_mail = EMail("email")


class Unknown(ReadingSchema):
    email = EMail("email")
    status = Choice("state", table={"ok": "payed", "no": "failed"})


class Right(ReadingSchema):
    order_id = Text("id")
    status = Choice("state", table={"ok": "paid"})


def provider(**declared: object) -> Provider:
    return Provider(name="example", title="", kind="form", settings="", arrives="", on_failure="", **declared)


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        (Misspelt, 'example, schema Misspelt: Unknown field "e_mail". Did you mean "email"?'),
        (Unknown, 'example, schema Unknown: Unknown status "payed". Did you mean "paid"?'),
    ],
)
def test_a_misspelt_name_stops_the_provider(schema: type[ReadingSchema], told: str) -> None:
    """With the nearest right one; also in what is read from a sender's answers."""
    with pytest.raises(ValueError, match=told.replace("?", r"\?")):
        provider(schema=schema)
    with pytest.raises(ValueError, match=told.replace("?", r"\?")):
        provider(schema=Right, fetch=Fetch(ask=lambda *_: (), schema=schema))
    provider(schema=Right)
