"""What an answer means for all that waits behind it: closes and opens the gates of accounts and functions."""

from __future__ import annotations

from dataclasses import replace

import structlog

from relay import keys
from relay.deciding import Decision
from relay.fetching import FETCH
from relay.justclick.near_misses import diagnose
from relay.lifecycle import Trigger
from relay.outcomes import Accepted, Outcome, Refused, Unreached
from relay.store import Claim, Gate
from workers.circuit import rest_after
from workers.parts import WorkerParts

log = structlog.get_logger()
INCORRECT_HASH = 4
UNCHECKED = 60.0  # seconds for which a gate is closed before it is known whose fault a code 4 is
UNREACHABLE = "account-unreachable"


def settle(claim: Claim, outcome: Outcome, decision: Decision, parts: WorkerParts) -> Decision:
    """Closes the gate that the outcome calls for, or opens the one that this delivery has probed."""
    # What asked the sender, or was made already, says nothing of JustClick.
    tells_nothing = claim.delivery.function == FETCH or "made" in claim.links
    broken = not tells_nothing and parts.circuit.breaks(claim.delivery.account, outcome)
    probed = _probed_by(claim, parts)
    if decision.gate and isinstance(outcome, Refused):
        settled = _close(claim, outcome, _explained(claim, outcome, decision, parts), parts)
        for name in probed - {decision.gate}:
            _met_another(name, decision.gate, parts)
        return settled
    for name in probed:
        if tells_nothing:
            parts.store.probe_failed(name, until=parts.store.now_ms())  # another one has to find out
        else:
            _end_probe(name, outcome, parts)
    if not probed and broken and isinstance(outcome, Unreached):
        _break(claim.delivery.account, outcome, parts)
    return decision


def _probed_by(claim: Claim, parts: WorkerParts) -> set[str]:
    """The gates that let this delivery through only to see what happens; two when account and function are tried."""
    if "probe" not in claim.links:
        return set()
    return {name for name, gate in parts.store.gates().items() if gate.probe == claim.delivery.id}


def _met_another(probed: str, closed: str, parts: WorkerParts) -> None:
    """A probe of one gate was answered by a refusal that closes another one."""
    if closed.startswith(probed.replace("account:", "function:", 1) + ":"):  # the account serves us, but for a function
        parts.store.open_gate(probed)
        log.warning("gate.opened", gate=probed)
    else:  # the account does not: nothing was learnt about its function
        parts.store.probe_failed(probed, until=parts.store.now_ms())


def _end_probe(gate_name: str, outcome: Outcome, parts: WorkerParts) -> None:
    if isinstance(outcome, Accepted | Refused):
        parts.store.open_gate(gate_name)
        log.warning("gate.opened", gate=gate_name)
        return
    now = parts.store.now_ms()
    gate = parts.store.gates().get(gate_name)
    closed_for = (now - gate.since) / 1000 if gate else 0.0
    parts.store.probe_failed(gate_name, until=now + int(rest_after(closed_for) * 1000))


def _break(account: str, outcome: Unreached, parts: WorkerParts) -> None:
    """Nobody answers: what waits is held without burning its tries, and one call at a time finds out when that ends."""
    now = parts.store.now_ms()
    name = keys.account_gate(account)
    gate = Gate(name, "closed", UNREACHABLE, None, outcome.detail[:300], now, now + int(rest_after(0) * 1000))
    if parts.store.close_gate(gate):
        log.warning("gate.closed", gate=name, reason=UNREACHABLE, detail=outcome.detail[:300])


def _close(claim: Claim, outcome: Refused, decision: Decision, parts: WorkerParts) -> Decision:
    assert decision.gate  # noqa: S101 - settle() has looked
    now = parts.store.now_ms()
    # A code 4 is checked first: should this worker die, or JustClick be silent, the gate is probed by itself.
    seconds = UNCHECKED if outcome.code == INCORRECT_HASH else decision.gate_seconds
    until = now + int(seconds * 1000) if seconds else None
    said = " ".join(filter(None, (outcome.text, decision.note)))
    gate = Gate(decision.gate, "closed", decision.reason or "", outcome.code, said, now, until)
    if not parts.store.close_gate(gate):
        return decision  # somebody else has seen it first, and checks
    log.warning("gate.closed", gate=gate.name, code=outcome.code)
    if outcome.code != INCORRECT_HASH:
        return decision
    is_right = _key_is_right(claim.delivery.account, parts)
    if is_right is False:
        parts.store.probe_failed(gate.name)  # until a person has seen to it
    if is_right:
        parts.store.open_gate(gate.name)
        note = "The key is right (GetAllGroups was accepted), so this call's parameters break the signature."
        return replace(decision, trigger=Trigger.REFUSED, reason="refused", note=note, gate=None)
    return decision


def _explained(claim: Claim, outcome: Refused, decision: Decision, parts: WorkerParts) -> Decision:
    """After a code 4 the attempt tells which slip in secret or login it could be: the answer's hash is not kept."""
    if outcome.code != INCORRECT_HASH:
        return decision
    delivery, accounts = claim.delivery, parts.configuration.accounts
    answer = (outcome.code, outcome.text, outcome.hash)
    found = diagnose(delivery.function, delivery.params, accounts[delivery.account], answer, accounts.values())
    return replace(decision, note=found.told() or outcome.note)


def _key_is_right(account: str, parts: WorkerParts) -> bool | None:
    """Code 4 has two causes. GetAllGroups has no parameters: if it passes, the key is not the cause.

    None: there was no answer.
    """
    outcome = parts.clients[account].send("GetAllGroups", {})
    if not isinstance(outcome, Accepted | Refused):
        return None
    return isinstance(outcome, Accepted) or outcome.code != INCORRECT_HASH


def release(parts: WorkerParts) -> None:
    """The sweeper's share: gates whose rest is over are probed, and what open gates still hold goes on its way."""
    for name in parts.store.gates_due():
        parts.store.probe_gate(name)
    parts.store.prod_probes()
    for name in parts.store.held_without_gate():
        parts.store.release_held(name)
