"""Taplink: leads with their fields as records, and payments; signed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relay.incoming import Incoming
from relay.provider import Provider
from relay.reading import Answer, Choice, Currency, EMail, Form, Money, Phone, Text, dig, rows, text_at
from relay.verifying import Signature

_STATUS = {"1": "waiting", "2": "paid", "3": "cancelled", "4": "waiting", "5": "refunded", "6": "authorized"}


class Lead(Form):
    email = EMail("data.email")
    name = Text("data.name", "data.fullname")
    phone = Phone("data.phone")
    page = Text("data.page_link")
    ip = Text("data.ip")
    order_id = Text("data.order_number", "data.order_id")
    status = Choice("data.order_status_id", table=_STATUS)
    amount = Money("data.budget")
    currency = Currency("data.currency_code")
    comment = Text("data.purpose")

    def answers(self, body: Any) -> Iterator[Answer]:
        for record in rows(body, "data.records"):
            yield Answer(text_at(record, "title") or "", dig(record, "value"))


def _event_id(incoming: Incoming) -> str | None:
    """A payment changes its state; a lead has a number."""
    number, status = text_at(incoming.body, "data.order_id", "data.lead_id"), dig(incoming.body, "data.order_status_id")
    return f"{text_at(incoming.body, 'action')}:{number}:{status or ''}" if number else None


PROVIDER = Provider(
    name="taplink",
    title="Taplink",
    kind="form",
    proof=(Signature(at="header:Taplink-Signature", mac="sha1"),),
    schema=Lead,
    event_type="action",
    event_id=_event_id,
    settings=(
        "Settings > Modules > Webhooks: the hook's URL for *new lead* and *new payment*, data format JSON, and a "
        "secret phrase, which is `secret`."
    ),
    arrives="leads.created and payments.created; the form's fields in `contact.custom` by their titles.",
    on_failure="Repeated 8 times over some 10 hours (from notes of others).",
    sources=("taplink.at/en/dev/webhooks.html", "public receivers"),
)
