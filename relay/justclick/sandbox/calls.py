"""What the sandbox remembers of the calls it got: the last ones in full, and exact counts of all."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import Any

KEPT = 20_000


@dataclass(frozen=True, slots=True)
class SeenCall:
    """One call as it came and as it was answered. ``code`` None: no answer was sent."""

    number: int
    at: int  # milliseconds since 1970
    function: str
    params: Any  # $_POST without hash
    body: str  # raw, as latin-1
    signed: bool  # whether the signature was good
    email: str
    code: int | None
    text: str
    status: int | None  # HTTP
    acted: bool  # whether the function was carried out
    trouble: str
    host: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class CallLog:
    def __init__(self) -> None:
        self.in_flight = 0
        self.clear()

    def clear(self) -> None:
        """Forget all calls; those that are being answered go on to count as in flight."""
        self.calls: deque[SeenCall] = deque(maxlen=KEPT)
        self.total = 0
        self.unsigned = 0
        self.acted = 0
        self.by_function: Counter[str] = Counter()
        self.by_code: Counter[str] = Counter()
        self.most_in_flight = self.in_flight

    def entered(self) -> int:
        """A call came in; its number."""
        self.total += 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        return self.total

    def left(self) -> None:
        self.in_flight -= 1

    def note(self, call: SeenCall) -> None:
        self.calls.append(call)
        self.by_function[call.function] += 1
        self.by_code["none" if call.code is None else str(call.code)] += 1
        self.unsigned += not call.signed
        self.acted += call.acted

    def find(self, function: str = "", email: str = "", since: int = 0, limit: int = KEPT) -> list[SeenCall]:
        """The newest ``limit`` calls after number ``since``, oldest first."""
        found = [
            call
            for call in tuple(self.calls)
            if call.number > since and function in ("", call.function) and email in ("", call.email)
        ]
        return found[-limit:] if limit else []

    def counts(self) -> dict[str, Any]:
        return {
            "total": self.total,
            "acted": self.acted,
            "unsigned": self.unsigned,
            "in_flight": self.in_flight,
            "most_in_flight": self.most_in_flight,
            "by_function": dict(self.by_function),
            "by_code": dict(self.by_code),
        }
