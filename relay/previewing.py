"""What a webhook would become, with today's configuration: verified, read, mapped, signed. Keeps and sends nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from relay import linking, providers
from relay.errors import RelayError, UnreadableBody, Unverified
from relay.expressions import BrokenExpression, compiled, is_expression
from relay.expressions.names import Chain, body_chains, written
from relay.justclick import signing
from relay.mapping import Considered, consider, refine
from relay.models import Account, Answer, Awaited, Call, Configuration, Hook, Reading, WebhookRequest
from relay.nearest import nearest

HIDDEN = "<secret>"
_ASKS_FIRST = "This sender sends ids only: the worker asks it for the rest first. Below is what comes of the ids alone."


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """``canonical``: the text whose MD5 is the hash, without the secret. ``awaits``: why it cannot be signed yet."""

    url: str
    canonical: str
    body: str
    awaits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """``refused`` and ``unreadable`` are sentences, empty when all is well; ``greeting``: it was only a handshake."""

    refused: str
    unreadable: str
    greeting: str | None
    reading: Reading | None
    steps: tuple[Considered, ...] = ()
    notes: tuple[str, ...] = ()
    further: tuple[Preview, ...] = ()  # where one request brings several events: the others
    answer: Answer | None = None  # what the sender would hear


def preview(request: WebhookRequest, hook: Hook, configuration: Configuration, now: float) -> Preview:
    """``now`` in unix seconds. A refused request is read and mapped all the same: this is for looking."""
    provider = providers.find(hook.provider)
    greeting = provider.handshake(request, hook)
    refused = _refused(request, hook, now)
    said = text(greeting.body) if greeting is not None else None
    try:
        read = provider.read(request, hook)
    except UnreadableBody as error:
        return Preview(refused, str(error), said, None)
    first, *others = (_mapped(one, hook, configuration, now) for one in (read, *read.further))
    if said is not None:
        return Preview(refused, "", said, first.reading)
    answer = provider.answer(first.reading or read, request, hook)
    return replace(first, refused=refused, further=tuple(others), answer=answer)


def _mapped(read: Reading, hook: Hook, configuration: Configuration, now: float) -> Preview:
    reading = refine(read, hook, now)
    steps = tuple(consider(reading, hook, configuration, now))
    asks = providers.find(hook.provider).fetches(hook)
    notes = (_ASKS_FIRST,) if asks else tuple(_absent_names(hook, reading))
    return Preview("", "", None, reading, steps, notes)


def _refused(request: WebhookRequest, hook: Hook, now: float) -> str:
    try:
        providers.find(hook.provider).verify(request, hook, now)
    except Unverified as error:
        return f"{error}{f' ({error.hint})' if error.hint else ''}"
    return ""


def text(body: str | bytes) -> str:
    return body.decode("utf-8", "replace") if isinstance(body, bytes) else body


def signed(call: Call, account: Account) -> SignedRequest:
    """The exact request of a call that has no problems. Raises RelayError when it cannot be signed."""
    awaits = tuple(linking.awaited_keys(call.params))
    url = f"{account.url}/api/{call.function}"
    params = _with_words(call.params) if awaits else call.params
    try:
        canonical = signing.canonical(params, account.login, HIDDEN)
        body = signing.query_string(params) + "&hash=..." if awaits else _body(params, account)
    except (TypeError, ValueError) as error:
        raise RelayError(f"It cannot be signed: {error}") from error
    return SignedRequest(url, canonical, body, tuple(awaited_words(key) for key in awaits))


def _body(params: Mapping[str, Any], account: Account) -> str:
    return signing.signed_body(params, account.login, account.secrets[0]).decode("ascii")


def awaited_words(key: str) -> str:
    """``bill:10457`` in words."""
    kind, _, rest = key.partition(":")
    if kind == "bill":
        return f"bill_id of order {rest}"
    call, _, field = rest.rpartition(":")
    return f"{field} of {call}"


def _with_words(value: Any) -> Any:
    if isinstance(value, Awaited):
        return f"<{awaited_words(value.key)}>"
    if isinstance(value, Mapping):
        return {name: _with_words(inner) for name, inner in value.items()}
    return [_with_words(inner) for inner in value] if isinstance(value, list | tuple) else value


def _absent_names(hook: Hook, reading: Reading) -> Iterator[str]:
    """Names that the mapping asks of the body and that this body does not have: often a misspelling."""
    asked = [chain for source, condition in _sources(hook) for chain in _chains(source, condition)]
    absent: list[str] = []
    for chain, known in dict(_missed(chain, reading.body) for chain in asked).items():
        if not chain:
            continue
        name = written(("body", *chain))
        meant = nearest(chain[-1], known)
        if meant is None:
            absent.append(name)
        else:
            yield f'This body has no {name}. Did you mean "{meant}"?'
    if absent:
        yield f"This body has no {', '.join(absent)}."


def _missed(chain: Chain, body: Any) -> tuple[Chain, tuple[str, ...]]:
    """The first part of a chain that a body does not have, and the names that stand there instead."""
    known = body
    for place, name in enumerate(chain):
        if not isinstance(known, Mapping):
            break
        if name not in known:
            return chain[: place + 1], tuple(other for other in known if isinstance(other, str))
        known = known[name]
    return (), ()


def _chains(source: str, condition: bool) -> list[Chain]:
    try:
        return body_chains(compiled(source, condition).tree)
    except BrokenExpression:
        return []


def _sources(hook: Hook) -> Iterator[tuple[str, bool]]:
    said = (hook.contact, hook.order, hook.event_type, hook.event_id, *(plan.params for plan in hook.calls))
    for value in said:
        for text in _texts(value):
            yield text, False
    conditions = (hook.test, *(plan.when for plan in hook.calls), *(plan.each for plan in hook.calls))
    yield from ((text, True) for text in conditions if text)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
    elif is_expression(value):
        yield value
