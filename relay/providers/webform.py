"""Any form, script or connector (Zapier, Make, n8n) that names its fields so that a person understands them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from relay.incoming import Incoming
from relay.provider import Provider
from relay.reading import Answer, FlatForm, mapping, text_at
from relay.verifying import CHOSEN, KEY_NAME

_IDS = ("event_id", "submission_id", "response_id", "entry_id", "lead_id")
_DEPTH = 3


class Submission(FlatForm):
    own = frozenset({*_IDS, "event", "event_type", "token", "secret", "api_key"})

    def answers(self, body: Any) -> Iterable[Answer]:
        return super().answers(dict(_flat(mapping(body))))


def _flat(fields: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """``{"contact": {"email": ...}}`` is ``contact.email``; a name of two parts stays one answer."""
    for name, value in fields.items():
        nested = mapping(value)
        if nested and above.count(".") < _DEPTH and not {"first", "last"} & nested.keys():
            yield from _flat(nested, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _event_id(incoming: Incoming) -> str | None:
    told = text_at(incoming.body, *_IDS)
    return f"{_event_type(incoming)}:{told}" if told else None


def _event_type(incoming: Incoming) -> str:
    return text_at(incoming.body, "event_type", "event") or "lead"


PROVIDER = Provider(
    name="webform",
    title="Any form or connector (Zapier, Make, n8n, Albato, a script)",
    kind="any",
    proof=(CHOSEN,),
    schema=Submission,
    event_type=_event_type,
    event_id=_event_id,
    settings=(
        "Post JSON or a form to the hook's URL with the header `X-Api-Key: <secret>`. Name the fields email, name (or "
        "first_name, last_name), phone, city, consent, page, ip, utm_source ..., in English or Russian (почта, имя, "
        "телефон, город); they may stand within others (contact.email). `event_id` tells a repeat, `event_type` the "
        "kind."
    ),
    arrives="Whatever you send; fields with other names stand in `contact.custom`.",
    on_failure="Depends on the sender. Without `event_id` two events with the same body within an hour count as one.",
    options=KEY_NAME,
    confidence="tested",
)
