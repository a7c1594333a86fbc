"""Proof by a secret that is sent along: in a header, a field, the query, as a bearer token, or by HTTP Basic."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import ClassVar

from relay.errors import Unverified
from relay.incoming import Incoming, decode_base64
from relay.models import Hook
from relay.verifying.proof import told


@dataclass(frozen=True, kw_only=True)
class Secret:
    """The hook's secret itself in one of the places; ``named_by`` is the hook's option that names another one."""

    at: tuple[str, ...]
    named_by: str = ""
    decides: ClassVar[bool] = False

    def armed(self, hook: Hook) -> bool:
        return bool(hook.secrets)

    def places(self, hook: Hook) -> tuple[str, ...]:
        """An option without a kind (``X-My-Key``) is the name of a header, a field or a query parameter alike."""
        own = str(hook.options.get(self.named_by, "")) if self.named_by else ""
        if not own:
            return self.at
        return (own,) if ":" in own else (f"header:{own}", f"field:{own}", f"query:{own}")

    def present(self, incoming: Incoming) -> bool:
        return any(incoming.at(place) is not None for place in self.places(incoming.hook))

    def check(self, incoming: Incoming, now: float) -> None:  # noqa: ARG002
        given = {place: incoming.at(place) for place in self.places(incoming.hook)}
        sent = {place: str(value) for place, value in given.items() if isinstance(value, (str, int))}
        if any(equal(secret, value) for value in sent.values() for secret in incoming.hook.secrets):
            return
        place, value = next(iter(sent.items()), (next(iter(given)), ""))
        raise Unverified(f"The secret in {told(place)} is wrong", hint=_near(value, incoming.hook))


# For senders that let their owner add a header, a parameter or a field, and have no proof of their own
CHOSEN = Secret(
    at=(
        *("header:X-Api-Key", "header:X-Secret", "header:X-Token", "authorization:Bearer", "header:Authorization"),
        *("query:token", "query:secret", "query:api_key", "field:token", "field:secret", "field:api_key"),
    ),
    named_by="key_name",
)
KEY_NAME = {
    "key_name": "what your header, parameter or field with the secret is called, if it is not X-Api-Key, X-Secret, "
    "X-Token, Authorization, token, secret or api_key"
}


@dataclass(frozen=True, kw_only=True)
class Basic:
    """HTTP Basic. The secret is the password, or ``user:password``; the user may be fixed here or by an option."""

    user: str = ""
    user_option: str = "user"
    decides: ClassVar[bool] = False

    def armed(self, hook: Hook) -> bool:
        return bool(hook.secrets)

    def places(self, hook: Hook) -> tuple[str, ...]:  # noqa: ARG002
        return ("authorization:Basic",)

    def present(self, incoming: Incoming) -> bool:
        return incoming.at("authorization:Basic") is not None

    def check(self, incoming: Incoming, now: float) -> None:  # noqa: ARG002
        try:
            credentials = decode_base64(incoming.at("authorization:Basic")).decode()
        except ValueError:
            raise Unverified("The header Authorization (Basic) cannot be read") from None
        user, _, password = credentials.partition(":")
        wanted = str(incoming.hook.options.get(self.user_option) or self.user)
        right_user = not wanted or equal(wanted, user)
        for secret in incoming.hook.secrets:
            if (equal(secret, password) and right_user) or (":" in secret and equal(secret, credentials)):
                return
        hint = "the password is right, the user is not" if not right_user and _is_secret(password, incoming) else ""
        raise Unverified("User or password in the header Authorization (Basic) is wrong", hint=hint)


def equal(expected: str, given: str) -> bool:
    """In constant time; an empty secret equals nothing."""
    return bool(expected) and hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass"))


def _is_secret(value: str, incoming: Incoming) -> bool:
    return any(equal(secret, value) for secret in incoming.hook.secrets)


def _near(given: str, hook: Hook) -> str:
    bare = given.strip().strip("\"'")
    for secret in hook.secrets:
        if equal(secret.strip(), bare):
            return "it would match without the blank, line end or quotation mark around one of the two"
        if equal(secret.lower(), given.lower()):
            return "it would match if capitals and small letters were the same"
        if equal(secret, bare.partition(" ")[2]):
            return f"it would match without the word {bare.partition(' ')[0]!r} before it"
    if any(equal(str(old), given) for old in previous(hook)):
        return "it is the previous secret: the sender still uses it"
    return ""


def previous(hook: Hook) -> tuple[str, ...]:
    """Secrets that are no longer believed, only recognised (the hook's option ``previous_secret``)."""
    old = hook.options.get("previous_secret") or ()
    return (old,) if isinstance(old, str) else tuple(map(str, old))
