"""What a field may need besides its value while an event is read: the hook's country, and where to put a problem."""

from __future__ import annotations

from dataclasses import dataclass, field

from marshmallow.experimental.context import Context


@dataclass(frozen=True)
class Scope:
    country: str = "RU"
    event_type: str = ""  # where it is told by the request, not by the body
    problems: dict[str, str] = field(default_factory=dict)  # "contact.email": "no @ in it"


class ScopeContext(Context[Scope]):
    pass


def scope() -> Scope:
    return ScopeContext.get(Scope())
