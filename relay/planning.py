"""What a changed configuration would make of events that came in before. Compares; keeps and sends nothing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from relay import providers
from relay.errors import UnreadableBody
from relay.fetching import FETCH
from relay.mapping import map_event
from relay.models import Awaited, Call, Configuration, Delivery, Event, Hook
from relay.replaying import reading_of


class Change(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    APPEARED = "appeared"
    VANISHED = "vanished"
    INVALID = "invalid"  # it was fine, and would now be a dead letter
    MENDED = "mended"  # it could not be mapped, and now it can


@dataclass(frozen=True, slots=True)
class Difference:
    """What becomes of one call of one event; ``lines`` tell the parameters that differ, or the problems."""

    change: Change
    event_id: str
    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    differences: tuple[Difference, ...]
    events: int = 0
    left_out: int = 0  # events whose body is no longer kept, or whose sender has not been asked yet
    unreadable: tuple[tuple[str, str], ...] = ()  # event id and sentence

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(difference.change for difference in self.differences)
        return {change.value: found[change] for change in Change}


def plan(events: Sequence[tuple[Event, Sequence[Delivery]]], hook: Hook, configuration: Configuration) -> Plan:
    """Each event with the deliveries that were made of it, against what the configuration would make of it now."""
    differences: list[Difference] = []
    unreadable: list[tuple[str, str]] = []
    mappable = [(event, deliveries) for event, deliveries in events if _mappable(event, hook)]
    for event, deliveries in mappable:
        try:
            calls = calls_of(event, hook, configuration)
        except UnreadableBody as error:
            unreadable.append((event.id, str(error)))
            continue
        differences += compared(event.id, deliveries, calls)
    return Plan(tuple(differences), len(events), len(events) - len(mappable), tuple(unreadable))


def _mappable(event: Event, hook: Hook) -> bool:
    return event.body is not None and (event.fetched is not None or not providers.find(hook.provider).fetches(hook))


def calls_of(event: Event, hook: Hook, configuration: Configuration) -> list[Call]:
    """Raises UnreadableBody. ``now`` in a mapping is the moment at which the event came."""
    moment = event.received_at / 1000
    reading = reading_of(event, hook)
    return [] if reading.test else map_event(reading, hook, configuration, moment)


def compared(event_id: str, before: Sequence[Delivery], after: Sequence[Call]) -> Iterator[Difference]:
    """Pairs calls by name and place among those of the same name."""
    old, new = _by_name([made for made in before if made.function != FETCH]), _by_name(after)
    for key in dict.fromkeys([*old, *new]):
        made, call = old.get(key), new.get(key)
        if call is None:
            yield Difference(Change.VANISHED, event_id, key[0])
        elif made is None:
            change = Change.INVALID if call.problems else Change.APPEARED
            yield Difference(change, event_id, key[0], tuple(_problems(call) if call.problems else _told(call.params)))
        else:
            yield _difference(event_id, key[0], made, call)


def _by_name(several: Sequence[Any]) -> dict[tuple[str, int], Any]:
    seen: Counter[str] = Counter()
    found = {}
    for one in several:
        name = one.name or one.function
        found[name, seen[name]] = one
        seen[name] += 1
    return found


def _difference(event_id: str, name: str, made: Delivery, call: Call) -> Difference:
    if call.problems:
        change = Change.SAME if made.problems else Change.INVALID
        return Difference(change, event_id, name, () if made.problems else tuple(_problems(call)))
    if made.problems:
        return Difference(Change.MENDED, event_id, name, tuple(_told(call.params)))
    lines = tuple(_diff(_flat(made.params), _flat(call.params)))
    if made.function != call.function:
        lines = (f"function: {made.function} -> {call.function}", *lines)
    return Difference(Change.CHANGED if lines else Change.SAME, event_id, name, lines)


def _problems(call: Call) -> Iterator[str]:
    for name, sentences in call.problems.items():
        yield f"{name}: {' '.join(sentences)}"


def _told(params: Mapping[str, Any]) -> Iterator[str]:
    for name, value in _flat(params).items():
        yield f"{name}: {value}"


def _diff(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name), new.get(name)
        if before != after:
            yield f"{name}: {before or 'not sent'} -> {after or 'not sent'}"


def _flat(value: Any, above: str = "") -> dict[str, str]:
    """Every single value under its dotted name, as text: 5 and "5" go over the wire alike."""
    if isinstance(value, Mapping | list | tuple):
        members = value.items() if isinstance(value, Mapping) else enumerate(value)
        found: dict[str, str] = {}
        for name, inner in members:
            found |= _flat(inner, f"{above}.{name}".lstrip("."))
        return found
    if isinstance(value, Awaited):
        return {above: f"<{value.key}>"}
    return {} if value is None else {above: json.dumps(str(value), ensure_ascii=False)}
