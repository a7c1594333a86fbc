"""Fillout: questions with types, and the parameters of the form's address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relay.provider import Provider
from relay.reading import Answer, Form, dig, rows, text_at
from relay.verifying import CHOSEN, KEY_NAME

_ROLES = {"EmailInput": "email", "PhoneNumber": "phone"}


class Submission(Form):
    def answers(self, body: Any) -> Iterator[Answer]:
        submission = dig(body, "submission") or body
        for question in rows(submission, "questions"):
            name, kind = text_at(question, "name") or "", text_at(question, "type") or ""
            yield Answer(name, dig(question, "value"), role=_ROLES.get(kind, ""))
        for parameter in rows(submission, "urlParameters"):
            yield Answer(text_at(parameter, "name") or "", dig(parameter, "value"))


PROVIDER = Provider(
    name="fillout",
    title="Fillout",
    kind="form",
    proof=(CHOSEN,),
    schema=Submission,
    event_type="const:lead",
    event_id=lambda incoming: text_at(incoming.body, "submission.submissionId", "submissionId"),
    settings=(
        "Form > Integrate > Webhook: the hook's URL with a token (*advanced* lets you add the header X-Api-Key). URL "
        "parameters utm_source ... must be declared in the form's settings."
    ),
    arrives="A submission with all questions; `contact.custom` has answers by the questions' names.",
    on_failure="Not known.",
    options=KEY_NAME,
    confidence="assumption",
    sources=("fillout.com/help/webhook", "fillout.com/help/fillout-rest-api"),
)
