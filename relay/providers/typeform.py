"""Typeform: answers come apart from their questions and are joined by the field's id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relay.incoming import Incoming
from relay.models import Utm
from relay.provider import Provider
from relay.reading import Answer, ReadingSchema, dig, gather_utm, mapping, rows, text_at
from relay.verifying import Signature

_ROLES = {"email": "email", "phone_number": "phone", "legal": "consent"}
# The dashboard fills this address into its own test request; nobody can own it.
_TEST_ADDRESS = "an_account@example.com"


class Response(ReadingSchema):
    def answers(self, body: Any) -> Iterator[Answer]:
        asked = rows(body, "form_response.definition.fields")
        titles = {text_at(field, "id"): text_at(field, "title") for field in asked}
        for answer in rows(body, "form_response.answers"):
            key = text_at(answer, "field.ref", "field.id") or ""
            title = titles.get(text_at(answer, "field.id")) or ""
            yield Answer(key, _value(answer), title, _ROLES.get(text_at(answer, "field.type") or "", ""))

    def utm(self, body: Any) -> Utm:
        return gather_utm(mapping(body, "form_response.hidden"))

    def finish(self, found: dict[str, Any], body: Any) -> None:
        hidden = mapping(body, "form_response.hidden")
        extra = {name: value for name, value in hidden.items() if value and not name.startswith("utm_")}
        score = dig(body, "form_response.calculated.score")
        found["custom"] = extra | found["custom"] | ({} if score is None else {"score": score})


def _value(answer: Any) -> Any:
    value = dig(answer, text_at(answer, "type") or "text")
    labels, other = dig(value, "labels"), dig(value, "other")
    if labels:
        return [*rows(labels), *([other] if other else [])]
    return dig(value, "label", "other", "url") or value


def _event_id(incoming: Incoming) -> str | None:
    """The submission's token: a delivery repeated by hand keeps it; a partial response shares it with the whole one."""
    token, kind = text_at(incoming.body, "form_response.token"), text_at(incoming.body, "event_type")
    return token if kind == "form_response" or not token else f"{kind}:{token}"


def _test(incoming: Incoming) -> bool:
    answers = rows(incoming.body, "form_response.answers")
    return any(dig(answer, "email") == _TEST_ADDRESS for answer in answers)


PROVIDER = Provider(
    name="typeform",
    title="Typeform",
    kind="form",
    proof=(Signature(at="header:Typeform-Signature", mac="sha256", encoding="base64", prefix="sha256="),),
    schema=Response,
    event_type="event_type",
    event_id=_event_id,
    test=_test,
    settings=(
        "Connect > Webhooks > Add a webhook: enter the hook's URL, then *Edit*: set a secret (this is `secret`). "
        "Switch the webhook on: it is made switched off. Give questions a reference (*ref*) that stays when titles "
        "change, and declare utm_source ... as hidden fields."
    ),
    arrives="`form_response` with the answered questions; others stand in `contact.custom` by their reference.",
    on_failure=(
        "30 seconds. 408, 423, 429 and 503 are repeated every 2 to 3 minutes for 10 hours, other failures a few times "
        "over 10 hours; 404 and 410 switch the webhook off."
    ),
    tests=f"The dashboard's test request carries {_TEST_ADDRESS} (an assumption): it is answered and goes no further.",
    sources=("typeform.com/developers/webhooks",),
)
