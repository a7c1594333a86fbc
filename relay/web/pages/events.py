"""Lists of events, and the page of one: what came in, what was read of it, and what became of its calls."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from relay import redaction
from relay.bodies import parse_body
from relay.errors import RelayError
from relay.mapping import Considered, consider
from relay.models import Event, Hook, Reading
from relay.parts import Parts
from relay.replaying import reading_of, request_of
from relay.telling import person, pretty
from relay.web.pages.deliveries import PER_PAGE, Row, cursor_of_request, row
from relay.web.rendering import page

MOST_SHOWN = 65_536  # characters of a body


@dataclass(frozen=True, slots=True)
class Today:
    """What today's rules make of an event: the reading and each planned call, or why they make nothing of it."""

    reading: Reading | None = None
    considered: tuple[Considered, ...] = ()
    failed: str = ""  # the sentence of what could not be done
    gone: str = ""  # the slug of what is not there any more: body, hook, provider


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event in a list: whom it is about and what became of its calls, as far as its calls tell."""

    event: Event
    person: str
    states: Mapping[str, int]  # how many of its calls are in each state


def event_rows(events: Sequence[Event], parts: Parts) -> list[EventRow]:
    """All deliveries of all these events in one round trip."""
    calls = parts.store.brief([id_ for event in events for id_ in event.deliveries]) if events else []
    people: dict[str, str] = {}
    states: dict[str, Counter[str]] = defaultdict(Counter)
    for one in calls:
        people[one.event_id] = people.get(one.event_id) or person(one.params)
        states[one.event_id][one.state] += 1
    return [EventRow(event, people.get(event.id, ""), states[event.id]) for event in events]


def listing(parts: Parts) -> ResponseReturnValue:
    hook = (request.args.get("hook") or "").strip() or None
    found = parts.store.events(hook, None, cursor_of_request(), PER_PAGE)
    return page(
        "events.html",
        events=event_rows(found.items, parts),
        next_cursor=found.next,
        hook=hook,
        hooks=sorted(parts.configuration.hooks),
        first=not request.args.get("cursor"),
    )


def one(parts: Parts, event_id: str) -> ResponseReturnValue:
    event = parts.store.event(event_id)
    if event is None:
        abort(404)
    hook = parts.configuration.hooks.get(event.hook)
    today = read_today(event, parts)
    return page(
        "event.html",
        event=event,
        hook=hook,
        rows=rows_of(event, parts),
        today=today,
        contact=told(today.reading.contact) if today.reading else [],
        order=told(today.reading.order) if today.reading else [],
        fetched=hidden(pretty(event.fetched), hook),
        raw=raw_body(event, hook),
        parsed=parsed_body(event, hook),
    )


def rows_of(event: Event, parts: Parts) -> list[Row]:
    return [row(delivery) for delivery in parts.store.brief(event.deliveries)]


def read_today(event: Event, parts: Parts) -> Today:
    """Reads a kept event again. Never raises: what came in may be anything, and the configuration has changed since."""
    hook = parts.configuration.hooks.get(event.hook)
    if event.body is None:
        return Today(gone="body")
    if hook is None:
        return Today(gone="hook")
    try:
        reading = reading_of(event, hook)
    except KeyError:
        return Today(gone="provider")
    except RelayError as error:
        return Today(failed=str(error))
    return Today(reading, tuple(consider(reading, hook, parts.configuration)))


def told(record: Any, prefix: str = "") -> list[tuple[str, str]]:
    """The fields that hold something, as ``name: value``; inner records as ``utm.source``."""
    rows: list[tuple[str, str]] = []
    for one in fields(record):
        value = getattr(record, one.name)
        if is_dataclass(value):
            rows += told(value, f"{prefix}{one.name}.")
        elif value not in (None, (), "", {}):
            rows.append((prefix + one.name, _text(value)))
    return rows


def raw_body(event: Event, hook: Hook | None) -> str | None:
    """The body word for word, but for the hook's secrets; bytes that are no text are shown as such."""
    if event.body is None:
        return None
    return _bounded(hidden(event.body.decode("utf-8", "backslashreplace"), hook))


def parsed_body(event: Event, hook: Hook | None) -> str | None:
    """The body as names and values, for reading; None when it is not a form or JSON."""
    if event.body is None:
        return None
    try:
        parsed = parse_body(request_of(event))
    except RelayError:
        return None
    return _bounded(hidden(pretty(parsed), hook))


def _bounded(text: str) -> str:
    """A page of a megabyte helps nobody; the whole stands in the API."""
    left_out = len(text) - MOST_SHOWN
    return f"{text[:MOST_SHOWN]}\n[... {left_out:,} characters more: GET /api/v1/events/<id>]" if left_out > 0 else text


def hidden(text: str, hook: Hook | None) -> str:
    """Without the hook's secrets, where it is still configured."""
    return redaction.text(text, hook) if hook else text


def _text(value: Any) -> str:
    if isinstance(value, bool | Decimal | int | str):
        return str(value)
    if isinstance(value, tuple) and all(isinstance(member, str) for member in value):
        return ", ".join(value)
    plain = (
        [dict(told(member)) if is_dataclass(member) else member for member in value]
        if isinstance(value, tuple)
        else value
    )
    return json.dumps(plain, ensure_ascii=False, default=str)
