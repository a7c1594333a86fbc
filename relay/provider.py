"""A provider as a value: what one kind of sender does, declared; the pipeline that follows from it is here, once.

Each file of :mod:`relay.providers` ends in ``PROVIDER = Provider(...)``. Reads and verifies; stores and sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

from relay.answering import json_answer, own_answer
from relay.bodies import parse_body
from relay.errors import UnreadableBody
from relay.incoming import Incoming, Parse
from relay.models import Answer, Hook, Reading, WebhookRequest
from relay.reading import ReadingSchema, Scope, load
from relay.reading.people import agreed, plain
from relay.reading.schema import mistakes
from relay.verifying import Basic, Proof, Secret, armed, proofs_of, verify

__all__ = ["COMMON_OPTIONS", "Fetch", "FetchRequest", "JustClickQuestion", "Provider", "json_answer"]

# What every hook may say under `options:` besides its provider's own
COMMON_OPTIONS = MappingProxyType(
    {
        "previous_secret": "a secret no longer believed: the list of refusals says when the sender still uses it",
        "charset": "of bodies that name none and are not UTF-8: cp1251",
    }
)
Confidence = Literal["tested", "documented", "assumption"]


@dataclass(frozen=True, kw_only=True)
class FetchRequest:
    """One question to the sender's API. ``into``: under which name its JSON answer joins the body."""

    url: str = field(repr=False)  # Bitrix24's holds the secret
    into: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = b""
    kept: bool = True  # False: its answer serves the next question only and is not stored (an access token)


@dataclass(frozen=True, kw_only=True)
class JustClickQuestion:
    """One question to JustClick itself, in the name of one of our accounts; its ``result`` joins the body."""

    account: str
    function: str
    params: Mapping[str, Any]
    into: str
    refused: Callable[[Any], str] | None = None  # a sentence when this result says that the event is not true, else ""


