"""For events that nothing proves at intake: they are only taken in, and the worker asks their sender before it acts.

A provider that lists this row has a ``Fetch(proves=True)`` whose ``ask`` never lets such an event pass unasked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from relay.errors import Unverified
from relay.incoming import Incoming
from relay.models import Hook
from relay.verifying.proof import told


@dataclass(frozen=True, kw_only=True)
class CallBack:
    """What stands ``at`` a place is asked about; it must have the ``form`` (a regular expression) of such a thing."""

    at: str
    needs: tuple[str, ...]  # options of the hook without which nobody could be asked
    form: str = r"\S+"
    decides: ClassVar[bool] = False

    def armed(self, hook: Hook) -> bool:
        return all(hook.options.get(name) for name in self.needs)

    def present(self, incoming: Incoming) -> bool:
        return isinstance(incoming.at(self.at), (str, int))

    def places(self, hook: Hook) -> tuple[str, ...]:  # noqa: ARG002
        return (self.at,)

    def check(self, incoming: Incoming, now: float) -> None:  # noqa: ARG002
        if not re.fullmatch(self.form, str(incoming.at(self.at))):
            raise Unverified(f"What stands in {told(self.at)} is nothing that the sender could be asked about")
