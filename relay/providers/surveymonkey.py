"""SurveyMonkey: ids only, signed; answers and questions are asked from its API and joined by their ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from relay.asking import TOKEN, question
from relay.incoming import Incoming
from relay.models import Hook, Reading, Utm
from relay.provider import Fetch, FetchRequest, Provider
from relay.reading import Answer, EMail, ReadingSchema, Text, dig, gather_utm, mapping, rows, single, text_at
from relay.verifying import Signature

_API = "https://api.surveymonkey.com"


def _questions(body: Any, name: str) -> Iterator[Any]:
    for page in rows(body, f"{name}.pages"):
        yield from rows(page, "questions")


def _words(question: Any) -> dict[str, tuple[str, str]]:
    """Text and type of rows, choices and *other*, by their ids."""
    offered = mapping(question, "answers")
    parts = [*rows(offered.get("rows")), *rows(offered.get("choices")), offered.get("other")]
    return {text_at(part, "id") or "": (text_at(part, "text") or "", text_at(part, "type") or "") for part in parts}


class Response(ReadingSchema):
    email = EMail("response.metadata.contact.email.value")
    first_name = Text("response.metadata.contact.first_name.value")
    last_name = Text("response.metadata.contact.last_name.value")
    ip = Text("response.ip_address")

    def answers(self, body: Any) -> Iterator[Answer]:
        asked = {text_at(question, "id"): question for question in _questions(body, "survey")}
        for given in _questions(body, "response"):
            question = asked.get(text_at(given, "id"))
            title = text_at(question, "headings.0.heading") or text_at(given, "id") or ""
            yield from _answers(given, title, _words(question), text_at(question, "family") == "demographic")

    def utm(self, body: Any) -> Utm:
        return gather_utm(mapping(body, "response.custom_variables"))

    def finish(self, found: dict[str, Any], body: Any) -> None:
        given = mapping(body, "response.custom_variables").items()
        found["custom"] |= {name: value for name, value in given if value and not name.startswith("utm_")}


def _answers(given: Any, title: str, words: dict[str, tuple[str, str]], demographic: bool) -> Iterator[Answer]:
    """A demographic question is a row of contact fields with types; any other is one answer."""
    values = []
    for answer in rows(given, "answers"):
        row, _ = words.get(text_at(answer, "row_id") or "", ("", ""))
        chosen, _ = words.get(text_at(answer, "choice_id", "other_id") or "", ("", ""))
        value = dig(answer, "text") or chosen
        if demographic:
            kind = words.get(text_at(answer, "row_id") or "", ("", ""))[1]
            yield Answer(row, value, role=kind if kind in ("email", "phone", "name", "city", "country") else "")
        else:
            values.append(f"{row}: {value}" if row else value)
    if values:
        yield Answer(title, single(values))


def _key(incoming: Incoming, secret: str) -> str:
    """``client_id&client_secret``; the id alone comes with every request."""
    return secret if "&" in secret else f"{incoming.at('header:Sm-Apikey') or ''}&{secret}"


def _ask(reading: Reading, hook: Hook) -> Sequence[FetchRequest]:
    body = reading.body
    survey, response = text_at(body, "resources.survey_id", "filter_id") or "", text_at(body, "object_id") or ""
    if text_at(body, "object_type") != "response" or not (survey.isdecimal() and response.isdecimal()):
        return ()
    path = f"/v3/surveys/{survey}"
    return (
        question(hook, _API, f"{path}/responses/{response}/details", "response"),
        question(hook, _API, f"{path}/details", "survey"),
    )


PROVIDER = Provider(
    name="surveymonkey",
    title="SurveyMonkey",
    kind="form",
    proof=(Signature(at="header:Sm-Signature", mac="sha1", encoding="base64", keyed=_key),),
    schema=Response,
    event_type="event_type",
    event_id=("event_id",),
    fetch=Fetch(ask=_ask, schema=Response, needs=(TOKEN,)),
    options={
        "access_token": "of your app, with the rights to view surveys and responses: asks for the answers",
        "api": f"{_API} if not said otherwise; https://api.eu.surveymonkey.com for Europe",
    },
    settings=(
        "Make an app at developer.surveymonkey.com, then POST /v3/webhooks with the hook's URL, the survey's id and "
        "the event response_completed (response_updated comes once a page). `secret` is the app's client secret."
    ),
    arrives=(
        "Ids; the response and its survey are asked for before mapping. Contact questions, invited contacts and custom "
        "variables (utm_source ...) are read, other answers stand in `contact.custom` by their question."
    ),
    on_failure="Not confirmed.",
    sources=("n8n SurveyMonkeyTrigger", "api.surveymonkey.com/v3/docs"),
)
