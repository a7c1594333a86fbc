"""Webflow forms: answers by the names of the fields in the Designer; signed only where an API made the webhook."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from relay.provider import Provider
from relay.reading import Answer, FlatForm, dig
from relay.verifying import CHOSEN, KEY_NAME, Signature


class Submission(FlatForm):
    def answers(self, body: Any) -> Iterable[Answer]:
        """Version 1 had no envelope."""
        return super().answers(dig(body, "payload.data", "data"))

    def finish(self, found: dict[str, Any], body: Any) -> None:  # noqa: ARG002
        found["event_type"] = found["event_type"] or "form_submission"


PROVIDER = Provider(
    name="webflow",
    title="Webflow",
    kind="form",
    proof=(
        Signature(
            at="header:X-Webflow-Signature",
            mac="sha256",
            parts=("timestamp", "body"),
            join=":",
            timestamp="header:X-Webflow-Timestamp",
            unit=0.001,
        ),
        CHOSEN,
    ),
    schema=Submission,
    event_type="triggerType",
    event_id=lambda incoming: (found := dig(incoming.body, "payload.id", "_id")) and str(found),
    settings=(
        "Site settings > Apps & integrations > Webhooks: form submission, the hook's URL with a token (these are not "
        "signed). A webhook made with a site token's API or an app is signed: its secret, or the app's client secret, "
        "is `secret`. Name the fields Email, Name, Phone, City in the Designer; hidden inputs utm_source ... need a "
        "script."
    ),
    arrives="form_submission with all fields by their names; a tick box is true or false.",
    on_failure="30 seconds; up to 3 more tries, 10 minutes apart (from notes of others).",
    options=KEY_NAME,
    confidence="tested",
    sources=("npm webflow-api 3.3.4", "developers.webflow.com/data/docs/working-with-webhooks"),
)
