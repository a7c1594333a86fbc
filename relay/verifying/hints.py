"""What would have matched: the near misses of a signature, for the list of refusals. Names a mistake, never a secret.

Asked only when a signature is wrong, and only for bodies small enough that nobody can burn our time with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from relay.errors import UnreadableBody
from relay.incoming import Incoming
from relay.verifying.secrets import previous
from relay.verifying.texts import Circumstances

if TYPE_CHECKING:
    from relay.verifying.signatures import Signature

MAX_BODY = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Variation:
    """One way in which it could have been signed otherwise, and the words for it."""

    known: Circumstances
    told: str
    key: str = ""
    encoding: str = ""
    hash: str = ""


def near_miss(row: Signature, incoming: Incoming, given: str, signatures: list[str], ticks: str) -> str:
    """One sentence, or ``""`` when nothing near would match."""
    bare = f"the prefix {row.prefix!r} before the signature is missing" if row.prefix and not signatures else ""
    if len(incoming.request.body) > MAX_BODY:
        return bare
    candidates = dict.fromkeys(signatures, bare) or {given: bare}
    head, equals, tail = given.partition("=")
    if equals and tail and not row.versions:
        candidates.setdefault(tail, f"{head + '='!r} before the signature is not expected")
    for variation in _variations(row, incoming, ticks):
        made = row.sign(incoming, variation.known, variation.key, variation.encoding, variation.hash)
        for candidate, about in candidates.items():
            if row.matches(made, candidate, variation.encoding):
                return "; ".join(filter(None, (about, variation.told))) or "it is right after all"
    return bare


def _variations(row: Signature, incoming: Incoming, ticks: str) -> Iterator[Variation]:
    for secret in incoming.hook.secrets:
        known = Circumstances(secret, ticks)
        yield Variation(known=known, told="")
        yield from _other_writing(row, known)
        yield from _other_secret(secret, ticks)
        if "body" in row.parts:
            for body, told in _bodies(incoming):
                yield Variation(known=Circumstances(secret, ticks, body), told=told)
    for secret in previous(incoming.hook):
        yield Variation(known=Circumstances(secret, ticks), told="it was signed with the previous secret")


def _other_writing(row: Signature, known: Circumstances) -> Iterator[Variation]:
    for encoding in ("hex", "base64", "base64url"):
        if encoding != row.encoding:
            told = f"it came as {encoding}, expected was {row.encoding}"
            yield Variation(known=known, told=told, encoding=encoding)
    for key in ("text", "hex", "base64"):
        if row.mac and key != row.key:
            yield Variation(known=known, told=f"the sender takes the secret as {key}, we as {row.key}", key=key)
    for name in (*row.choices, "sha256", "sha1", "sha512", "md5"):
        yield Variation(known=known, told=f"it was made with {name}", hash=name)


def _other_secret(secret: str, ticks: str) -> Iterator[Variation]:
    head, _, tail = secret.partition("_")
    others = {
        secret.strip(): "there is a blank or a line end around our secret",
        f"{secret}\n": "the sender's secret has a line end after it",
        f"{secret}\r\n": "the sender's secret has a line end after it",
        f"{secret} ": "the sender's secret has a blank after it",
        f" {secret}": "the sender's secret has a blank before it",
        tail: f"the sender leaves out {head + '_'!r} before the secret" if len(head) < 8 else "",
    }
    for other, told in others.items():
        if other and other != secret and told:
            yield Variation(known=Circumstances(other, ticks), told=told)


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
