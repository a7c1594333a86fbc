"""Checks of single environment variables. Collects all problems instead of stopping at the first; shows no secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

_UNITS = {"": 1, "b": 1} | {
    unit + rest: 1 << 10 * power for power, unit in enumerate("kmg", start=1) for rest in ("", "b", "ib")
}


class Checks:
    """What an environment says, and every reason to stop (``problems``). An empty variable counts as not set."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def text(self, name: str) -> str:
        """The value without blanks around it."""
        return self.environ.get(name, "").strip()

    def wrong(self, name: str, value: str, right: str, *, shown: bool = False) -> None:
        """``shown``: ``value`` is already a description and is printed as it stands."""
        self.problems.append(f"{name} {value if shown else f'is {value!r}'}; it must be {right}.")

    def number(self, name: str, default: int, lowest: int, highest: int) -> int:
        value = self.text(name)
        if not value:
            return default
        if value.isascii() and value.isdigit() and lowest <= int(value[:19]) <= highest:
            return int(value)
        self.wrong(name, value, f"a whole number from {lowest} to {highest}")
        return default

    def size(self, name: str, default: int, lowest: int, highest: int) -> int:
        """A number of bytes, with a unit if one likes: 1048576, 512k, 2MB."""
        value = self.text(name).lower()
        if not value:
            return default
        digits = value.rstrip("kmgib ")
        unit = value[len(digits) :].strip()
        if digits.isascii() and digits.isdigit() and unit in _UNITS:
            amount = int(digits[:19]) * _UNITS[unit]
            if lowest <= amount <= highest:
                return amount
        self.wrong(name, value, f"a number of bytes from {lowest} to {highest} (512k and 2MB are fine)")
        return default

    def choice(self, name: str, default: str, choices: Sequence[str]) -> str:
        value = self.text(name).lower()
        if not value:
            return default
        if value in choices:
            return value
        near = get_close_matches(value, choices, 1)
        self.wrong(name, value, f"one of {', '.join(choices)}" + (f" (did you mean {near[0]}?)" if near else ""))
        return default
