"""Formstack: JSON with or without types, or a form whose compound answers are lines of text."""

from __future__ import annotations

import re
from typing import Any

from relay.provider import Provider
from relay.reading import Answer, FlatForm, mapping, rows, text_at
from relay.verifying import Secret, Signature

_ROLES = {"email": "email", "phone": "phone", "name": "name"}
_LINE = re.compile(r"\s*([a-z0-9_]{2,20}) = (.*)")


class Submission(FlatForm):
    own = frozenset({"formid", "uniqueid", "handshakekey"})

    def answer(self, key: str, value: Any) -> Answer:
        typed = mapping(value)
        value, kind = (typed.get("value"), text_at(typed, "field_type")) if "field_type" in typed else (value, "")
        return Answer(key, _whole(value), "", _ROLES.get(kind or "", ""))


def _whole(value: Any) -> Any:
    """``first = Anna`` and ``last = Smirnova`` on two lines are one name of two parts."""
    if not isinstance(value, str) or " = " not in value:
        return rows(value) or value
    lines = [_LINE.fullmatch(line) for line in value.splitlines() if line.strip()]
    return {line.group(1): line.group(2).strip() for line in lines if line} if all(lines) else value


PROVIDER = Provider(
    name="formstack",
    title="Formstack",
    kind="form",
    proof=(
        Signature(at="header:X-FS-Signature", mac="sha256", prefix="sha256="),
        Secret(at=("field:HandshakeKey",)),
    ),
    schema=Submission,
    event_type="const:lead",
    event_id=("UniqueID",),
    settings=(
        "Form > Settings > Emails & Actions > Webhook: the hook's URL, content type JSON, field types included, keys "
        "by field name; enter an HMAC key (this is `secret`), or a shared secret (sent as HandshakeKey)."
    ),
    arrives="All answers by their names; of two fields with one name only the last. An address keeps its parts.",
    on_failure="Not known: repeats are not confirmed.",
    sources=("n8n FormstackTrigger", "developers.formstack.com/docs/webhook-examples"),
)
