"""Tally: a list of fields with types, choices by the ids of their options."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relay.provider import Provider
from relay.reading import Answer, Form, dig, rows, text_at
from relay.verifying import Signature

_ROLES = {"INPUT_EMAIL": "email", "INPUT_PHONE_NUMBER": "phone"}
_NAMED = frozenset({"HIDDEN_FIELDS", "CALCULATED_FIELDS"})  # their labels are names that the owner gave


class Response(Form):
    def answers(self, body: Any) -> Iterator[Answer]:
        for field in rows(body, "data.fields"):
            kind, label = text_at(field, "type") or "", text_at(field, "label") or ""
            if kind == "CHECKBOXES" and isinstance(dig(field, "value"), bool):
                continue  # each option once more; the question itself lists those that were ticked
            key = label if kind in _NAMED else text_at(field, "key") or ""
            value = _value(field)
            yield Answer(key, value, label or _first(value), _ROLES.get(kind, ""))


def _value(field: Any) -> Any:
    """Choices by their texts; one choice out of a list that allows one is that text."""
    value, kind = dig(field, "value"), text_at(field, "type")
    texts = {text_at(option, "id"): text_at(option, "text") for option in rows(field, "options")}
    if not isinstance(value, list) or not texts:
        return value
    chosen = [texts.get(text_at({"id": one}, "id"), one) for one in value]
    return chosen[0] if kind in ("DROPDOWN", "MULTIPLE_CHOICE") and len(chosen) == 1 else chosen


def _first(value: Any) -> str:
    """A box without a question is known by its own words (I agree to ...)."""
    return str(value[0]) if isinstance(value, list) and len(value) == 1 else ""


PROVIDER = Provider(
    name="tally",
    title="Tally",
    kind="form",
    proof=(Signature(at="header:Tally-Signature", mac="sha256", encoding="base64"),),
    schema=Response,
    event_type="eventType",
    event_id=("eventId",),
    settings=(
        "Form > Integrations > Webhooks: the hook's URL and a signing secret, which is `secret`. Hidden fields named "
        "utm_source ... bring the UTM marks."
    ),
    arrives="FORM_RESPONSE with every field, unanswered ones too; `contact.custom` has answers by the fields' keys.",
    on_failure="10 seconds; repeats after 5 and 30 minutes, 1 hour, 6 hours, a day (from memory).",
    sources=("developers.tally.so/api-reference/endpoint/webhooks/post", "activepieces, piece tally"),
)
