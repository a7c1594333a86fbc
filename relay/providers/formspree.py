"""Formspree: the fields of an HTML form under ``submission``; signed as Stripe does."""

from __future__ import annotations

from typing import Any

from relay.provider import Provider
from relay.reading import Answer, FlatForm
from relay.verifying import stamped


class Submission(FlatForm):
    root = "submission"

    def answer(self, key: str, value: Any) -> Answer:
        """``_date``, ``_subject`` and their like are Formspree's own."""
        return Answer(key, None if key.startswith("_") else value)


PROVIDER = Provider(
    name="formspree",
    title="Formspree",
    kind="form",
    proof=(stamped("header:Formspree-Signature"),),
    schema=Submission,
    event_type="const:lead",
    settings="Form > Plugins > Webhook, *simple*: the hook's URL; the signing secret shown there is `secret`.",
    arrives="All fields of the HTML form by their names; hidden inputs utm_source ... and page as well.",
    on_failure="Not known.",
    sources=("help.formspree.io: Verify Webhook Signatures, Webhooks", "public receivers"),
)
