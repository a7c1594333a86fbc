"""Proof by a signature with a shared secret: HMAC or digest, over the raw body or fields, with or without a time."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from relay.errors import Unverified
from relay.incoming import Incoming, decode_base64
from relay.models import Hook
from relay.verifying.proof import told
from relay.verifying.texts import Circumstances, Part, signed_text


@dataclass(frozen=True, kw_only=True)
class Signature:
    """``mac``: an HMAC keyed by the secret; ``digest``: a plain hash with ``"secret"`` among the parts. One of the two.

    Several items in one place (``t=1,v1=aa,v1=bb``): ``separator`` parts them, ``pair`` parts name and value,
    ``versions`` are the names to believe.
    """

    at: str  # where it stands: "header:X-Signature", "field:Token"
    mac: str = ""
    digest: str = ""
    parts: tuple[Part, ...] = ("body",)
    join: str = ""
    root: str = ""  # the path at which "field:" and Sorted begin
    encoding: str = "hex"  # hex (in either case), base64, base64url
    prefix: str = ""  # what stands before each signature
    separator: str = ""
    pair: str = "="
    versions: tuple[str, ...] = ()
    timestamp: str = ""  # "item:t" of the signature itself, or a place of its own: "header:webhook-timestamp"
    unit: float = 1.0  # seconds of one tick; 0.001 for milliseconds
    tolerance: float = 300.0  # seconds of age, and of coming from the future, where there is a time; 0: any
    key: str = "text"  # how the secret is written: text, hex, base64
    key_prefix: str = ""  # what to drop before that ("whsec_")
    keyed: Callable[[Incoming, str], str] | None = None  # the key, where it is made of the secret and something else
    choices: tuple[str, ...] = ()  # what the hook's `hash:` may say instead
    decides: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if bool(self.mac) == bool(self.digest):
            raise ValueError("A signature is either a mac or a digest: say one of the two")
        if "timestamp" in self.parts and not self.timestamp:
            raise ValueError('"timestamp" is among the parts: say where it stands, as timestamp="header:X-Time"')
        outside = self.timestamp.startswith(("header:", "query:", "item:"))
        if outside and not any(part in ("timestamp", self.timestamp) or callable(part) for part in self.parts):
            raise ValueError('A time that is not signed proves nothing: put "timestamp" among the parts')

    def armed(self, hook: Hook) -> bool:
        return bool(hook.secrets)

    def present(self, incoming: Incoming) -> bool:
        return isinstance(incoming.at(self.at), (str, int))

    def places(self, hook: Hook) -> tuple[str, ...]:  # noqa: ARG002
        return (self.at,)

    def check(self, incoming: Incoming, now: float) -> None:
        given = str(incoming.at(self.at)).strip()
        signatures, items = self.split(given)
        ticks = self._ticks(incoming, items)
        if not any(
            self.matches(self.sign(incoming, Circumstances(secret, ticks)), signature)
            for secret in incoming.hook.secrets
            for signature in signatures
        ):
            from relay.verifying.hints import near_miss  # noqa: PLC0415 - only when something is wrong

            hint = near_miss(self, incoming, given, signatures, ticks)
            raise Unverified(f"The signature in {told(self.at)} is wrong", hint=hint)
        if ticks:
            self._check_age(float(ticks) * self.unit, incoming.hook, now)

    def sign(self, incoming: Incoming, known: Circumstances, key: str = "", encoding: str = "", hash: str = "") -> str:
        """The signature that would be right, without its prefix; ``""`` when the secret is no such key."""
        text = signed_text(self.parts, self.join, incoming, known, self.root)
        name = hash or self.hash_of(incoming.hook)
        if not self.mac:
            return encoded(hashlib.new(name, text).digest(), encoding or self.encoding)
        try:
            secret = self.keyed(incoming, known.secret) if self.keyed else known.secret
            made = hmac.new(self.key_bytes(secret, key or self.key), text, name)
        except ValueError:
            return ""
        return encoded(made.digest(), encoding or self.encoding)

    def matches(self, expected: str, given: str, encoding: str = "") -> bool:
        """In constant time; hexadecimal digits in either case, base64 with or without its padding."""
        if (encoding or self.encoding) == "hex":
            given = given.lower()
        else:
            expected, given = expected.rstrip("="), given.rstrip("=")
        return bool(expected) and hmac.compare_digest(expected.encode(), given.encode())

    def hash_of(self, hook: Hook) -> str:
        chosen = (hook.hash or "").lower().replace("-", "")
        return chosen if chosen in self.choices else self.mac or self.digest

    def key_bytes(self, secret: str, key: str) -> bytes:
        bare = secret.removeprefix(self.key_prefix)
        if key == "hex":
            return bytes.fromhex(bare)
        return decode_base64(bare) if key == "base64" else bare.encode()

    def split(self, given: str) -> tuple[list[str], dict[str, str]]:
        """The signatures that count, and the other items by name."""
        parts = given.split(self.separator) if self.separator else [given]
        if not self.versions:
            return list(self._without_prefix(parts)), {}
        pairs = [part.strip().partition(self.pair) for part in parts]
        signatures = [value for name, _, value in pairs if name in self.versions]
        return list(self._without_prefix(signatures)), {name: value for name, _, value in reversed(pairs)}

    def _without_prefix(self, parts: list[str]) -> Iterator[str]:
        for part in map(str.strip, parts):
            if part.lower().startswith(self.prefix.lower()):
                yield part[len(self.prefix) :]

    def _ticks(self, incoming: Incoming, items: dict[str, str]) -> str:
        if not self.timestamp:
            return ""
        kind, _, name = self.timestamp.partition(":")
        ticks = str((items.get(name) if kind == "item" else incoming.at(self.timestamp)) or "").strip()
        if not (ticks.isdecimal() and ticks.isascii() and len(ticks) < 16):
            where = f"the item {name}" if kind == "item" else told(self.timestamp)
            raise Unverified(f"The time of signing ({where}) is missing or is not a number")
        return ticks

    def _check_age(self, signed_at: float, hook: Hook, now: float) -> None:
        tolerance = self.tolerance if hook.tolerance is None else hook.tolerance
        age = now - signed_at
        if tolerance and abs(age) > tolerance:
            when = f"{age:.0f} s ago" if age > 0 else f"{-age:.0f} s in the future"
            raise Unverified(
                f"It was signed {when}; {tolerance:g} s are allowed",
                hint=f"the signature itself is right: a clock is off by {abs(age):.0f} s, or it is an old request",
            )


def stamped(at: str, *, payload: Part = "body", version: str = "v1") -> Signature:
    """Stripe's way, which others took over: ``t=<unix>,v1=<hex>`` with the HMAC-SHA256 of time, dot and body."""
    return Signature(
        at=at,
        mac="sha256",
        parts=("timestamp", payload),
        join=".",
        separator=",",
        versions=(version,),
        timestamp="item:t",
    )


def encoded(digest: bytes, encoding: str) -> str:
    if encoding == "base64":
        return base64.b64encode(digest).decode()
    if encoding == "base64url":
        return base64.urlsafe_b64encode(digest).decode()
    return digest.hex()