@dataclass(frozen=True, kw_only=True)
class Fetch:
    """For senders that send ids only: what the worker asks before mapping. The intake never makes a request.

    The answers join the body under their ``into`` names, then ``schema`` reads the whole again. ``ask`` is asked again
    with what has come (a lead names its contact), until it has no question whose ``into`` is not there yet. Before an
    answer has come, whoever sent the event may have put anything under its name; ``ask`` may raise Unverified.
    """

    ask: Callable[[Reading, Hook], Sequence[FetchRequest | JustClickQuestion]]
    schema: type[ReadingSchema]
    proves: bool = False  # the answer also proves that the event is genuine (PayPal's IPN, YooKassa)
    refused: Callable[[Mapping[str, Any]], str] | None = None  # a sentence when the answers say that it is not
    needs: tuple[str, ...] = ()  # options of the hook that hold its tokens
    # what has no `event_id` before it was asked about is no repeat of the same words: a number, posted at every change
    anew: bool = False


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A place (``event_type``, ``event_id``, ``test``) is written as :meth:`relay.incoming.Incoming.at` reads it."""

    name: str
    title: str
    kind: Literal["form", "payment", "shop", "crm", "any"]

    # what it does
    proof: tuple[Proof, ...] = ()
    parse: Parse = parse_body
    unwrap: Mapping[str, str] = field(default_factory=dict)  # {"data": "base64 json"}: opened in place
    each: Callable[[Any], Sequence[Any]] | None = None  # several events in one request: their bodies
    schema: type[ReadingSchema] | None = None
    event_type: str | Callable[[Incoming], str | None] = ""
    event_id: tuple[str, ...] | Callable[[Incoming], str | None] = ()  # joined with ":"; "?" at the end: may be absent
    test: str | Callable[[Incoming], bool] = ""
    greet: Callable[[Incoming], Answer | None] | None = None  # the handshake, before anything is verified
    reply: Answer | Callable[[Reading, Incoming], Answer] = Answer()  # noqa: RUF009 - frozen
    fetch: Fetch | None = None

    # what a person must know (docs/providers.md)
    settings: str  # what to click there, where the URL and the secret go
    arrives: str  # which events, what is in them and what is not
    on_failure: str  # its time-out and retry rule
    tests: str = ""  # which events count as tests
    options: Mapping[str, str] = field(default_factory=dict)  # a hook's own `options:`, each with its meaning
    confidence: Confidence = "documented"
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "options", {**COMMON_OPTIONS, **self.options})
        for schema in (self.schema, self.fetch.schema if self.fetch else None):
            if schema and (wrong := " ".join(mistakes(schema))):
                raise ValueError(f"Provider {self.name}, schema {schema.__name__}: {wrong}")

    def handshake(self, request: WebhookRequest, hook: Hook) -> Answer | None:
        """The answer to a sender that only asks whether we are there; None for an event."""
        if self.greet is None:
            return None
        try:
            return self.greet(self._incoming(request, hook))
        except UnreadableBody:
            return None  # whoever cannot prove himself is refused for that first

    def verify(self, request: WebhookRequest, hook: Hook, now: float) -> None:
        """``now`` in unix seconds. Raises Unverified; a hook without any proof passes (its token is the intake's)."""
        verify(self._proofs(hook), self._incoming(request, hook), now)

    def proves(self, hook: Hook) -> bool:
        """Whether, with this hook's settings, the sender is proven without a token in the URL."""
        return armed(self._proofs(hook), hook)

    def read(self, request: WebhookRequest, hook: Hook) -> Reading:
        """Raises UnreadableBody; a value that cannot be read is a problem of the reading, not an error."""
        incoming = self._incoming(request, hook)
        if self.each is None:
            return self._read(incoming)
        first, *others = (self._read(incoming.part(body)) for body in self.each(incoming.body) or [incoming.body])
        return replace(first, further=tuple(others))

    def fetches(self, hook: Hook) -> bool:
        """Whether the worker has something to ask the sender, and this hook's options hold what that needs."""
        return self.fetch is not None and all(hook.options.get(name) for name in self.fetch.needs)

    def read_fetched(self, request: WebhookRequest, hook: Hook, answers: Mapping[str, Any], part: int = 0) -> Reading:
        """The event with the sender's answers in its body. Raises UnreadableBody."""
        incoming = self._incoming(request, hook)
        bodies = list(self.each(incoming.body) or ()) if self.each else []
        body = bodies[part] if bodies else incoming.body
        joined = {**body, **answers} if isinstance(body, Mapping) else dict(answers)
        schema = self.fetch.schema if self.fetch else self.schema
        return replace(self, schema=schema)._read(incoming.part(joined))

    def answer(self, reading: Reading, request: WebhookRequest, hook: Hook) -> Answer:
        """What this sender wants to hear; the hook's own ``answer`` goes before it."""
        if hook.answer is not None:
            return own_answer(hook.answer, reading, hook)
        if isinstance(self.reply, Answer):
            return self.reply
        reply, incoming = self.reply, self._incoming(request, hook)
        return Scope().guarded(lambda: reply(reading, incoming), Answer())

    def secret_places(self, hook: Hook) -> tuple[str, ...]:
        """Where requests to this hook carry the secret itself (``header:x-api-key``): never to be kept or shown."""
        rows = (row for row in self._proofs(hook) if isinstance(row, (Secret, Basic)))
        return tuple(place for row in rows for place in row.places(hook))

    def _proofs(self, hook: Hook) -> tuple[Proof, ...]:
        return proofs_of(hook.verify) if isinstance(hook.verify, Mapping) else self.proof

    def _incoming(self, request: WebhookRequest, hook: Hook) -> Incoming:
        return Incoming(request, hook, self.parse, self.unwrap)

    def _read(self, incoming: Incoming) -> Reading:
        hook, body, problems = incoming.hook, incoming.body, dict(incoming.problems)
        asked = Scope(problems=problems)
        event_type = asked.guarded(lambda: self._event_type(incoming), None) or ""
        around = Scope(hook.country, event_type, problems)
        reading = load(self.schema, body, around) if self.schema else Reading(event_type=event_type)
        contact = reading.contact
        if contact.custom:
            custom = {name: value for name, value in contact.custom.items() if value not in hook.secrets}
            contact = replace(contact, custom=custom)
        return Reading(
            contact=contact,
            order=reading.order,
            event_type=reading.event_type,
            event_id=asked.guarded(lambda: self._event_id(incoming), None) or reading.event_id,
            test=reading.test or asked.guarded(lambda: self._test(incoming), False),
            body=body,
            raw=incoming.request.body,
            query=incoming.query,
            headers=incoming.request.headers,
            problems=problems,
        )

    def _event_type(self, incoming: Incoming) -> str | None:
        if callable(self.event_type):
            return self.event_type(incoming)
        return plain(incoming.at(self.event_type)) if self.event_type else None

    def _event_id(self, incoming: Incoming) -> str | None:
        if callable(self.event_id):
            return self.event_id(incoming)
        parts = [(plain(incoming.at(place.rstrip("?"))), place.endswith("?")) for place in self.event_id]
        if not parts or any(part is None and not optional for part, optional in parts):
            return None
        return ":".join(part or "" for part, _ in parts)

    def _test(self, incoming: Incoming) -> bool:
        if callable(self.test):
            return self.test(incoming)
        return bool(self.test and agreed(incoming.at(self.test)))
