"""Gates: what is closed when an account, a function of it or a hook is paused. An open gate has no entry.

A gate is ``closed`` (everything behind it is held) or ``probing`` (one delivery goes through; its outcome decides).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from relay import keys
from relay.lifecycle import State, Trigger
from relay.store import codec
from relay.store.commands import Move
from relay.store.ledger import Ledger, available

OPERATOR = "operator"  # the reason of a gate that a person closed
A_SLICE = 500  # deliveries that one step moves


@dataclass(frozen=True, slots=True)
class Gate:
    """``name`` is ``account:school``, ``function:school:CreateOrder`` or ``hook:webinar``."""

    name: str
    state: str = "closed"
    reason: str = ""  # a slug of ours (OPERATOR, "account-refused", "function-refused")
    code: int | None = None
    text: str = ""
    since: int = 0  # ms
    until: int | None = None  # ms: then it is probed by itself
    probe: str = ""  # the delivery that was let through

    @property
    def kind(self) -> str:
        return self.name.partition(":")[0]

    @property
    def subject(self) -> str:
        return self.name.partition(":")[2]


class Gates(Ledger):
    def gates(self) -> dict[str, Gate]:
        with available():
            found = self.redis.hgetall(keys.GATES)
        return {name.decode(): codec.read_record(Gate, text) for name, text in found.items()}

    def close_gate(self, gate: Gate) -> bool:
        """True for the one who closed it, however many saw the reason at once. A probe that failed closes it again, and
        a person's pause takes the place of one that would end by itself.
        """
        told = {name: value for name, value in asdict(gate).items() if value is not None}
        return self._write(gate.name, "close", told)

    def probe_gate(self, name: str) -> bool:
        """Lets one delivery through. False when the gate is open anyway."""
        if not self._rewrite(name, state="probing", probe="", until=None):
            return False
        self.release_held(name, most=1)
        return True

    def prod_probes(self) -> None:
        """Lets one more through where a gate is probed and nobody goes: its probe waits for an order, or ended and
        told nothing (a fault of ours, a worker that was killed too often), or its sweeper was killed.
        """
        for gate in self.gates().values():
            if gate.state != "probing":
                continue
            if gate.probe:
                if self.is_on_its_way(gate.probe):
                    continue
                self._rewrite(gate.name, probe="")
            self.release_held(gate.name, most=1)

    def is_on_its_way(self, delivery_id: str) -> bool:
        with available():
            state = self.redis.hget(keys.DELIVERY + delivery_id, "state")
        return state is not None and state.decode() in (State.QUEUED, State.SENDING)

    def probe_failed(self, name: str, until: int | None = None) -> None:
        """The one that was let through brought no answer: closed as before; ``until`` when to try again by itself."""
        self._rewrite(name, state="closed", probe="", until=until)

    def _rewrite(self, name: str, **changes: object) -> bool:
        return self._write(name, "change", changes)

    def _write(self, name: str, how: str, fields: Mapping[str, object]) -> bool:
        # a text that is cut within an emoji has no UTF-8, and the scripts could not read it
        told = json.dumps(fields, ensure_ascii=False).encode(errors="replace")
        with available():
            return bool(self.scripts.gate(args=[name, how, told, OPERATOR]))

    def open_gate(self, name: str, *, by_a_person: bool = False) -> None:
        """What it held goes back to the queues, the first slice at once, the rest by the sweeper.

        What a person has paused only a person opens.
        """
        if self._write(name, "resume" if by_a_person else "open", {}):
            self.release_held(name)

    def release_held(self, name: str, most: int = A_SLICE) -> int:
        with available():
            held = [id_.decode() for id_ in self.redis.zrange(keys.HELD + name, 0, most - 1)]
        return sum(self.move_all([Move(one, Trigger.RESUMED) for one in self.brief(held)])) if held else 0

    def held_count(self, name: str) -> int:
        with available():
            return int(self.redis.zcard(keys.HELD + name))
