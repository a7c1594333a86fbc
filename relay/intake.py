"""The way of a webhook from the wire into the store: verify, read, map, keep. Knows no Flask.

What this module answers with success is stored; what could not be stored is never answered with success.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b

import structlog

from relay import ids, linking, providers, redaction
from relay.errors import (
    BodyTooLarge,
    MethodNotAllowed,
    Refusal,
    StoreUnavailable,
    TooManyRequests,
    UnknownHook,
    Unverified,
)
from relay.fetching import FETCH
from relay.mapping import map_event, refine
from relay.models import Answer, Call, Configuration, Event, Hook, Reading, WebhookRequest
from relay.provider import Provider
from relay.store import Kept, RefusalRecord, Store
from relay.words import words_of

log = structlog.get_logger()
FAULT = "relay"  # the field of a problem that is nobody's but ours
METHODS = ("POST", "GET", "HEAD")
# A sender without an id of its own repeats within minutes, and the same person may send the same form again next week.
WINDOW_WITHOUT_ID = 3600.0  # seconds


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender hears. ``event_id`` is None when nothing was an event (a handshake, a look at the address)."""

    answer: Answer
    event_id: str | None = None
    duplicate: bool = False


@dataclass(slots=True)
class Intake:
    """One for each web process; ``full_until`` remembers hooks whose allowance for this minute is used up.

    By time.monotonic(): with the time of day, a clock that is set back an hour would have them refused for an hour.
    """

    configuration: Configuration
    store: Store
    max_body: int
    store_bytes: int = 0  # RELAY_STORE_BYTES
    measure_at: float = 0.0  # time.monotonic() of the next look at the store's memory
    full_until: dict[str, float] = field(default_factory=dict)

    def receive(self, hook: Hook, request: WebhookRequest) -> Receipt:
        """Keeps one webhook. Raises a Refusal (the sender's fault) or StoreUnavailable."""
        _check_request(request, self.max_body)
        self._check_allowance(hook)
        if request.method == "HEAD" or (request.method == "GET" and not request.query):
            return Receipt(Answer())
        provider = providers.find(hook.provider)
        if (greeting := provider.handshake(request, hook)) is not None:
            return Receipt(greeting)
        _check_token(hook, request.token)
        provider.verify(request, hook, time.time())
        readings = _readings(provider, request, hook)
        named = enumerate(zip(readings, _idempotency(hook, request, readings), strict=True))
        kept = [self._keep(hook, provider, request, one, part=part, key=key) for part, (one, key) in named]
        answer = provider.answer(readings[0], request, hook)
        return Receipt(answer, kept[0].event_id, all(one.duplicate for one in kept))

    def _keep(
        self, hook: Hook, provider: Provider, request: WebhookRequest, reading: Reading, *, part: int, key: str
    ) -> Kept:
        now = time.time_ns() // 1_000_000
        event_id = ids.new_id("evt", now)
        deliveries = linking.deliveries_of(self._calls(hook, provider, reading), event_id, hook.name, hook.account)
        hidden = provider.secret_places(hook)
        event = Event(
            id=event_id,
            hook=hook.name,
            provider=hook.provider,
            received_at=now,
            method=request.method,
            query=redaction.query(request.query, hook, hidden),
            headers=redaction.headers(request.headers, hook, hidden),
            body=request.body,
            event_type=reading.event_type,
            test=reading.test,
            address=request.address,
            deliveries=tuple(one.id for one in deliveries),
            problems=reading.problems,
            part=part,
        )
        window = hook.event_window if reading.event_id else min(hook.event_window, WINDOW_WITHOUT_ID)
        if provider.fetch and provider.fetch.anew and not reading.event_id:
            key = f"event:{event_id}"
        self._measure_room()
        try:
            kept = self.store.keep(
                event,
                deliveries,
                idempotency_key=key,
                window_ms=int(window * 1000),
                words=words_of(reading),
                max_per_minute=hook.max_per_minute,
            )
        except StoreUnavailable:
            self.measure_at = 0.0  # nothing is refused longer than it must be
            raise
        if kept.over_allowance:
            self.full_until[hook.name] = _end_of_minute()
            raise _too_many(hook)
        return kept

    def _measure_room(self) -> None:
        """Once a second. The workers look as well, but none may be alive while webhooks come in."""
        if (now := time.monotonic()) >= self.measure_at:
            self.measure_at = now + 1.0
            self.store.measure_room(self.store_bytes)

    def _calls(self, hook: Hook, provider: Provider, reading: Reading) -> list[Call]:
        if FAULT in reading.problems:
            return _faulty(hook)
        if reading.test:  # a sender's test event is answered like any other and never reaches JustClick
            return []
        if hook.calls and provider.fetches(hook):  # the event holds ids only: the worker asks before anything is mapped
            return [Call(FETCH, {})]
        try:
            return map_event(reading, hook, self.configuration)
        except Exception:
            log.exception("webhook.not-mapped", hook=hook.name)
            return _faulty(hook)

    def refuse(self, hook: Hook, request: WebhookRequest, refusal: Refusal) -> None:
        """Keeps a refused webhook for the list of refusals; a store that is away does not change the answer."""
        record = RefusalRecord(
            at=time.time_ns() // 1_000_000,
            hook=hook.name,
            reason=refusal.reason,
            message=str(refusal),
            status=refusal.status,
            hint=refusal.hint,
            method=request.method,
            address=request.address,
            headers=redaction.headers(request.headers, hook, providers.find(hook.provider).secret_places(hook)),
            body=redaction.excerpt(request.body, hook),
        )
        with suppress(StoreUnavailable):
            if isinstance(refusal, MethodNotAllowed | TooManyRequests):
                self.store.count_refusal(hook.name, refusal.reason)
            elif self.store.keep_refusal(record) > hook.max_per_minute:
                self.full_until[hook.name] = _end_of_minute()

    def count_unknown_hook(self) -> None:
        """All unknown names together: whoever tries names must not be able to fill the store with them."""
        with suppress(StoreUnavailable):
            self.store.count_refusal("-", UnknownHook.reason)

    def _check_allowance(self, hook: Hook) -> None:
        if time.monotonic() < self.full_until.get(hook.name, 0.0):
            raise _too_many(hook)


