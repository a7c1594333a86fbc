"""What would have matched: the near misses of a signature, for the list of refusals. Names a mistake, never a secret.

Asked only when a signature is wrong, and only for bodies small enough that nobody can burn our time with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from relay.errors import UnreadableBody
from relay.incoming import Incoming
from relay.verifying.secrets import previous
from relay.verifying.texts import Circumstances

if TYPE_CHECKING:
    from relay.verifying.signatures import Signature

MAX_BODY = 64 * 1024

Variant = tuple[Circumstances, str, str, str]  # with key, encoding, and the words for it


def near_miss(row: Signature, incoming: Incoming, given: str, signatures: list[str], ticks: str) -> str:
    """One sentence, or ``""`` when nothing near would match."""
    from relay.verifying.signatures import same  # noqa: PLC0415 - the two modules need each other

    candidates = [*signatures, given, given.partition("=")[2] or given]
    bare = row.prefix and not signatures
    words = f"the prefix {row.prefix!r} before the signature is missing; " if bare else ""
    if len(incoming.request.body) > MAX_BODY:
        return words.rstrip("; ")
    for known, key, encoding, told in _variants(row, incoming, ticks):
        made = row.sign(incoming, known, key, encoding)
        if any(same(made, candidate, encoding or row.encoding) for candidate in candidates):
            return f"{words}{told}" if told else f"{words}otherwise it is right"
    return words.rstrip("; ")


def _variants(row: Signature, incoming: Incoming, ticks: str) -> Iterator[Variant]:
    for secret in incoming.hook.secrets:
        yield Circumstances(secret, ticks), "", "", ""
        yield from _other_writing(row, secret, ticks)
        yield from _other_secret(secret, ticks)
        if "body" in row.parts:
            yield from _other_body(incoming, secret, ticks)
    for secret in previous(incoming.hook):
        yield Circumstances(secret, ticks), "", "", "it was signed with the previous secret"


def _other_writing(row: Signature, secret: str, ticks: str) -> Iterator[Variant]:
    known = Circumstances(secret, ticks)
    for encoding in ("hex", "base64", "base64url"):
        if encoding != row.encoding:
            yield known, "", encoding, f"it came as {encoding}, expected was {row.encoding}"
    for key in ("text", "hex", "base64"):
        if row.mac and key != row.key:
            yield known, key, "", f"the sender takes the secret as {key}, we take it as {row.key}"


def _other_secret(secret: str, ticks: str) -> Iterator[Variant]:
    if secret.strip() != secret:
        yield Circumstances(secret.strip(), ticks), "", "", "there is a blank or a line end around our secret"
    for around, told in (("\n", "a line end"), (" ", "a blank"), ("\r\n", "a line end")):
        yield Circumstances(secret + around, ticks), "", "", f"the sender's secret has {told} at its end"
    yield Circumstances(" " + secret, ticks), "", "", "the sender's secret has a blank before it"
    head, _, tail = secret.partition("_")
    if tail:
        yield Circumstances(tail, ticks), "", "", f"the sender leaves out {head + '_'!r} before the secret"


def _other_body(incoming: Incoming, secret: str, ticks: str) -> Iterator[Variant]:
    for body, told in _bodies(incoming):
        yield Circumstances(secret, ticks, body), "", "", told


def _bodies(incoming: Incoming) -> Iterator[tuple[bytes, str]]:
    body = incoming.request.body
    if body.strip() != body:
        yield body.strip(), "the signature is over the body without the line end or blank around it"
    yield body + b"\n", "the signature is over the body with a line end that did not arrive"
    yield body.removeprefix(b"\xef\xbb\xbf"), "the signature is over the body without its byte order mark"
    yield incoming.request.query.encode(), "the signature is over the query string"
    try:
        parsed = incoming.parsed
    except UnreadableBody:
        return
    if body.lstrip()[:1] in (b"{", b"["):
        told = "the signature is over the same JSON written differently: something re-serialised the body on its way"
        for text in _serialised(parsed):
            yield text.encode(), told


def _serialised(parsed: Any) -> Iterator[str]:
    for ascii_only in (False, True):
        for separators, indent in (((",", ":"), None), ((", ", ": "), None), ((",", ": "), 2)):
            text = json.dumps(parsed, ensure_ascii=ascii_only, separators=separators, indent=indent, default=_number)
            yield text
            if "/" in text and indent is None:
                yield text.replace("/", "\\/")


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else str(value)
