"""What an answer means for all that waits behind it: closes and opens the gates of accounts and functions."""

from __future__ import annotations

import time
from dataclasses import replace

import structlog

from relay.deciding import Decision
from relay.lifecycle import Trigger
from relay.models import Accepted, Outcome, Refused
from relay.store import Claim, Gate
from workers.parts import WorkerParts

log = structlog.get_logger()
INCORRECT_HASH = 4
PROBE_AGAIN_SECONDS = 60.0  # after a probe that reached nobody


def settle(claim: Claim, outcome: Outcome, decision: Decision, parts: WorkerParts) -> Decision:
    """Closes the gate that the decision names, or opens the one that this delivery has probed."""
    if decision.gate and isinstance(outcome, Refused):
        return _close(claim, outcome, decision, parts)
    if probed := claim.links.get("probe"):
        if isinstance(outcome, Accepted | Refused):
            parts.store.open_gate(probed)
            log.warning("gate.opened", gate=probed)
        else:
            parts.store.probe_failed(probed, until=parts.store.now_ms() + int(PROBE_AGAIN_SECONDS * 1000))
    return decision


def _close(claim: Claim, outcome: Refused, decision: Decision, parts: WorkerParts) -> Decision:
    assert decision.gate  # noqa: S101 - settle() has looked
    now = time.time_ns() // 1_000_000
    until = now + int(decision.gate_seconds * 1000) if decision.gate_seconds else None
    gate = Gate(decision.gate, "closed", decision.reason or "", outcome.code, outcome.text, now, until)
    if not parts.store.close_gate(gate):
        return decision  # somebody else has seen it first, and checks
    log.warning("gate.closed", gate=gate.name, code=outcome.code)
    if outcome.code == INCORRECT_HASH and _key_is_right(claim.delivery.account, parts):
        parts.store.open_gate(gate.name)
        note = "The key is right (GetAllGroups was accepted), so this call's parameters break the signature."
        return replace(decision, trigger=Trigger.REFUSED, reason="refused", note=note, gate=None)
    return decision


def _key_is_right(account: str, parts: WorkerParts) -> bool:
    """Code 4 has two causes. GetAllGroups has no parameters: if it passes, the key is not the cause."""
    outcome = parts.clients[account].send("GetAllGroups", {})
    return isinstance(outcome, Accepted) or (isinstance(outcome, Refused) and outcome.code != INCORRECT_HASH)


def release(parts: WorkerParts) -> None:
    """The sweeper's share: gates whose rest is over are probed, and what open gates still hold goes on its way."""
    for name in parts.store.gates_due():
        parts.store.probe_gate(name)
    for name in parts.store.held_without_gate():
        parts.store.release_held(name)
