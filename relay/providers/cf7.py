"""Contact Form 7 with the plugin *CF7 to Webhook*: form tags as flat JSON, or a template of the owner's own."""

from __future__ import annotations

import re
from typing import Any

from relay.errors import UnreadableBody
from relay.mending import MENDED, parse_mended
from relay.models import WebhookRequest
from relay.provider import Provider
from relay.reading import Answer, FlatForm
from relay.verifying import CHOSEN, KEY_NAME

_NUMBERED = re.compile(r"-\d+$")  # tel-123: the name that the tag generator makes
_SPECIAL = {"_url": "page", "_remote_ip": "ip"}


class Submission(FlatForm):
    own = frozenset({MENDED, "unreadable"})

    def answer(self, key: str, value: Any) -> Answer:
        return Answer(key, value, _NUMBERED.sub("", key), _SPECIAL.get(key, ""))


def _parse(request: WebhookRequest, charset: str = "") -> Any:
    """The plugin calls a template's outcome text/plain when it is no JSON: a lead that is kept as it came."""
    try:
        return parse_mended(request, charset)
    except UnreadableBody:
        if request.content_type != "text/plain":
            raise
        return {"unreadable": request.body.decode("utf-8", "replace")}


PROVIDER = Provider(
    name="cf7",
    title="Contact Form 7",
    kind="form",
    proof=(CHOSEN,),
    parse=_parse,
    schema=Submission,
    event_type="const:lead",
    settings=(
        "Install *CF7 to Webhook*. In the form's tab *Webhook* enter the hook's URL (its address with a token), or add "
        "the header `X-Api-Key: <secret>`. Leave the body template empty: a template breaks its JSON at the first "
        "quotation mark in an answer. Name the tags your-name, your-email, your-phone, your-city; hidden tags "
        "utm_source ... bring the UTM marks, and `_url` the page."
    ),
    arrives=(
        "All tags of the form by their names. Broken JSON of a template is mended where it can be (`body.mended`); "
        "where it cannot, the text stands in `body.unreadable` and the event among the dead letters."
    ),
    on_failure="30 seconds while the visitor waits; no repeats: the form says it failed, its owner gets a mail.",
    options=KEY_NAME,
    sources=("github.com/mariovalney/cf7-to-zapier 4.1.0",),
)
