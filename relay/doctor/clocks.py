"""Whether this machine, the store and JustClick have the same time: signatures of senders and payments depend on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from time import time

from relay.doctor.check import Check, note, ok, wrong

ALLOWED = 30.0  # seconds


@dataclass(slots=True)
class Clocks:
    """Seconds by which the others are ahead of us (behind: below zero); None where nobody could be asked."""

    store: float | None = None
    justclick: list[float] = field(default_factory=list)

    def ask_store(self, now_ms: Callable[[], int]) -> None:
        before = time()
        theirs = now_ms() / 1000
        self.store = theirs - (before + time()) / 2

    def hear_justclick(self, headers: Mapping[str, str], before: float, after: float) -> None:
        """The Date header of an answer, which knows whole seconds only."""
        written = next((value for name, value in headers.items() if name.lower() == "date"), "")
        try:
            theirs = parsedate_to_datetime(written).timestamp() + 0.5
        except ValueError:
            return
        self.justclick.append(theirs - (before + after) / 2)

    def check(self) -> Check:
        about = "clock"
        ours = "Set this machine's clock by NTP."
        shop = min(self.justclick, key=abs, default=None)
        if self.store is not None and abs(self.store) > ALLOWED:
            if shop is not None and abs(shop) <= ALLOWED:
                advice = "Set the clock of the store's machine by NTP: JustClick agrees with this one."
                return wrong(about, f"The store's clock is {_apart(self.store)} this machine's.", advice)
            return wrong(about, f"The store's clock is {_apart(self.store)} this machine's.", ours)
        if shop is not None and abs(shop) > ALLOWED:
            told = f"JustClick's clock is {_apart(shop)} this machine's."
            return wrong(about, told, f"{ours} If it is right, nothing is lost: only times of orders look odd.")
        known = [name for name, seen in (("the store", self.store), ("JustClick", shop)) if seen is not None]
        if not known:
            return note(about, "Neither the store nor JustClick could be asked what time it is.")
        return ok(about, f"This machine and {' and '.join(known)} have the same time.")


def _apart(seconds: float) -> str:
    amount = f"{abs(seconds):.0f} s" if abs(seconds) < 600 else f"{abs(seconds) / 60:.0f} minutes"
    return f"{amount} {'ahead of' if seconds > 0 else 'behind'}"
