"""What a fault came to: one line of the table."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.chaos.violation import Violation


@dataclass
class Row:
    """One line of the table, and what was wrong."""

    fault: str
    events: int
    lost: int
    doubled: int
    again: int  # safe calls that were made again after they had worked
    longest_wait: float  # seconds
    note: str = ""
    abandoned: float = 0.0  # seconds until what dead workers held was on its way again
    violations: list[Violation] = field(default_factory=list)
    name: str = ""  # of the fault, as it is asked for
    measured: str = ""  # day and commit

    def add(self, *told: str) -> None:
        """Further notes."""
        self.note = "; ".join(filter(None, (self.note, *told)))

    @property
    def passed(self) -> bool:
        return not self.violations
