"""Wix: an app's webhook is one signed token with JSON within JSON; an automation posts plain JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from relay.bodies import parse_body
from relay.incoming import parse_jwt
from relay.models import Utm, WebhookRequest
from relay.provider import Provider
from relay.reading import Answer, EMail, Phone, ReadingSchema, Text, dig, gather_utm, mapping
from relay.verifying import Jwt

_EVENT = "data.data.createdEvent"
_TARGET = re.compile(r"(?:field:)?(.+?)(?:_[0-9a-f]{4})?")  # email_726e, field:email_726e
_OWN = frozenset({"formName", "formId", "submissionTime", "submissionId", "contactId", "contact", "submissionsLink"})


class Submission(ReadingSchema):
    email = EMail("data.contact.email", "contact.email")
    first_name = Text("data.contact.name.first", "contact.name.first")
    last_name = Text("data.contact.name.last", "contact.name.last")
    phone = Phone("data.contact.phone", "contact.phone")

    def answers(self, body: Any) -> Iterator[Answer]:
        for key, value in _fields(body).items():
            target = _TARGET.fullmatch(key)
            if key not in _OWN and target:
                yield Answer(key.removeprefix("field:"), value, target.group(1))

    def utm(self, body: Any) -> Utm:
        return gather_utm({answer.label: answer.value for answer in self.answers(body)})


def _fields(body: Any) -> dict[str, Any]:
    found = dig(body, f"{_EVENT}.entity.submissions", f"{_EVENT}.entityAsJson.submissions")
    if dig(body, "data.data"):
        return mapping(found)
    return mapping(body, "data") or mapping(body)


def _parse(request: WebhookRequest, charset: str = "") -> Any:
    automation = request.body.lstrip()[:1] == b"{"
    return parse_body(request, charset) if automation else parse_jwt(request, charset)


PROVIDER = Provider(
    name="wix",
    title="Wix",
    kind="form",
    proof=(Jwt(),),
    parse=_parse,
    unwrap={"data": "json", "data.data": "json", f"{_EVENT}.entityAsJson": "json"},
    schema=Submission,
    event_type=lambda incoming: str(dig(incoming.body, "data.eventType") or "lead"),
    event_id=lambda incoming: (found := dig(incoming.body, "data.data.id", "data.submissionId")) and str(found),
    options={"public_key": "the app's public key from its dashboard (PEM); it may also stand in `secret`"},
    settings=(
        "App: Dev Center > your app > Webhooks > *Form submission created*, the hook's URL; the public key shown there "
        "is `secret` (or the option `public_key`). Automation: *Send HTTP request*, POST, the hook's URL with a token."
    ),
    arrives=(
        "Fields by their targets (email_726e), not by their labels: e-mail, phone, names and city are known by the "
        "word before the number. A redirect or script must put UTM marks into fields."
    ),
    on_failure="1.25 seconds; up to 12 more tries over two days.",
    sources=("dev.wix.com/docs/rest/articles/getting-started/webhook-resend-policy", "api-evangelist/wix"),
)
