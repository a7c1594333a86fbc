"""What a delivery means to a person: who it is about, what went wrong and what happens next. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from relay import reasons
from relay.fetching import FETCH
from relay.justclick import codes, signing
from relay.lifecycle import State
from relay.linking import awaited_keys
from relay.models import Account, Attempt, Awaited, Delivery

HIDDEN_SECRET = "••••••"  # noqa: S105 - what is shown in its place
_PERSON = ("lead_email", "bill_email", "email", "lead_phone", "bill_phone", "phone", "bill_id")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why it is not in JustClick. ``code`` is JustClick's, ``slug`` ours; one of the two is None."""

    code: int | None
    slug: str | None
    meaning: Mapping[str, str]
    advice: Mapping[str, str]
    text: str = ""


@dataclass(frozen=True, slots=True)
class NextStep:
    """``key`` names the text ``next.<key>``; ``at`` is when (ms)."""

    key: str
    at: int | None = None
    values: Mapping[str, object] = field(default_factory=dict)


def person(params: Mapping[str, Any]) -> str:
    """The first parameter that tells whom a call is about: an e-mail, a phone, an order."""
    for name in _PERSON:
        value = params.get(name)
        if isinstance(value, str | int) and str(value).strip():
            return str(value)
    return ""


def trouble(delivery: Delivery) -> Trouble | None:
    """None when there is nothing to explain. A code says more than a reason: it is JustClick's own word."""
    return explained(delivery.function, delivery.code, delivery.text, delivery.reason)


def trouble_of(attempt: Attempt, function: str) -> Trouble | None:
    return explained(function, attempt.code, attempt.text, attempt.reason)


def explained(function: str, code: int | None, text: str | None, reason: str | None) -> Trouble | None:
    if code is not None:
        row = codes.meaning(function, code, text or "")
        return Trouble(code, None, row.meaning, row.advice, text or "")
    if reason:
        told = reasons.explain(reason)
        return Trouble(None, reason, told.meaning, told.advice, text or "")
    return None


def next_step(delivery: Delivery) -> NextStep:
    """What happens next, and when."""
    match State(delivery.state):
        case State.RETRYING:
            return NextStep("retrying", delivery.next_attempt_at, {"attempt": delivery.number + 1})
        case State.WAITING:
            until = (delivery.waits_since or delivery.created_at) + int(delivery.wait * 1000)
            return NextStep("waiting", until, {"what": awaited_links(delivery)})
        case State.HELD:
            return NextStep("held", None, {"gate": delivery.held_by or ""})
        case State.SENDING:
            if not delivery.attempts:
                return NextStep("sending", delivery.updated_at, {"worker": "?"})
            claimed = delivery.attempts[-1]
            return NextStep("sending", claimed.started_at, {"worker": claimed.worker or "?"})
        case State.DELIVERED if delivery.function == FETCH:
            return NextStep("fetched", delivery.updated_at)
        case State.DEAD:
            return NextStep("unmapped" if delivery.problems else "dead")
        case state:
            return NextStep(state.value, delivery.updated_at)


def awaited_links(delivery: Delivery) -> list[tuple[str, str]]:
    """What it waits for: ``("bill", "10457")`` for an order of the sender, ``("result", "CreateOrder")`` for a call."""
    links = delivery.awaits or delivery.makes
    return [(link.partition(":")[0], link.split(":", 2)[-1]) for link in links]


def wire_rows(params: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and values as they stand on the wire, before escaping; what is not known yet says what it waits for."""
    try:
        return signing.flat_pairs(shown(params))
    except (TypeError, ValueError):
        return [(name, pretty(value)) for name, value in params.items()]


def shown(value: Any) -> Any:
    """The same value for reading: an awaited one is ``‹bill:10457›``."""
    if isinstance(value, Awaited):
        return f"‹{value.key}›"
    if isinstance(value, Mapping):
        return {name: shown(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [shown(member) for member in value]
    return value


def signed_text(delivery: Delivery, account: Account | None) -> str | None:
    """The text whose MD5 is the signature, with the secret hidden; None when it cannot be told yet."""
    if account is None or delivery.problems or awaited_keys(delivery.params):
        return None
    try:
        return signing.canonical(delivery.params, account.login, HIDDEN_SECRET)
    except (TypeError, ValueError):
        return None


def pretty(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(shown(value), ensure_ascii=False, indent=2, default=str)
