"""VK lead forms (Callback API): a confirmation first, then events that want the answer ``ok`` to the letter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relay.incoming import Incoming
from relay.models import Answer
from relay.provider import Provider
from relay.reading import Answer as FormAnswer
from relay.reading import Form, dig, mapping, rows, text_at
from relay.verifying import Secret
from relay.verifying.secrets import equal

_KEPT = ("form_name", "form_id", "ad_id", "user_id")


class Lead(Form):
    def answers(self, body: Any) -> Iterator[FormAnswer]:
        for row in rows(body, "object.answers"):
            key, value = text_at(row, "key") or "", dig(row, "answer")
            value = dig(value, "value") if isinstance(value, dict) else value  # as the API for pulling writes it
            question = text_at(row, "question") or ""
            # custom_0, custom_1 shift when a question is put between: their words are what stays
            yield FormAnswer(question if key.startswith("custom_") and question else key, value, question)

    def finish(self, found: dict[str, Any], body: Any) -> None:
        lead = mapping(body, "object")
        if "answers" in lead:
            found["custom"] |= {name: lead[name] for name in _KEPT if text_at(lead, name)}


def _greet(incoming: Incoming) -> Answer | None:
    """The string is told to whoever knows the secret; VK may ask before a secret was set."""
    body = incoming.parsed
    if text_at(body, "type") != "confirmation":
        return None
    given, secrets = text_at(body, "secret"), incoming.hook.secrets
    if given and secrets and not any(equal(secret, given) for secret in secrets):
        return None
    told = str(incoming.hook.options.get("confirmation") or "")
    return Answer(told) if told else Answer("This hook has no option `confirmation` yet.", status=503)


PROVIDER = Provider(
    name="vk",
    title="VK lead forms (ВКонтакте)",
    kind="form",
    proof=(Secret(at=("field:secret",)),),
    schema=Lead,
    event_type="type",
    event_id=("event_id",),
    greet=_greet,
    options={"confirmation": "the string that the server must return; in quotation marks"},
    settings=(
        "Community > Manage > API usage > Callback API: put the *string to be returned* into the option `confirmation` "
        "and start the relay, then enter the hook's URL and a secret key (this is `secret`), press *Confirm*, and tick "
        "*Lead forms: new* under event types."
    ),
    arrives=(
        "lead_forms_new with all answers; questions of your own in `contact.custom` by their words. No UTM marks: "
        "form_name and ad_id stand in `contact.custom`. Many forms ask for a phone only: those have no e-mail."
    ),
    on_failure="Anything but `ok` is repeated (X-Retry-Counter); a server that fails for long is switched off.",
    sources=("SevereCloud/vksdk", "dev.vk.ru/ru/api/callback/getting-started"),
)
