"""Flexbe: a lead as a form with brackets, the person apart from the form's fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relay.models import Utm
from relay.provider import Provider
from relay.reading import Answer, EMail, Phone, ReadingSchema, Text, dig, gather_utm, mapping, rows, text_at
from relay.verifying import CHOSEN, KEY_NAME


class Lead(ReadingSchema):
    email = EMail("data.client.email")
    name = Text("data.client.name")
    phone = Phone("data.client.phone")
    page = Text("data.utm.url")

    def answers(self, body: Any) -> Iterator[Answer]:
        fields = dig(body, "data.form_data")
        for field in rows(fields) or mapping(fields).values():
            yield Answer(text_at(field, "name", "id") or "", dig(field, "value"))

    def utm(self, body: Any) -> Utm:
        return gather_utm(mapping(body, "data.utm"))


PROVIDER = Provider(
    name="flexbe",
    title="Flexbe",
    kind="form",
    proof=(CHOSEN,),
    schema=Lead,
    event_type="const:lead",
    event_id=("data.num",),
    settings="Site settings > Integrations > Webhooks: the hook's URL with a token; one hook a site.",
    arrives="The person, every field of the form in `contact.custom` by its name, UTM marks.",
    on_failure="Not known.",
    options=KEY_NAME,
    confidence="assumption",
    sources=("public receivers",),
)
