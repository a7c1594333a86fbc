"""Jivo (JivoChat): chats, calls and messages left while nobody was there; wants the answer ``{"result": "ok"}``."""

from __future__ import annotations

from typing import Any

from relay.incoming import Incoming
from relay.models import Utm
from relay.provider import Provider, json_answer
from relay.reading import EMail, Phone, ReadingSchema, Text, gather_utm, mapping, rows, text_at
from relay.verifying import CHOSEN, KEY_NAME

_ONCE = frozenset({"chat_accepted", "chat_finished", "offline_message"})  # others come several times a chat


class Visit(ReadingSchema):
    email = EMail("visitor.email")
    name = Text("visitor.name")
    phone = Phone("visitor.phone", "call.phone")
    page = Text("page.url")
    ip = Text("session.ip_addr")

    def utm(self, body: Any) -> Utm:
        return gather_utm({"utm": mapping(body, "session.utm_json")})

    def finish(self, found: dict[str, Any], body: Any) -> None:
        found["tags"] = tuple(title for tag in rows(body, "tags") if (title := text_at(tag, "title")))
        kept = {"message": text_at(body, "message"), "description": text_at(body, "visitor.description")}
        found["custom"] |= {name: value for name, value in kept.items() if value}


def _event_id(incoming: Incoming) -> str | None:
    event, chat = text_at(incoming.body, "event_name"), text_at(incoming.body, "offline_message_id", "chat_id")
    return f"{event}:{chat}" if event in _ONCE and chat else None


PROVIDER = Provider(
    name="jivo",
    title="Jivo (JivoChat, JivoSite)",
    kind="crm",
    proof=(CHOSEN,),
    schema=Visit,
    event_type="event_name",
    event_id=_event_id,
    reply=json_answer({"result": "ok"}),
    settings="Manage > Channels > the channel > Developers > Webhooks: the hook's URL with a token.",
    arrives=(
        "chat_accepted, chat_finished, chat_updated, offline_message, call_event: what is known of the visitor, often "
        "without an e-mail: say `when: contact.email`. The city that Jivo guesses from the address is left alone."
    ),
    on_failure="Not known.",
    options=KEY_NAME,
    sources=("jivochat.com/docs/webhooks",),
)
