"""The page of a hook: its address, what it does with an event, what came in last, and what was refused and why."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort
from flask.typing import ResponseReturnValue

from relay import keys
from relay.parts import Parts
from relay.reasons import explain
from relay.web.facts import gather
from relay.web.pages.events import event_rows
from relay.web.pages.overview import hook_address
from relay.web.rendering import page

LAST_EVENTS = 10


def hook_page(parts: Parts, hook: str) -> ResponseReturnValue:
    configured = parts.configuration.hooks.get(hook)
    if configured is None:
        abort(404)
    facts = gather(parts)
    return page(
        "hook.html",
        hook=configured,
        address=hook_address(configured, parts),
        glance=facts.hooks[hook],
        accepted=facts.accepted(hook),
        refused=_by_reason(facts.totals, hook),
        gate=facts.gates.get(keys.hook_gate(hook)),
        held=facts.held.get(keys.hook_gate(hook), 0),
        events=event_rows(parts.store.events(hook, limit=LAST_EVENTS).items, parts),
    )


def refusals(parts: Parts, hook: str) -> ResponseReturnValue:
    """Of a hook that is no longer configured as well: its refusals are still there."""
    records = parts.store.refusals(hook)
    configured = parts.configuration.hooks.get(hook)
    if configured is None and not records:
        abort(404)
    return page(
        "refusals.html",
        hook=hook,
        configured=configured,
        records=[(record, explain(record.reason)) for record in records],
        refused=_by_reason(parts.store.totals(), hook),
    )


def _by_reason(totals: Mapping[str, int], hook: str) -> dict[str, int]:
    start = f"refused:{hook}:"
    found = {name.removeprefix(start): count for name, count in totals.items() if name.startswith(start)}
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))
