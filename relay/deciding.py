"""What follows from the outcome of an attempt: the only place that knows the retry rule. Pure.

Source of the rules: the contract, "What becomes of a call", and the table of codes.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from relay import keys
from relay.justclick import codes, functions
from relay.lifecycle import Trigger
from relay.models import Delivery
from relay.outcomes import Accepted, Outcome, Refused, Unreached

MINUTE, HOUR = 60.0, 3600.0
DELAYS = (5.0, 30.0, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR, 24 * HOUR)
SPREAD = 0.2  # each delay is 20 % shorter to 20 % longer, so that a thousand retries do not fall due at once
SILENCE_AFTER_LIMIT = 24 * HOUR  # code 8: every earlier call starts the block anew


@dataclass(frozen=True, slots=True)
class Decision:
    trigger: Trigger
    reason: str | None = None
    note: str | None = None
    delay: float | None = None  # seconds until the next attempt
    gate: str | None = None  # this gate is to be closed
    gate_seconds: float | None = None  # and probed by itself after this time


def decide(
    delivery: Delivery,
    outcome: Outcome,
    retry: Sequence[float] | None,
    *,
    patience: float = 0.0,
    spread: float | None = None,
) -> Decision:
    """What becomes of a delivery after this outcome.

    ``retry``: the delays of its account, if it has its own. ``patience``: seconds that JustClick may be at work on a
    call whose answer did not come (the account's timeout). ``spread``: from -1 to 1, chance unless given.
    """
    if isinstance(outcome, Accepted):
        return Decision(Trigger.ACCEPTED, note=outcome.note)
    if isinstance(outcome, Refused):
        return _refused(delivery, outcome)
    decision = _unreached(delivery, outcome, retry, random.uniform(-1, 1) if spread is None else spread)  # noqa: S311
    if decision.delay is not None and outcome.may_have_arrived and _is_looked_up(delivery):
        # who looks while JustClick still works on it sees that it was not done, and does it a second time
        return replace(decision, delay=max(decision.delay, patience))
    return decision


def _refused(delivery: Delivery, outcome: Refused) -> Decision:
    if outcome.code in delivery.accept:
        return Decision(Trigger.ACCEPTED, note=f"Code {outcome.code} counts as delivered for this call.")
    if delivery.doubtful_since and _had_worked(delivery, outcome):
        return Decision(
            Trigger.ACCEPTED,
            note=f"An earlier attempt lost its answer; code {outcome.code} says that it had worked.",
        )
    meaning = codes.meaning(delivery.function, outcome.code, outcome.text)
    if meaning.pauses == "account":
        return Decision(Trigger.BLOCKED, "account-paused", gate=keys.account_gate(delivery.account))
    if meaning.pauses == "function":
        rest = SILENCE_AFTER_LIMIT if outcome.code == codes.LIMIT_FOR_ADDRESS else None
        gate = keys.function_gate(delivery.account, delivery.function)
        return Decision(Trigger.BLOCKED, "function-paused", gate=gate, gate_seconds=rest)
    return Decision(Trigger.REFUSED, "refused", note=outcome.note)


def _had_worked(delivery: Delivery, outcome: Refused) -> bool:
    """Whether this refusal only says that what we asked for has been done already."""
    return outcome.code in functions.find(delivery.function).settled_by_repeat


def _unreached(delivery: Delivery, outcome: Unreached, retry: Sequence[float] | None, spread: float) -> Decision:
    if outcome.permanent:
        return Decision(Trigger.GAVE_UP, outcome.reason, note=outcome.detail)
    delays = delivery.retry if delivery.retry is not None else retry if retry is not None else DELAYS
    if delivery.tries > len(delays):
        return Decision(Trigger.GAVE_UP, "tries-used-up", note=f"{delivery.tries} tries; the last: {outcome.detail}")
    planned = delays[delivery.tries - 1]
    delay = planned * (1 + SPREAD * spread)
    if outcome.retry_after is not None:  # a service may ask for patience, but not for ever
        delay = min(max(delay, outcome.retry_after, planned), 2 * planned)
    return Decision(Trigger.POSTPONED, outcome.reason, note=outcome.detail, delay=delay)


def _is_looked_up(delivery: Delivery) -> bool:
    function = functions.FUNCTIONS.get(delivery.function)  # a question to the sender is no function of JustClick's
    return function is not None and not function.safe_to_repeat(delivery.params)


def must_look_first(delivery: Delivery, params: Mapping[str, Any]) -> bool:
    """Whether this call may have been made already and must not simply be made again."""
    return bool(delivery.doubtful_since) and not functions.find(delivery.function).safe_to_repeat(params)


def rest_when_left(delivery: Delivery, patience: float) -> float:
    """Seconds for which JustClick may go on with a call whose worker left in its middle: who looks before they are over
    sees that it was not made, and makes it a second time. 0 for what may be made twice.

    ``patience``: the account's timeout. The seconds count from the moment at which the call is put back: a worker that
    only stood still may have sent in the last moment before.
    """
    return patience if _is_looked_up(delivery) else 0.0
