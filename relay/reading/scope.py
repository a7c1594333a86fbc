"""What a field may need besides its value while an event is read: the hook's country, and where to put a problem."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from marshmallow.experimental.context import Context

SHAPE = "body"
Value = TypeVar("Value")


@dataclass(frozen=True)
class Scope:
    country: str = "RU"
    event_type: str = ""  # where it is told by the request, not by the body
    problems: dict[str, str] = field(default_factory=dict)  # "contact.email": "no @ in it"

    def guarded(self, read: Callable[[], Value], otherwise: Value) -> Value:
        """A body of a shape that a provider's code did not expect costs what that code would have found, no more."""
        try:
            return read()
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
            self.problems[SHAPE] = f"a part of it has not the shape that was expected ({type(error).__name__}: {error})"
            return otherwise


class ScopeContext(Context[Scope]):
    pass


def scope() -> Scope:
    return ScopeContext.get(Scope())
