"""One thing that is not as it must be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """``kind`` is a slug; ``about`` names the webhook, delivery, event or key."""

    kind: str
    about: str
    told: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.about}: {self.told}"


TIMED = frozenset({"too-late", "slow-stop", "slow-answer"})  # kinds that tell of slowness alone
SKIPPED = "skipped"


class Missing(Exception):
    """A fault cannot be caused on this machine; the text says what to install."""
