"""One attempt of one delivery: resolve, check, look, send, decide. What it returns is moved by the caller.

Never raises for what JustClick or the network does: every outcome is a transition.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import structlog

from relay import linking
from relay.deciding import Decision, decide, must_look_first
from relay.errors import InvalidCall, StoreUnavailable
from relay.fetching import FETCH
from relay.justclick import functions
from relay.lifecycle import Trigger
from relay.models import Attempt, Delivery
from relay.outcomes import Accepted, Outcome, Refused, Unreached
from relay.store import Claim, Move
from workers import gatekeeping, questions
from workers.looking import FRESH, look_for_lost_call, rest_after_restart
from workers.parts import WorkerParts, build

log = structlog.get_logger()


class Overtaken(Exception):
    """The claim is no longer ours; somebody else makes the call, or has made it."""


def attempt(claim: Claim, parts: WorkerParts) -> Move:
    """Makes the call that was claimed and says what became of it. Raises Overtaken, StoreUnavailable."""
    delivery = claim.delivery
    if move := rest_after_restart(claim, parts):
        return move
    began = time.monotonic()
    fetched = None
    if delivery.function == FETCH:
        outcome, fetched = questions.carry_out(delivery, parts)
    else:
        outcome = _carry_out(claim, parts)
    account = parts.configuration.accounts[delivery.account]
    decision = decide(delivery, outcome, account.retry, patience=account.timeout)
    decision = _settled(claim, outcome, decision, parts)
    duration = int((time.monotonic() - began) * 1000)
    move = _move(delivery, outcome, decision, duration, parts.name)
    _tell(delivery, outcome, decision, duration)
    return replace(move, fetched=fetched)


def _settled(claim: Claim, outcome: Outcome, decision: Decision, parts: WorkerParts) -> Decision:
    """What is known of this call is recorded when the store is back, also if no gate could be written: the sweeper lets
    go what is held by none, and sends another probe.
    """
    try:
        return gatekeeping.settle(claim, outcome, decision, parts)
    except StoreUnavailable as error:
        log.warning("store.unavailable", delivery_id=claim.delivery.id, task="gates", error=str(error))
        return decision


def broken(claim: Claim, parts: WorkerParts) -> Move:
    """What becomes of a delivery that meets a fault of ours: nobody knows how far the attempt had come."""
    outcome = Unreached("internal-error", "See the worker's log.", may_have_arrived=True, permanent=True)
    decision = Decision(Trigger.GAVE_UP, outcome.reason, outcome.detail)
    return _move(claim.delivery, outcome, decision, 0, parts.name)


def _carry_out(claim: Claim, parts: WorkerParts) -> Outcome:
    delivery = claim.delivery
    if "made" in claim.links:
        return Accepted(
            0, "", {"bill_id": claim.links["made"]}, note="This order was made already; it is not made twice."
        )
    try:
        return _look_and_send(claim, linking.resolved(delivery.params, delivery, claim.links), parts)
    except InvalidCall as error:
        return Unreached("invalid-parameters", str(error), may_have_arrived=False, permanent=True)
    except linking.Unresolved as error:
        return Unreached("result-unknown", str(error), may_have_arrived=False, permanent=True)


def _look_and_send(claim: Claim, given: Mapping[str, Any], parts: WorkerParts) -> Outcome:
    delivery, client = claim.delivery, parts.clients[claim.delivery.account]
    # What awaited nothing was checked when it was mapped.
    params = functions.find(delivery.function).prepare(given) if delivery.awaits else given
    if must_look_first(delivery, params) and (seen := look_for_lost_call(delivery, params, parts)):
        return seen
    _check_claim(claim, parts)
    return client.send(delivery.function, params)


def _check_claim(claim: Claim, parts: WorkerParts) -> None:
    """A process that stood still (a frozen machine), or looked up for long, may be dead in the others' eyes."""
    if time.monotonic() - claim.asked_at > FRESH and not parts.store.still_holds(parts.name, claim.delivery):
        raise Overtaken


def _move(delivery: Delivery, outcome: Outcome, decision: Decision, duration: int, worker: str) -> Move:
    started = delivery.attempts[-1].started_at  # by the store's clock, as the next attempt's time will be
    code, text, status = _said(outcome)
    result = read_result(delivery, outcome) if isinstance(outcome, Accepted | Refused) else None
    told = Attempt(
        number=delivery.number,
        started_at=started,
        duration_ms=duration,
        status=status,
        code=code,
        text=text,
        reason=None if isinstance(outcome, Accepted) else decision.reason,
        note=decision.note,
        trigger=decision.trigger.value,
        worker=worker,
    )
    fields: dict[str, Any] = {"code": code, "text": text, "reason": decision.reason, "note": decision.note}
    if isinstance(outcome, Accepted | Refused):
        fields["result"] = result
    if decision.delay is not None:
        fields["next_attempt_at"] = started + duration + int(decision.delay * 1000)
    if decision.trigger is Trigger.BLOCKED:
        fields["tries"] = delivery.tries - 1  # a pause burns no try
    if isinstance(outcome, Unreached) and outcome.may_have_arrived and not delivery.doubtful_since:
        fields["doubtful_since"] = started
    return Move(delivery, decision.trigger, told, fields, hold=decision.gate, found=_numbers(outcome, result))


def read_result(delivery: Delivery, outcome: Accepted | Refused) -> Any:
    """As it came; but the number of an order must be found, in whatever shape it was given."""
    if isinstance(outcome, Accepted) and delivery.makes and not isinstance(outcome.result, Mapping):
        return functions.find(delivery.function).parse_result(outcome.result) or outcome.result
    return outcome.result


def _said(outcome: Outcome) -> tuple[int | None, str | None, int | None]:
    if isinstance(outcome, Unreached):
        return None, None, outcome.status
    return outcome.code, outcome.text, outcome.status


def _numbers(outcome: Outcome, result: Any) -> tuple[str, ...]:
    """The number of an order that was made: people look for it."""
    bill = result.get("bill_id") if isinstance(outcome, Accepted) and isinstance(result, Mapping) else None
    return (str(bill),) if bill else ()


def _tell(delivery: Delivery, outcome: Outcome, decision: Decision, duration: int) -> None:
    code, _, status = _said(outcome)
    log.info(
        "delivery.attempted",
        delivery_id=delivery.id,
        event_id=delivery.event_id,
        hook=delivery.hook,
        account=delivery.account,
        function=delivery.function,
        attempt=delivery.number,
        trigger=decision.trigger.value,
        reason=decision.reason,
        code=code,
        status=status,
        duration_ms=duration,
        next_in_s=round(decision.delay, 1) if decision.delay is not None else None,
    )


# ---------------------------------------------------------------- for RQ's own workers
@cache
def _parts() -> WorkerParts:
    return build()


def deliver_job(delivery_id: str) -> None:
    """The function in our jobs: with it RQ's stock workers deliver too, one call at a time."""
    parts = _parts()
    _, claims = parts.store.claim(parts.name, 1, (), only=delivery_id)
    for claim in claims:
        parts.store.move(attempt(claim, parts))
