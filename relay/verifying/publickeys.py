"""Proof by a public key: RSA over the body or listed parts, and a whole body that is an RS256 token (JWT)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from relay.bodies import parse_json
from relay.errors import UnreadableBody, Unverified
from relay.incoming import Incoming, decode_base64
from relay.models import Hook
from relay.verifying.proof import told
from relay.verifying.texts import Circumstances, Part, signed_text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey


@dataclass(frozen=True, kw_only=True)
class PublicKey:
    """RSA, PKCS#1 v1.5. The key (PEM, certificate or bare base64) is the hook's option, else its ``secret``."""

    at: str
    hash: str = "sha256"
    encoding: str = "base64"  # or hex
    parts: tuple[Part, ...] = ("body",)
    join: str = ""
    key_option: str = "public_key"
    pem: str = ""  # the key itself, where a configuration says it
    decides: ClassVar[bool] = True

    def armed(self, hook: Hook) -> bool:
        return bool(self._keys(hook))

    def present(self, incoming: Incoming) -> bool:
        return isinstance(incoming.at(self.at), str)

    def _keys(self, hook: Hook) -> tuple[str, ...]:
        return (self.pem,) if self.pem else keys(hook, self.key_option)

    def places(self, hook: Hook) -> tuple[str, ...]:  # noqa: ARG002
        return (self.at,)

    def check(self, incoming: Incoming, now: float) -> None:  # noqa: ARG002
        text = signed_text(self.parts, self.join, incoming, Circumstances())
        given = str(incoming.at(self.at))
        check_signature(self._keys(incoming.hook), given, text, told(self.at), hash=self.hash, encoding=self.encoding)


@dataclass(frozen=True, kw_only=True)
class Jwt:
    """The body, or what stands ``at`` a place, is a token signed with RS256; no other algorithm is believed."""

    at: str = "body"
    key_option: str = "public_key"
    tolerance: float | None = None  # seconds beyond `exp`
    decides: ClassVar[bool] = True

    def armed(self, hook: Hook) -> bool:
        return bool(keys(hook, self.key_option))

    def present(self, incoming: Incoming) -> bool:
        return self._token(incoming).count(".") == 2

    def places(self, hook: Hook) -> tuple[str, ...]:  # noqa: ARG002
        return (self.at,)

    def check(self, incoming: Incoming, now: float) -> None:
        signed, _, signature = self._token(incoming).rpartition(".")
        try:
            head, claims = (parse_json(decode_base64(part).decode()) for part in signed.split("."))
        except (ValueError, UnreadableBody) as error:
            raise Unverified(f"The token in {told(self.at)} cannot be read: {error}") from None
        if not isinstance(head, dict) or head.get("alg") != "RS256":
            raise Unverified("The token is not signed with RS256")
        check_signature(keys(incoming.hook, self.key_option), signature, signed.encode(), told(self.at))
        expires = claims.get("exp") if isinstance(claims, dict) else None
        tolerance = incoming.hook.tolerance if incoming.hook.tolerance is not None else self.tolerance
        if tolerance and isinstance(expires, int) and now > expires + tolerance:
            raise Unverified(f"The token expired {now - expires:.0f} s ago; {tolerance:g} s are allowed")

    def _token(self, incoming: Incoming) -> str:
        if self.at == "body":
            return incoming.request.body.decode("ascii", "replace").strip()
        return str(incoming.at(self.at) or "").strip()


def keys(hook: Hook, option: str) -> tuple[str, ...]:
    own = hook.options.get(option)
    if own:
        return (own,) if isinstance(own, str) else tuple(map(str, own))
    return tuple(secret for secret in hook.secrets if "-----BEGIN" in secret)


def check_signature(
    trusted: tuple[str, ...], signature: str, text: bytes, where: str, *, hash: str = "sha256", encoding: str = "base64"
) -> None:
    """Raises Unverified unless one of the keys signed the text; ``where`` tells a person where the signature stood."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - slow to import, and few senders need it
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415

    for key in trusted:
        try:
            given = bytes.fromhex(signature) if encoding == "hex" else decode_base64(signature)
            load_key(key).verify(given, text, PKCS1v15(), getattr(hashes, hash.upper())())
        except InvalidSignature:
            continue
        except ValueError as error:
            raise Unverified(f"The signature in {where} cannot be read: {error}") from None
        return
    raise Unverified(f"The signature in {where} does not fit the public key")


@lru_cache(maxsize=64)
def load_key(text: str) -> RSAPublicKey:
    """PEM of a key or of a certificate, or the bare base64 that some cabinets show. Raises ValueError."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key  # noqa: PLC0415
    from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415

    if "BEGIN CERTIFICATE" in text:
        key: object = load_pem_x509_certificate(text.encode()).public_key()
    elif "-----BEGIN" in text:
        key = load_pem_public_key(text.encode())
    else:
        key = load_der_public_key(decode_base64(text))
    if not isinstance(key, RSAPublicKey):
        raise ValueError("the public key is not an RSA key")
    return key
