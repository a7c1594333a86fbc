"""What every function of JustClick's API is: a name, parameters in the documented order, and what repeating it means.

A class is a declaration. It fills from a reading what the mapping leaves out, checks everything, and sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any, ClassVar, Self

from marshmallow import Schema

from relay.brackets import nest
from relay.errors import InvalidCall
from relay.justclick import signing
from relay.justclick.functions.arrays import Problems, read_members
from relay.justclick.functions.fields import Parameter
from relay.models import Awaited, Reading


class Repeat(StrEnum):
    """What may be done when nobody knows whether a call was carried out."""

    SAFE = "safe"  # made again
    LOOK_UP = "look-up"  # looked for first, see relay.justclick.lookup


def both(en: str, ru: str) -> Mapping[str, str]:
    """A text in both languages."""
    return MappingProxyType({"en": en, "ru": ru})


class Function(Schema):
    """The parameters are marshmallow fields, declared in the documented order. Call nothing but the class methods."""

    name: ClassVar[str] = ""
    title: ClassVar[Mapping[str, str]] = {}  # by language: en, ru
    description: ClassVar[str] = ""
    reads: ClassVar[bool] = False  # it changes nothing at JustClick
    repeat: ClassVar[Repeat] = Repeat.SAFE
    settled_by_repeat: ClassVar[frozenset[int]] = frozenset()  # after a doubtful attempt: "it had worked"
    misnomers: ClassVar[Mapping[str, str]] = {}  # names that examples elsewhere use, and what they should be
    result: ClassVar[str] = "Nothing."  # what `result` holds, in words

    @classmethod
    @cache
    def parameters(cls) -> Mapping[str, Parameter]:
        """By name, in the documented order."""
        return {name: field for name, field in cls._schema().fields.items() if isinstance(field, Parameter)}

    @classmethod
    @cache
    def _schema(cls) -> Self:
        return cls()

    @classmethod
    def prepare(cls, params: Mapping[str, Any], reading: Reading | None = None) -> dict[str, Any]:
        """The parameters as they will be sent: filled from the reading, checked, in the documented order.

        A parameter given as None or empty is left out, also when the reading has it. Names may carry brackets
        (``rid[0]``). Raises InvalidCall with every problem, by parameter.
        """
        given, problems = _nested(params)
        merged = _merged(cls.defaults(reading, given) if reading else {}, given)
        problems |= _pointing(cls.misnomers, merged)
        values, wrong = read_members(cls.parameters(), {k: v for k, v in merged.items() if k not in problems})
        problems |= wrong
        for name, sentence in cls.rules(values):
            problems.setdefault(name, []).append(sentence)
        if not problems:
            problems = _unsignable(values)
        if problems:
            raise InvalidCall(cls.name, problems)
        return values

    @classmethod
    def defaults(cls, reading: Reading, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG003 - for subclasses
        """What the reading has for parameters that say where (``attribute``). ``given`` is what the mapping says."""
        found = {name: field.told(find(reading)) for name, field, find in cls._sources()}
        return {name: value for name, value in found.items() if value is not None}

    @classmethod
    @cache
    def _sources(cls) -> list[tuple[str, Parameter, Callable[[Reading], Any]]]:
        """Where in a reading the parameters stand; a plain attribute is just the parameter's own name."""
        placed = [(name, field, field.attribute or "") for name, field in cls.parameters().items()]
        return [(name, field, attrgetter(place)) for name, field, place in placed if "." in place]

    @classmethod
    def rules(cls, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:  # noqa: ARG003 - for subclasses
        """What no single field can see: pairs of a parameter's name and a sentence."""
        return iter(())

    @classmethod
    def safe_to_repeat(cls, params: Mapping[str, Any]) -> bool:  # noqa: ARG003 - for subclasses
        """Whether this call may simply be made again when its outcome is unknown."""
        return cls.repeat is Repeat.SAFE

    @classmethod
    def parse_result(cls, result: Any) -> Any:  # noqa: ARG003 - for subclasses
        """``result`` in one shape, whatever variety of the documented ones arrived. None when it holds nothing."""
        return None


# ---------------------------------------------------------------- the steps of prepare
def _nested(params: Mapping[str, Any]) -> tuple[dict[str, Any], Problems]:
    """``rid[0]`` becomes a list ``rid``. Names that PHP would take apart otherwise are problems."""
    given: dict[str, Any] = {}
    problems: Problems = {}
    flat: list[tuple[str, Any]] = []
    for name, value in params.items():
        if "[" not in str(name):
            given[str(name)] = value
            continue
        try:
            root = signing.parts_of(name.replace("[]", "[0]"))[0]
        except signing.Unsignable as error:
            problems[name] = [error.why]
            continue
        if root in params:
            problems[name] = [f"{root} is given both with and without brackets"]
        else:
            flat.append((name, value))
    return (given | nest(flat) if flat else given), problems


def _merged(defaults: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**defaults, **given}
    for name, value in defaults.items():  # of a map, single members may be given
        if isinstance(value, Mapping) and isinstance(given.get(name), Mapping):
            merged[name] = {**value, **given[name]}
    return merged


def _pointing(misnomers: Mapping[str, str], given: Mapping[str, Any]) -> Problems:
    return {
        name: [f"is no parameter here. JustClick's documentation calls it {misnomers[name]}"]
        for name in given
        if name in misnomers
    }


def _unsignable(values: Mapping[str, Any]) -> Problems:
    """Half characters and too many values show only when the whole call is written down."""
    try:
        signing.check(_with_stand_ins(values))
    except signing.Unsignable as error:
        return {_dotted(error.parameter): [error.why]}
    return {}


def _with_stand_ins(value: Any) -> Any:
    if isinstance(value, Awaited):
        return "0"
    if isinstance(value, dict):
        return {name: _with_stand_ins(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_with_stand_ins(member) for member in value]
    return value


def _dotted(name: str) -> str:
    return name.replace("[", ".").replace("]", "")
