"""Paperform: a list of answers with types and two keys each; also submissions that were never finished."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relay.incoming import Incoming
from relay.models import Utm
from relay.provider import Provider
from relay.reading import Answer, Form, Text, dig, gather_utm, mapping, rows, text_at
from relay.reading.people import agreed
from relay.verifying import CHOSEN, KEY_NAME

_ROLES = {"email": "email", "phone": "phone"}


class Submission(Form):
    ip = Text("ip_address")
    page = Text("device.url")

    def answers(self, body: Any) -> Iterator[Answer]:
        for row in rows(body, "data"):
            key, title = text_at(row, "custom_key", "key") or "", text_at(row, "title") or ""
            yield Answer(key, dig(row, "value"), title, _ROLES.get(text_at(row, "type") or "", ""))

    def utm(self, body: Any) -> Utm:
        return gather_utm(super().utm(body), mapping(body, "device"))


def _test(incoming: Incoming) -> bool:
    """Nobody who has not pressed *submit* becomes a contact, unless the hook says so."""
    return incoming.at("trigger") == "partial" and agreed(incoming.at("option:partial")) is not True


PROVIDER = Provider(
    name="paperform",
    title="Paperform",
    kind="form",
    proof=(CHOSEN,),
    schema=Submission,
    event_type=lambda incoming: text_at(incoming.body, "trigger") or "submission",
    event_id=("trigger?", "submission_id"),
    test=_test,
    options={**KEY_NAME, "partial": "true: also submissions that were not finished become contacts"},
    settings=(
        "After submission > Integrations & webhooks: the hook's URL with a token (headers cannot be set), triggered on "
        "*new submission*. Give questions a custom pre-fill key: email, name, phone, utm_source."
    ),
    arrives="Every answer, also hidden ones; `contact.custom` has them by custom key, else by key.",
    on_failure="Repeats are not confirmed; a submission can be sent again by hand from the dashboard.",
    tests=(
        "The button *Test* sends the last real submission again: it is known as a repeat. Partial submissions count as "
        "tests unless the option `partial` is true."
    ),
    sources=("paperform.co/help/articles/how-to-use-webhooks", "activepieces, piece paperform"),
)
