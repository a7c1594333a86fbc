"""Pausing and resuming: what the page, the API and the command line do to an account, a function of it or a hook.

The rule stands here once: what a person paused is opened, what JustClick's refusal closed is tried with one call first.
"""

from __future__ import annotations

import time
from enum import StrEnum

from relay import keys
from relay.errors import NotFound
from relay.models import Configuration
from relay.nearest import instead
from relay.store import OPERATOR, Gate, Store


class Resumed(StrEnum):
    OPENED = "opened"  # what was held is on its way again
    PROBING = "probing"  # one call is sent first; the gate opens when it passes
    OPEN = "open"  # it was not paused at all


def pause(store: Store, gate_name: str, note: str = "") -> bool:
    """Closes a gate on a person's wish: what comes is held. False when a person had closed it already."""
    return store.close_gate(Gate(gate_name, reason=OPERATOR, text=note.strip()[:500], since=_now()))


def resume(store: Store, gate_name: str) -> Resumed:
    """Opens what a person closed; lets one call through where JustClick's refusal closed it."""
    gate = store.gates().get(gate_name)
    if gate is None:
        return Resumed.OPEN
    if gate.reason == OPERATOR:
        store.open_gate(gate_name, by_a_person=True)
        return Resumed.OPENED
    return Resumed.PROBING if store.probe_gate(gate_name) else Resumed.OPEN


def gate_of(configuration: Configuration, kind: str, name: str) -> str:
    """``account``, ``hook`` or ``function`` with its name (a function's is ``account:Function``). Raises NotFound."""
    if kind == "function":
        return gate_of_function(configuration, *name.partition(":")[::2])
    if kind == "hook":
        return gate_of_hook(configuration, name)
    if kind == "account":
        return gate_of_account(configuration, name)
    raise NotFound(f'"{kind}" cannot be paused; an account, a hook or a function can.')


def gate_of_account(configuration: Configuration, account: str) -> str:
    """Raises NotFound, with the nearest name that there is."""
    if account not in configuration.accounts:
        raise NotFound(f'There is no account "{account}". {instead(account, configuration.accounts)}'.rstrip())
    return keys.account_gate(account)


def gate_of_function(configuration: Configuration, account: str, function: str) -> str:
    """The function of one account (JustClick may have switched it off there). Raises NotFound."""
    gate_of_account(configuration, account)
    planned = {plan.function for hook in configuration.hooks.values() for plan in hook.calls if hook.account == account}
    if function not in planned:
        raise NotFound(f'No hook of "{account}" calls a function "{function}". {instead(function, planned)}'.rstrip())
    return keys.function_gate(account, function)


def gate_of_hook(configuration: Configuration, hook: str) -> str:
    """Raises NotFound, with the nearest name that there is."""
    if hook not in configuration.hooks:
        raise NotFound(f'There is no hook "{hook}". {instead(hook, configuration.hooks)}'.rstrip())
    return keys.hook_gate(hook)


def _now() -> int:
    return time.time_ns() // 1_000_000
