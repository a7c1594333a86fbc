"""The first page: one sentence that says how things are, then the numbers, pauses, hooks, workers and the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue

from relay.justclick import codes
from relay.lifecycle import State
from relay.models import Account, Hook
from relay.parts import Parts
from relay.store import OPERATOR, Gate
from relay.store.glances import HookGlance
from relay.web.facts import Facts, gather
from relay.web.proxies import root_url
from relay.web.rendering import page
from relay.web.verdict import verdict

SHOWN_STATES = (
    State.DEAD,
    State.HELD,
    State.RETRYING,
    State.WAITING,
    State.QUEUED,
    State.SENDING,
    State.DELIVERED,
    State.DISCARDED,
)


@dataclass(frozen=True, slots=True)
class Pause:
    """A gate that is closed or being tried, with the words of the answer that closed it."""

    gate: Gate
    held: int
    by_person: bool
    meaning: Mapping[str, str] | None
    advice: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class HookRow:
    hook: Hook
    address: str
    glance: HookGlance
    accepted: int
    refused: int
    paused: bool


@dataclass(frozen=True, slots=True)
class AccountRow:
    account: Account
    paused: bool
    hooks: int


@dataclass(frozen=True, slots=True)
class Group:
    """Dead letters of one code."""

    code: int
    count: int
    meaning: Mapping[str, str]


def overview(parts: Parts) -> ResponseReturnValue:
    facts = gather(parts)
    return page(
        "overview.html",
        facts=facts,
        verdict=verdict(facts),
        states=SHOWN_STATES,
        pauses=pauses(facts),
        groups=groups(facts),
        other_dead=max(0, facts.counts[State.DEAD] - sum(facts.dead_codes.values())),
        hooks=[_hook_row(hook, parts, facts) for hook in parts.configuration.hooks.values()],
        accounts=[_account_row(account, parts, facts) for account in parts.configuration.accounts.values()],
        unknown_hooks=facts.refused("-"),
    )


def pauses(facts: Facts) -> list[Pause]:
    """What JustClick's refusals closed stands in front of what a person paused."""
    found = [_pause(gate, facts.held.get(gate.name, 0)) for gate in facts.gates.values()]
    return sorted(found, key=lambda pause: (pause.by_person, -pause.held, pause.gate.name))


def groups(facts: Facts) -> list[Group]:
    return [Group(code, count, codes.meaning("", code).meaning) for code, count in facts.dead_codes.items()]


def hook_address(hook: Hook, parts: Parts) -> str:
    """What a person pastes into the sender's settings; the token itself stands nowhere but in the configuration."""
    address = f"{root_url(request, parts.settings.trusted_proxies)}hooks/{hook.name}"
    return f"{address}/<token>" if hook.tokens else address


def _pause(gate: Gate, held: int) -> Pause:
    by_person = gate.reason == OPERATOR
    if by_person or gate.code is None:
        return Pause(gate, held, by_person, None, None)
    function = gate.subject.partition(":")[2]
    row = codes.meaning(function, gate.code, gate.text)
    return Pause(gate, held, by_person, row.meaning, row.advice)


def _hook_row(hook: Hook, parts: Parts, facts: Facts) -> HookRow:
    return HookRow(
        hook,
        hook_address(hook, parts),
        facts.hooks[hook.name],
        facts.accepted(hook.name),
        facts.refused(hook.name),
        f"hook:{hook.name}" in facts.gates,
    )


def _account_row(account: Account, parts: Parts, facts: Facts) -> AccountRow:
    hooks = sum(1 for hook in parts.configuration.hooks.values() if hook.account == account.name)
    return AccountRow(account, f"account:{account.name}" in facts.gates, hooks)
