"""Wufoo: numbered fields, and what each of them is as JSON in a field of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relay.provider import Provider
from relay.reading import Answer, Form, Text, mapping, rows, text_at
from relay.verifying import Secret

_ROLES = {"email": "email", "phone": "phone"}


class Entry(Form):
    ip = Text("IP")

    def answers(self, body: Any) -> Iterator[Answer]:
        told: dict[str, tuple[str, str]] = {}
        for field in rows(body, "FieldStructure.Fields"):
            title, kind = text_at(field, "Title") or "", text_at(field, "Type") or ""
            parts = rows(field, "SubFields") or [field]
            for part in parts:
                label = text_at(part, "Label") if part is not field else ""
                told[text_at(part, "ID") or ""] = (f"{title} {label or ''}".strip(), _role(kind, label or ""))
        for key, value in mapping(body).items():
            if key.startswith("Field") and key != "FieldStructure":
                title, role = told.get(key, (key, ""))
                yield Answer(title, value, role=role)


def _role(kind: str, label: str) -> str:
    """Names and addresses are fields of several parts, known by the words on them."""
    if kind in ("name", "shortname"):
        return {"first": "first_name", "last": "last_name"}.get(label.lower(), "")
    if kind == "address":
        return "city" if label.lower() == "city" else ""
    return _ROLES.get(kind, "")


PROVIDER = Provider(
    name="wufoo",
    title="Wufoo",
    kind="form",
    proof=(Secret(at=("field:HandshakeKey",)),),
    unwrap={"FieldStructure": "json", "FormStructure": "json"},
    schema=Entry,
    event_type="const:lead",
    event_id=("FormStructure.Hash?", "EntryId"),
    settings=(
        "Form > Notifications > another application > WebHook: the hook's URL, a handshake key (this is `secret`), and "
        "tick *Include field and form structures*: without them fields are only numbers."
    ),
    arrives="All fields by their titles.",
    on_failure="Not known; errors stand in Wufoo's own log.",
    confidence="assumption",
    sources=("help.wufoo.com: Webhooks", "api-evangelist/wufoo", "public receivers and their tests"),
)
