"""Marquiz quizzes: contacts apart from answers, the campaign under the name ``name``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relay.incoming import Incoming, fingerprint
from relay.models import Utm
from relay.provider import Provider
from relay.reading import Answer, EMail, Phone, ReadingSchema, Text, dig, gather_utm, mapping, rows, text_at
from relay.verifying import CHOSEN, KEY_NAME

_OWN = frozenset({"name", "email", "phone", "city"})


class Lead(ReadingSchema):
    email = EMail("contacts.email")
    name = Text("contacts.name")
    phone = Phone("contacts.phone")
    city = Text("contacts.city", "extra.city")
    country = Text("extra.country")
    page = Text("extra.href")
    ip = Text("extra.ip")

    def answers(self, body: Any) -> Iterator[Answer]:
        for row in rows(body, "answers"):
            yield Answer(text_at(row, "q") or "", dig(row, "a"))

    def utm(self, body: Any) -> Utm:
        return gather_utm(mapping(body, "extra"))

    def finish(self, found: dict[str, Any], body: Any) -> None:
        nicks = {name: value for name, value in mapping(body, "contacts").items() if name not in _OWN and value}
        result = text_at(body, "result.title")
        found["custom"] |= nicks | ({"result": result} if result else {})


def _event_id(incoming: Incoming) -> str | None:
    """A lead has no number: the quiz, the moment and the person tell it."""
    quiz, created = text_at(incoming.body, "quiz.id"), text_at(incoming.body, "created")
    return f"{quiz}:{created}:{fingerprint(mapping(incoming.body, 'contacts'))}" if quiz and created else None


PROVIDER = Provider(
    name="marquiz",
    title="Marquiz",
    kind="form",
    proof=(CHOSEN,),
    schema=Lead,
    event_type="const:lead",
    event_id=_event_id,
    settings="Quiz > Integrations > Webhooks: the hook's URL with a token (?token=<secret> will do as well).",
    arrives=(
        "Contacts as far as the quiz asks for them (often a phone only), every answer in `contact.custom` by its "
        "question, messenger names and the `result` too. With *send contacts first* a lead comes twice."
    ),
    on_failure="Not known.",
    options=KEY_NAME,
    sources=("help.marquiz.ru/article/518, as cited in public receivers",),
)
