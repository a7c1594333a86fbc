"""Forms: schemas that are made of answers, and the flat ones whose answers are the fields of one mapping."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from relay.models import Utm
from relay.reading.answers import Answer
from relay.reading.paths import mapping, single
from relay.reading.schema import ReadingSchema
from relay.reading.utm import gather_utm


class Form(ReadingSchema):
    """UTM marks are answers too: hidden fields that are called so."""

    def utm(self, body: Any) -> Utm:
        return gather_utm({answer.key: single(answer.value) for answer in self.answers(body)})


class FlatForm(Form):
    """Answers by their labels, or by names that the form's owner chose."""

    root: ClassVar[str] = ""  # the path of the mapping
    own: ClassVar[frozenset[str]] = frozenset()  # the sender's own fields, in small letters: no answers

    def answers(self, body: Any) -> Iterable[Answer]:
        for key, value in mapping(body, self.root).items():
            if key.lower() not in self.own:
                yield self.answer(key, value)

    def answer(self, key: str, value: Any) -> Answer:
        """One field as an answer; change it where names or values are dressed up."""
        return Answer(key, value)
