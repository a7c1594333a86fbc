"""``${NAME}`` in the file: values of the environment. Says which variable is missing, and never what is in one.

``${NAME:-otherwise}`` has a default (which may hold variables again), ``$${`` is a plain ``${``.
An empty variable counts as missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from relay.configuration.problems import Path, Problems, dotted
from relay.nearest import instead

_START = re.compile(r"\$?\$\{")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    default: str | None  # as it stands in the file


def parts(text: str) -> Iterator[str | Variable]:
    """The plain pieces and the variables of a text; raises ValueError with a sentence."""
    place = 0
    while found := _START.search(text, place):
        yield text[place : found.start()]
        if found[0] == "$${":
            yield "${"
            place = found.end()
            continue
        end = _closing(text, found.end())
        yield _variable(text[found.end() : end])
        place = end + 1
    yield text[place:]


def _closing(text: str, start: int) -> int:
    depth, place = 1, start
    while place < len(text):
        if text.startswith("${", place):
            depth += 1
        depth -= text[place] == "}"
        if depth == 0:
            return place
        place += 1
    raise ValueError('"${" is opened and never closed with "}".')


def _variable(inner: str) -> Variable:
    name, colon, default = inner.partition(":-")
    if not _NAME.fullmatch(name):
        raise ValueError(
            f'"${{{name}}}" is no name of a variable. Use letters, digits and _, for example ${{TILDA_KEY}}.'
        )
    return Variable(name, default if colon else None)


class Substitution:
    """Fills in the variables of a whole file and gathers what is missing, one mistake a variable."""

    def __init__(self, environ: Mapping[str, str], problems: Problems) -> None:
        self._environ = environ
        self._problems = problems
        self._missing: dict[str, list[Path]] = {}

    def fill(self, value: Any, path: Path = ()) -> Any:
        if isinstance(value, dict):
            return {key: self.fill(inner, (*path, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.fill(inner, (*path, place)) for place, inner in enumerate(value)]
        return self._filled(value, path) if isinstance(value, str) and "${" in value else value

    def _filled(self, text: str, path: Path) -> str:
        try:
            return "".join(part if isinstance(part, str) else self._value(part, path) for part in parts(text))
        except ValueError as error:
            self._problems.add(path, str(error), closes=True)
            return ""

    def _value(self, variable: Variable, path: Path) -> str:
        value = self._environ.get(variable.name, "")
        if value:
            return value
        if variable.default is not None:
            return self._filled(variable.default, path)
        self._missing.setdefault(variable.name, []).append(path)
        return ""

    def report(self) -> None:
        """One sentence for every missing variable, at the first place that needs it."""
        for name, paths in self._missing.items():
            first, *others = paths
            self._problems.add(first, self._sentence(name, others), closes=True)
            for other in others:
                self._problems.close(other)

    def _sentence(self, name: str, others: list[Path]) -> str:
        state = "is empty" if name in self._environ else "is not set"
        also = "".join(f", also needed by {dotted(path)} in line {self._problems.line(path)}" for path in others[:3])
        return (
            f"The environment variable {name} {state}{also}. Set it where the relay runs "
            f"(heroku config:set {name}=...), or in development as a line {name}=... of the file .env."
            f"{self._similar(name)}"
        )

    def _similar(self, name: str) -> str:
        hint = instead(name, [other for other in self._environ if other != name and other[:3] == name[:3]])
        return f" {hint}" if hint.startswith("Did") else ""


def needed(value: Any) -> Iterator[str]:
    """The names of all variables that a value cannot do without."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from needed(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from needed(inner)
    elif isinstance(value, str) and "${" in value:
        yield from _named(value)


def _named(text: str) -> Iterator[str]:
    try:
        found = [part for part in parts(text) if isinstance(part, Variable)]
    except ValueError:
        return
    for variable in found:
        if variable.default is None:
            yield variable.name
        else:
            yield from _named(variable.default)
