"""WPForms (Webhooks addon): only the keys that the owner mapped, signed as Stripe does."""

from __future__ import annotations

import json
from typing import Any

from relay.incoming import Incoming
from relay.provider import Provider
from relay.reading import Answer, FlatForm, mapping
from relay.verifying import CHOSEN, KEY_NAME, stamped


class Submission(FlatForm):
    own = frozenset({"entry_id", "form_id", "form_name"})

    def answer(self, key: str, value: Any) -> Answer:
        """Several choices, and the lines of an address, are one text with two bars."""
        several = isinstance(value, str) and "||" in value
        return Answer(key, [part for part in value.split("||") if part] if several else value)


def _payload(incoming: Incoming, _: str) -> bytes:
    """In the form format it is not the bytes that are signed but wp_json_encode() of the parameters."""
    body = incoming.request.body
    if body.lstrip()[:1] == b"{":
        return body
    text = json.dumps({key: _typed(value) for key, value in mapping(incoming.parsed).items()}, separators=(",", ":"))
    return text.replace("/", "\\/").encode()


def _typed(value: Any) -> Any:
    """A date is ``{value, unix}``, the second a number until it became a form's text."""
    if isinstance(value, dict) and str(value.get("unix", "")).isdecimal():
        return {**value, "unix": int(value["unix"])}
    return value


def _event_id(incoming: Incoming) -> str | None:
    """0 is what Lite and forms without stored entries say."""
    entry = str(incoming.at("entry_id") or "0")
    return ":".join((str(incoming.at("form_id") or ""), entry)) if entry != "0" else None


PROVIDER = Provider(
    name="wpforms",
    title="WPForms",
    kind="form",
    proof=(
        stamped("header:X-WPForms-Webhook-Signature", payload=_payload, version="v"),
        CHOSEN,
    ),
    schema=Submission,
    event_type="const:lead",
    event_id=_event_id,
    settings=(
        "Form > Settings > Webhooks (Elite): enter the hook's URL exactly (redirects are not followed), method POST, "
        "format JSON; the *secret* shown there is `secret`. Map the keys email, name, phone, city, utm_source ..., "
        "page = {page_url}, form_id = {form_id}, entry_id = {entry_id}: nothing else is sent, and entry_id tells a "
        "repeat."
    ),
    arrives="The mapped keys. Names are one text; several choices become a list.",
    on_failure="60 seconds, from WP-Cron minutes later; no repeats, the status is not looked at.",
    options=KEY_NAME,
    sources=("Process class of the WPForms Webhooks addon",),
)
