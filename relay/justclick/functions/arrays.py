"""Parameters that are arrays: groups, lists with commas, goods, utm. And how named members are read, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import ValidationError, missing

from relay.justclick.functions.fields import KNOWN_LATER, Parameter, Whole, as_text, is_empty
from relay.models import Awaited
from relay.nearest import instead

Problems = dict[str, list[str]]


class Words(Parameter):
    """One id or a list of them, sent as ``rid[0]``, ``rid[1]``; blanks and repeats are dropped."""

    kind = "one id or a list"

    def read(self, value: Any) -> Any:
        words: list[Any] = []
        for member in members(value):
            word = member if isinstance(member, Awaited) else "" if is_empty(member) else as_text(member).strip()
            if word and word not in words:
                words.append(word)
        if not words:
            raise ValidationError(self.error_messages["required"])
        return words


class Numbers(Words):
    kind = "one number or a list"

    def read(self, value: Any) -> Any:
        words = super().read(value)
        return [Whole("").deserialize(word) for word in words]


class CommaList(Words):
    """A text with commas, or a list that becomes one; without blanks around the commas."""

    kind = "list with commas"

    def read(self, value: Any) -> Any:
        parts = value.split(",") if isinstance(value, str) else members(value)
        words = super().read(parts)
        if KNOWN_LATER in words:
            return KNOWN_LATER
        if any(isinstance(word, Awaited) for word in words):
            raise ValidationError("is one text, so nothing in it may be known only when another call has been made")
        return ",".join(words)


class Members(Parameter):
    """A map of named parameters: ``utm[utm_medium]``. Members that the call leaves out may come from the reading."""

    kind = "map"

    def __init__(self, description: str, named: Mapping[str, Parameter], **kwargs: Any) -> None:
        super().__init__(description, **kwargs)
        self.named = named

    def told(self, value: Any) -> Any:
        found = {name: getattr(value, field.attribute or name, None) for name, field in self.named.items()}
        return {name: member for name, member in found.items() if not is_empty(member)}

    def read(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise ValidationError(f"is a {type(value).__name__} where a map belongs: {', '.join(self.named)}")
        values, problems = read_members(self.named, value)
        if problems:
            raise ValidationError(dict(problems))
        return values


class ListOf(Parameter):
    """A list of maps: ``goods[0][good_name]``. A single map counts as a list of one."""

    kind = "list of maps"

    def __init__(self, description: str, named: Mapping[str, Parameter], **kwargs: Any) -> None:
        super().__init__(description, **kwargs)
        self.named = named

    def read(self, value: Any) -> Any:
        single = isinstance(value, Mapping) and any(name in value for name in self.named)
        rows: list[Any] = []
        problems: Problems = {}
        for number, row in enumerate([value] if single else members(value)):
            try:
                rows.append(Members("", self.named).deserialize(row))
            except ValidationError as error:
                problems.update(flattened(str(number), error.messages))
        if problems:
            raise ValidationError(dict(problems))
        return rows


def read_members(named: Mapping[str, Parameter], given: Mapping[str, Any]) -> tuple[dict[str, Any], Problems]:
    """The given values, checked and in the declared order, and what is wrong with them, by (dotted) name."""
    values: dict[str, Any] = {}
    problems: Problems = {}
    for name in given:
        if name not in named:
            problems[str(name)] = [f"is no parameter here. {instead(name, named) or 'There are none.'}"]
    for name, field in named.items():
        value = given.get(name, missing)
        left_out = value is missing or (is_empty(value) and not (field.keep_empty and value == ""))
        if left_out and not field.required:
            continue
        try:
            read = field.deserialize(missing if left_out else value)
        except ValidationError as error:
            problems.update(flattened(name, error.messages))
            continue
        if read is not missing and read not in ({}, []):
            values[name] = read
    return values, problems


def flattened(name: str, messages: Any) -> Problems:
    """Nested messages of marshmallow under dotted names: ``goods.0.good_name``."""
    return dict(_flattened(name, messages))


def _flattened(name: str, messages: Any) -> Iterator[tuple[str, list[str]]]:
    if isinstance(messages, Mapping):
        for key, below in messages.items():
            yield from _flattened(f"{name}.{key}", below)
    else:
        yield name, [str(sentence) for sentence in messages]


def members(value: Any) -> list[Any]:
    """A list of what was given: a list itself, the values of a numbered map (``rid[0]``), or the one value."""
    if isinstance(value, Mapping):
        if all(str(key).isdecimal() for key in value):
            return list(value.values())
        raise ValidationError("is a map where a list belongs")
    return list(value) if isinstance(value, list | tuple) else [value]
