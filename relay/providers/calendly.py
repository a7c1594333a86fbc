"""Calendly: a booking with its questions; a moved booking comes as a cancelled one and a new one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relay.incoming import Incoming
from relay.models import Utm
from relay.provider import Provider
from relay.reading import Answer, EMail, Phone, ReadingSchema, Text, dig, gather_utm, mapping, rows, text_at
from relay.reading.people import agreed
from relay.verifying import stamped


class Invitee(ReadingSchema):
    email = EMail("payload.email")
    name = Text("payload.name")
    first_name = Text("payload.first_name")
    last_name = Text("payload.last_name")
    phone = Phone("payload.text_reminder_number")

    def answers(self, body: Any) -> Iterator[Answer]:
        for row in rows(body, "payload.questions_and_answers"):
            yield Answer(text_at(row, "question") or "", dig(row, "answer"))

    def utm(self, body: Any) -> Utm:
        return gather_utm(mapping(body, "payload.tracking"))


def _event_type(incoming: Incoming) -> str:
    """Nobody who moves his appointment has left, or come anew."""
    event, moved = text_at(incoming.body, "event") or "", dig(incoming.body, "payload.old_invitee")
    if event == "invitee.canceled":
        moved = agreed(dig(incoming.body, "payload.rescheduled"))
    return "invitee.rescheduled" if moved and event.startswith("invitee.") else event


PROVIDER = Provider(
    name="calendly",
    title="Calendly",
    kind="form",
    proof=(stamped("header:Calendly-Webhook-Signature"),),
    schema=Invitee,
    event_type=_event_type,
    event_id=("event", "payload.uri"),
    settings=(
        "Subscriptions are made by its API (paid plans): POST https://api.calendly.com/webhook_subscriptions with the "
        "hook's URL, the events, a scope and a `signing_key` of your own, which is `secret`."
    ),
    arrives=(
        "invitee.created, invitee.canceled, routing_form_submission.created. Both halves of a moved booking have the "
        "event type invitee.rescheduled here (`body.event` is Calendly's own word), so that nobody is taken for a new "
        "lead or for one who left."
    ),
    on_failure="Growing pauses for 24 hours, then the subscription is switched off and must be made anew.",
    sources=("developer.calendly.com/api-docs", "n8n CalendlyTriggerHelpers"),
    confidence="tested",
)
