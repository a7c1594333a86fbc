"""Forms whose answers are the fields of one mapping: by their labels, or by names that the form's owner chose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from relay.models import Utm
from relay.reading.answers import Answer
from relay.reading.paths import mapping
from relay.reading.schema import ReadingSchema
from relay.reading.utm import gather_utm


class FlatForm(ReadingSchema):
    root: ClassVar[str] = ""  # the path of that mapping
    own: ClassVar[frozenset[str]] = frozenset()  # the sender's own fields, in small letters: no answers

    def answers(self, body: Any) -> Iterator[Answer]:
        for key, value in mapping(body, self.root).items():
            if key.lower() not in self.own:
                yield self.answer(key, value)

    def answer(self, key: str, value: Any) -> Answer:
        """One field as an answer; change it where names or values are dressed up."""
        return Answer(key, value)

    def utm(self, body: Any) -> Utm:
        return gather_utm(mapping(body, self.root))