def _readings(provider: Provider, request: WebhookRequest, hook: Hook) -> list[Reading]:
    """What the request says. Raises UnreadableBody; a fault of ours costs no lead: the event is kept all the same."""
    try:
        read = provider.read(request, hook)
        return [refine(reading, hook) for reading in (read, *read.further)]
    except Refusal:
        raise
    except Exception:
        log.exception("webhook.not-read", hook=hook.name)
        return [Reading(problems={FAULT: "The relay met a fault of its own while reading; its log tells which."})]


def _faulty(hook: Hook) -> list[Call]:
    """The calls of an event that a fault of ours kept from being mapped: dead letters, to be mapped again."""
    problems = {FAULT: ["The relay met a fault of its own; its log tells which."]}
    return [
        Call(plan.function, {}, name=plan.name or plan.function, problems=problems, reason="internal-error")
        for plan in hook.calls
    ]


def _check_request(request: WebhookRequest, max_body: int) -> None:
    if request.method not in METHODS:
        raise MethodNotAllowed(f"A webhook comes by POST, not by {request.method[:20]}.")
    if len(request.body) > max_body:
        raise BodyTooLarge(f"The body is larger than {max_body} bytes, the limit of this relay (RELAY_MAX_BODY).")


def _check_token(hook: Hook, given: str) -> None:
    """The unguessable last part of the address, for senders that prove themselves in no other way."""
    if not hook.tokens:
        return
    if not given:
        raise Unverified(
            f"The address needs the hook's token at its end: /hooks/{hook.name}/<token>.", reason="no-token"
        )
    matches = [hmac.compare_digest(given.encode(), token.encode()) for token in hook.tokens]
    if not any(matches):
        raise Unverified("The token at the end of the address is wrong.", reason="wrong-token")


def _idempotency(hook: Hook, request: WebhookRequest, readings: Sequence[Reading]) -> Iterator[str]:
    """By which key a repeat of each event of a request is recognised.

    A hook's own id may be that of the whole request: of events that share it, each but the first has its number beside
    it, the same at every repeat of the request. What says word for word the same under one id is a repeat here too.
    """
    own: dict[str, dict[str, str]] = {}  # id -> words -> key
    for part, reading in enumerate(readings):
        if not reading.event_id:
            digest = blake2b(request.body + b"\0" + request.query.encode(), digest_size=16).hexdigest()
            yield f"body:{part}:{digest}"
        elif hook.event_id is None or len(readings) == 1:
            yield f"id:{reading.event_id}"
        else:
            known = own.setdefault(reading.event_id, {})
            key = f"part:{part}:{reading.event_id}" if known else f"id:{reading.event_id}"
            yield known.setdefault(repr(reading.body), key)


def _too_many(hook: Hook) -> TooManyRequests:
    return TooManyRequests(f"More than {hook.max_per_minute} requests a minute for this hook (max_per_minute).")


def _end_of_minute() -> float:
    """Of the clock's minute, which is what the store counts by."""
    return time.monotonic() + 60 - time.time() % 60
