"""Jotform: multipart with the answers as JSON in one part, under names that tell their question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from relay.incoming import Incoming, fingerprint
from relay.provider import Provider
from relay.reading import Answer, Form, Text, dig, mapping, text_at
from relay.reading.answers import role_of
from relay.verifying import CHOSEN, KEY_NAME

_QUESTION = re.compile(r"q(\d+)_(.+)")
_NAME = frozenset({"prefix", "first", "middle", "last", "suffix"})
_PHONE = frozenset({"full", "country", "area", "phone"})


class Submission(Form):
    page = Text("rawRequest.referer", "rawRequest.parentURL")
    ip = Text("ip")

    def answers(self, body: Any) -> Iterator[Answer]:
        found = dict(_questions(body))
        shapes = {name: _shape(value) for name, value in found.items()}
        for name, value in found.items():
            shape = shapes[name]
            # two names or two phones: only their own words can say whose is which
            role = shape if list(shapes.values()).count(shape) == 1 else ""
            yield Answer(name, _value(value, shape), role=role_of(name) or role)


def _questions(body: Any) -> Iterator[tuple[str, Any]]:
    """``q5_phoneNumber5`` is ``phoneNumber``: the number stays when the owner renames, the name is what he reads."""
    for key, value in mapping(body, "rawRequest").items():
        question = _QUESTION.fullmatch(key)
        if question:
            yield question.group(2).removesuffix(question.group(1)) or key, value


def _shape(value: Any) -> str:
    parts = frozenset(mapping(value))
    if parts and parts <= _NAME:
        return "name"
    return "phone" if parts and parts <= _PHONE else ""


def _value(value: Any, shape: str) -> Any:
    if shape != "phone":
        return value
    parts = (text_at(value, name) for name in ("country", "area", "phone"))
    return dig(value, "full") or " ".join(filter(None, parts))


def _event_id(incoming: Incoming) -> str | None:
    """A submission that was edited comes again with its id."""
    submission = text_at(incoming.body, "submissionID")
    return f"{submission}:{fingerprint(mapping(incoming.body, 'rawRequest'))}" if submission else None


PROVIDER = Provider(
    name="jotform",
    title="Jotform",
    kind="form",
    proof=(CHOSEN,),
    unwrap={"rawRequest": "json"},
    schema=Submission,
    event_type="const:lead",
    event_id=_event_id,
    settings=(
        "Form > Settings > Integrations > WebHooks: the hook's URL with a token, once (twice brings everything twice). "
        "Give questions *unique names* that say what they are: email, name, phoneNumber, city, utmSource."
    ),
    arrives=(
        "All answers by their unique names, without the number before them; labels are not sent in a form that can be "
        "taken apart. An edited submission is a new event."
    ),
    on_failure="Not known: no repeats are documented.",
    options=KEY_NAME,
    sources=("zulip/zulip zerver/webhooks/jotform", "simstudioai/sim providers/jotform.ts"),
)
