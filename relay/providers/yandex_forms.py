"""Yandex Forms: a body of the owner's own, or JSON-RPC, which wants its protocol's answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from relay.incoming import Incoming
from relay.mending import MENDED, parse_mended
from relay.models import Answer, Reading
from relay.provider import Provider, json_answer
from relay.reading import Answer as FormAnswer
from relay.reading import FlatForm, dig, mapping
from relay.verifying import CHOSEN, KEY_NAME


def _fields(body: Any) -> dict[str, Any]:
    return mapping(body, "params") if dig(body, "jsonrpc") else mapping(body)


class Submission(FlatForm):
    own = frozenset({"answer_id", "form_id", "form", MENDED})

    def answers(self, body: Any) -> Iterable[FormAnswer]:
        return super().answers(_fields(body))


def _event_id(incoming: Incoming) -> str | None:
    found = dig(_fields(incoming.body), "answer_id")
    return str(found) if isinstance(found, (str, int)) else None


def _reply(_: Reading, incoming: Incoming) -> Answer:
    body = incoming.body
    if not dig(body, "jsonrpc"):
        return Answer()
    return json_answer({"jsonrpc": "2.0", "result": "ok", "id": dig(body, "id")})


PROVIDER = Provider(
    name="yandex_forms",
    title="Yandex Forms (Яндекс Формы)",
    kind="form",
    proof=(CHOSEN,),
    parse=parse_mended,
    schema=Submission,
    event_type="const:lead",
    event_id=_event_id,
    reply=_reply,
    settings=(
        "Integration > Request with a set method: POST, the hook's URL, the header `Authorization: Bearer <secret>` "
        "and `Content-Type: application/json`; the body is JSON with the form's variables: "
        '{"answer_id": "<answer id>", "name": ..., "email": ..., "phone": ..., "city": ...}. Or JSON-RPC with such '
        "parameters. Requests come over IPv6 only, from 2a02:6b8:c00::/40: the relay's host needs an AAAA record "
        "(and may list that network under `addresses:`)."
    ),
    arrives=(
        "What the owner wrote, every value as text, several choices parted by commas. An answer with a quotation mark "
        "breaks the JSON: it is mended where it can be (`body.mended`), else refused with 400."
    ),
    on_failure=(
        "5 seconds; time-out, 5xx and 404 are repeated, up to 7 times within 30 minutes; any other status ends it, and "
        "the owner may run it again by hand with the same answer id."
    ),
    options=KEY_NAME,
    sources=("yandex.ru/support/forms/en/send-request", "yandex.cloud/en/docs/forms/send-request"),
)
