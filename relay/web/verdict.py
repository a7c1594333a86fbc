"""The one sentence that says how things are: the most urgent of all facts. Pure; the words stand in relay.web.texts.

The rows of ``RULES`` are in order of urgency; the first that sees something speaks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from relay.lifecycle import State
from relay.store import OPERATOR
from relay.web.facts import Facts

LATE_SECONDS = 300.0
SPOKEN_CODES = (4, 5, 6, 7, 8, 606)  # refusals of an account or function that have a sentence of their own


@dataclass(frozen=True, slots=True)
class Verdict:
    """``key`` names the texts ``verdict.<key>`` and ``verdict.<key>.do``; ``tone`` is good, busy, warn or bad."""

    key: str
    tone: str
    count: int | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    code: int | None = None


def verdict(facts: Facts) -> Verdict:
    return next(found for rule in RULES if (found := rule(facts)) is not None)


def _no_worker(facts: Facts) -> Verdict | None:
    if facts.workers:
        return None
    return Verdict("no-worker", "bad", facts.on_the_way + facts.counts[State.RETRYING])


def _refused_account(facts: Facts) -> Verdict | None:
    gates = [gate for gate in facts.gates.values() if gate.reason != OPERATOR]
    if not gates:
        return None
    gate = max(gates, key=lambda one: facts.held.get(one.name, 0))
    held = facts.held.get(gate.name, 0)
    subject, _, function = gate.subject.partition(":")
    values = {"subject": subject, "function": function}
    if gate.state == "probing":
        return Verdict("probing", "warn", held, values)
    if gate.code in SPOKEN_CODES:
        return Verdict(f"code-{gate.code}", "warn" if gate.until else "bad", held, values, gate.code)
    return Verdict("gate", "warn" if gate.until else "bad", held, values, gate.code)


def _full(facts: Facts) -> Verdict | None:
    return None if facts.has_room else Verdict("full", "bad")


def _dead(facts: Facts) -> Verdict | None:
    return Verdict("dead", "bad", facts.counts[State.DEAD]) if facts.counts[State.DEAD] else None


def _refusing(facts: Facts) -> Verdict | None:
    """A hook whose last webhook of this day was refused, and nothing has been accepted since."""
    for name, hook in facts.hooks.items():
        last = hook.last_refusal
        if last and facts.now - last.at < 86_400_000 and last.at > (hook.last_event_at or 0):
            return Verdict("refusing", "warn", None, {"hook": name, "message": last.message})
    return None


def _silent(facts: Facts) -> Verdict | None:
    if not facts.silent:
        return None
    task, ago = max(facts.silent.items(), key=lambda pair: pair[1])
    return Verdict("silent", "warn", max(1, round(ago / 60)), {"task": task})


def _paused(facts: Facts) -> Verdict | None:
    gates = [name for name, gate in facts.gates.items() if gate.reason == OPERATOR]
    if not gates:
        return None
    subjects = ", ".join(sorted(facts.gates[name].subject for name in gates))
    return Verdict("paused", "warn", sum(facts.held.get(name, 0) for name in gates), {"subjects": subjects})


def _late(facts: Facts) -> Verdict | None:
    late = facts.on_the_way and (facts.oldest_seconds or 0) > LATE_SECONDS and not facts.counts[State.RETRYING]
    return Verdict("late", "warn", facts.on_the_way) if late else None


def _retrying(facts: Facts) -> Verdict | None:
    count = facts.counts[State.RETRYING]
    return Verdict("retrying", "warn", count) if count else None


def _nothing_yet(facts: Facts) -> Verdict | None:
    came = any(hook.last_event_at for hook in facts.hooks.values()) or any(facts.counts.values())
    return None if came else Verdict("nothing-yet", "good")


def _busy(facts: Facts) -> Verdict | None:
    if facts.on_the_way:
        return Verdict("busy", "busy", facts.on_the_way)
    return Verdict("waiting", "busy", facts.counts[State.WAITING]) if facts.counts[State.WAITING] else None


def _well(facts: Facts) -> Verdict:
    day = facts.day
    if not day.deliveries:
        return Verdict("quiet", "good")
    return Verdict("well" if day.delivered == day.deliveries else "well-but-discarded", "good", day.delivered)


RULES: tuple[Callable[[Facts], Verdict | None], ...] = (
    _no_worker,
    _refused_account,
    _full,
    _dead,
    _refusing,
    _silent,
    _paused,
    _retrying,
    _late,
    _nothing_yet,
    _busy,
    _well,
)
