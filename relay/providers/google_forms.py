"""Google Forms: whatever an Apps Script of the form's owner posts; answers by the titles of their questions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relay.incoming import Incoming, fingerprint
from relay.provider import Provider
from relay.reading import Answer, EMail, FlatForm, dig, mapping, rows, single, text_at
from relay.verifying import CHOSEN, KEY_NAME

_ROOTS = ("answers", "namedValues", "named_values", "responses")


def _answers(body: Any) -> Any:
    """Where the script put them; a body of nothing but answers is one too."""
    return next((found for name in _ROOTS if isinstance(found := dig(body, name), (dict, list))), body)


class Response(FlatForm):
    own = frozenset(
        {
            *("provider", "formid", "form_id", "formtitle", "form_title", "responseid", "response_id", "createtime"),
            *("lastsubmittedtime", "timestamp", "отметка времени", "editurl", "respondentemail"),
        }
    )
    email = EMail("respondentEmail", "respondent_email")

    def answers(self, body: Any) -> Iterator[Answer]:
        found = _answers(body)
        for row in rows(found):
            yield self.answer(text_at(row, "question", "title", "name") or "", dig(row, "answer", "response", "value"))
        for key, value in mapping(found).items():
            if key.lower() not in self.own:
                yield self.answer(key, value)

    def answer(self, key: str, value: Any) -> Answer:
        """``namedValues`` makes a list of everything; the Forms API wraps texts."""
        texts = rows(value, "textAnswers.answers")
        return Answer(key, single([dig(text, "value") for text in texts] if texts else value))


def _event_id(incoming: Incoming) -> str | None:
    """A response that was edited comes again with its id."""
    response = text_at(incoming.body, "responseId", "response_id")
    return f"{response}:{fingerprint(_answers(incoming.body))}" if response else None


PROVIDER = Provider(
    name="google_forms",
    title="Google Forms",
    kind="form",
    proof=(CHOSEN,),
    schema=Response,
    event_type="const:lead",
    event_id=_event_id,
    settings=(
        "docs/google-forms.md has a script to paste into the form's script editor: it posts every response with the "
        "header `Authorization: Bearer <secret>`. A script of your own will do: {responseId, respondentEmail, answers: "
        "{title: answer, ...}}; from a sheet, e.namedValues."
    ),
    arrives="Answers by the titles of their questions, tick boxes as lists; a renamed question is another one.",
    on_failure="No repeats: the owner gets a mail about the failed script.",
    options=KEY_NAME,
    confidence="assumption",
    sources=("simstudioai/sim triggers/googleforms", "developers.google.com/apps-script"),
)
