"""What is wrong with a configuration file, in sentences for a person who is no programmer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from relay.errors import ConfigurationError

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: where it stands, what is wrong, what would be right."""

    line: int
    key: str  # dotted: hooks.webinar.calls.0.params.rid
    sentence: str


class WrongConfiguration(ConfigurationError):
    """All mistakes of one file at once; ``str(error)`` is the report that the operator reads."""

    def __init__(self, file: str, problems: Iterable[Problem]) -> None:
        self.file = file
        self.problems = tuple(sorted(problems))
        count = len(self.problems)
        told = "\n".join(report(file, problem) for problem in self.problems)
        super().__init__(f"{file} has {'one mistake' if count == 1 else f'{count} mistakes'}:\n\n{told}")


def report(file: str, problem: Problem) -> str:
    """``config/relay.yaml:12  hooks.webinar`` and the sentence below it."""
    place = f"{file}:{problem.line}" if problem.line else file
    return f"{place}  {problem.key}".rstrip() + f"\n    {problem.sentence}"


class Problems:
    """Gathers mistakes by key; the first one about a key wins, because the next ones only follow from it."""

    def __init__(self, lines: Mapping[Path, int]) -> None:
        self._lines = lines
        self._found: dict[Path, list[str]] = {}
        self._closed: set[Path] = set()

    def add(self, path: Path, sentence: str, *, closes: bool = False) -> None:
        """``closes``: whatever else is said about this key or below it would only confuse."""
        if not self.closed(path) and sentence not in self._found.setdefault(path, []):
            self._found[path].append(sentence)
        if closes:
            self.close(path)

    def close(self, path: Path) -> None:
        self._closed.add(path)

    def closed(self, path: Path) -> bool:
        return any(path[:length] in self._closed for length in range(len(path) + 1))

    def line(self, path: Path) -> int:
        """The line of the key, or of the nearest key around it that stands in the file."""
        for length in range(len(path), -1, -1):
            if path[:length] in self._lines:
                return self._lines[path[:length]]
        return 0

    def stands(self, path: Path) -> bool:
        """Whether the file has this key."""
        return path in self._lines

    def listed(self) -> list[Problem]:
        return [
            Problem(self.line(path), dotted(path), sentence)
            for path, sentences in self._found.items()
            for sentence in sentences
        ]


def dotted(path: Path) -> str:
    return ".".join(str(part) for part in path)
