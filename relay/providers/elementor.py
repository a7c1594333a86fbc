"""Elementor Pro forms: answers by their labels, or, with *advanced data*, with their types and ids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relay.provider import Provider
from relay.reading import Answer, FlatForm, Text, dig, mapping, rows, text_at
from relay.verifying import CHOSEN, KEY_NAME

_ROLES = {"email": "email", "tel": "phone", "acceptance": "consent"}


class Submission(FlatForm):
    own = frozenset({"date", "time", "user agent", "powered by", "form_id", "form_name", "form", "fields", "meta"})
    page = Text("meta.page_url.value")
    ip = Text("meta.remote_ip.value")

    def answers(self, body: Any) -> Iterator[Answer]:
        fields = dig(body, "fields")
        for field in rows(fields) or mapping(fields).values():
            value = dig(field, "raw_value") if rows(field, "raw_value") else dig(field, "value")
            role = _ROLES.get(text_at(field, "type") or "", "")
            yield Answer(text_at(field, "id") or "", value, text_at(field, "title") or "", role)
        yield from super().answers(body)

    def answer(self, key: str, value: Any) -> Answer:
        return Answer(key.removeprefix("No Label "), value)


PROVIDER = Provider(
    name="elementor",
    title="Elementor Pro",
    kind="form",
    proof=(CHOSEN,),
    schema=Submission,
    event_type="const:lead",
    settings=(
        "Form > Actions after submit > Webhook: the hook's URL with a token; switch *Advanced data* on: without it "
        "answers come by their labels, and of two equal labels only one. Hidden fields utm_source ... or the page's "
        "address bring the UTM marks. The address must be public, on port 80, 443 or 8080."
    ),
    arrives="All answers; several choices as a list with advanced data, else as one text with commas.",
    on_failure=(
        "About 5 seconds while the visitor waits; anything but 200 shows him an error, and he sends again. No repeats."
    ),
    options=KEY_NAME,
    sources=("proelements/proelements modules/forms/actions/webhook.php", "elementor/elementor issue 27399"),
)
