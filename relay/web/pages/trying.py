"""Try it: what a webhook would become with today's configuration, from the last real event or a pasted body.

Sends nothing, keeps nothing, counts nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from flask import abort, request
from flask.typing import ResponseReturnValue

from relay import previewing, redaction
from relay.errors import RelayError
from relay.mapping import Considered
from relay.models import Account, Event, Hook, WebhookRequest
from relay.parts import Parts
from relay.previewing import Preview, SignedRequest
from relay.replaying import request_of
from relay.telling import wire_rows
from relay.web.pages.events import told
from relay.web.rendering import page

MOST_BODY = 256 * 1024  # characters of a pasted body


@dataclass(frozen=True, slots=True)
class Step:
    """One planned call: what would be sent, or why it would not."""

    considered: Considered
    wire: list[tuple[str, str]]
    signed: SignedRequest | None
    unsignable: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    preview: Preview
    contact: list[tuple[str, str]]
    order: list[tuple[str, str]]
    steps: list[Step]


def last_event(parts: Parts, hook: str) -> ResponseReturnValue:
    """With the event that the address names, else with the last one of this hook."""
    found = _hook(parts, hook)
    named = request.args.get("event", "")
    event = parts.store.event(named) if named else next(iter(parts.store.events(hook, limit=1).items), None)
    if event is not None and (event.hook != hook or event.body is None):
        event = None
    body = redaction.text((event.body or b"").decode("utf-8", "replace"), found) if event else ""
    tried = _tried(request_of(event), found, parts) if event else []
    return page("try.html", hook=found, event=event, body=body, headers=_kind(event), tried=tried, checked=False)


def pasted(parts: Parts, hook: str) -> ResponseReturnValue:
    found = _hook(parts, hook)
    body, lines = request.form.get("body", "")[:MOST_BODY], request.form.get("headers", "")[:MOST_BODY]
    headers = dict(_headers(lines))
    sent = body.encode("utf-8", "surrogatepass")
    if sent.lstrip()[:1] not in (b"{", b"["):
        sent = sent.strip()  # a text area ends its lines as a form never does
    checked = bool(headers.keys() - {"content-type"})
    headers.setdefault("content-type", _guessed(sent))
    tried = _tried(WebhookRequest("POST", "", headers, sent), found, parts)
    return page("try.html", hook=found, event=None, body=body, headers=lines, tried=tried, checked=checked)


def _tried(webhook: WebhookRequest, hook: Hook, parts: Parts) -> list[Tried]:
    """One for each event in the request."""
    account = parts.configuration.accounts[hook.account]
    seen = previewing.preview(webhook, hook, parts.configuration, time.time())
    return [
        Tried(
            one,
            told(one.reading.contact) if one.reading else [],
            told(one.reading.order) if one.reading else [],
            [_step(considered, account) for considered in one.steps],
        )
        for one in (seen, *seen.further)
    ]


def _step(considered: Considered, account: Account) -> Step:
    call = considered.call
    if call is None or call.problems:
        return Step(considered, wire_rows(call.params) if call else [], None)
    try:
        return Step(considered, wire_rows(call.params), previewing.signed(call, account))
    except RelayError as error:
        return Step(considered, wire_rows(call.params), None, str(error))


def _hook(parts: Parts, name: str) -> Hook:
    if name not in parts.configuration.hooks:
        abort(404)
    return parts.configuration.hooks[name]


def _kind(event: Event | None) -> str:
    """A form of several parts is read by its boundary, which stands in this header only."""
    kind = event.headers.get("content-type") if event else None
    return f"content-type: {kind}" if kind else ""


def _headers(lines: str) -> Iterator[tuple[str, str]]:
    for line in lines.splitlines():
        name, colon, value = line.partition(":")
        if colon and name.strip():
            yield name.strip().lower(), value.strip()


def _guessed(body: bytes) -> str:
    return "application/json" if body.lstrip()[:1] in (b"{", b"[") else "application/x-www-form-urlencoded"
