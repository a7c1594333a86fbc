"""What is kept of a request for people to look at, without the secrets in it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from relay.models import Hook

HIDDEN = "[hidden]"
BODY_KEPT = 4096  # bytes of a refused body
_SECRET_NAME = re.compile(r"authorization|cookie|password|secret|token|api-?key|auth\b|-key$", re.IGNORECASE)


def headers(given: Mapping[str, str], hook: Hook, places: Iterable[str] = ()) -> dict[str, str]:
    """All headers; the values of those that carry secrets are hidden, and so is a secret of the hook anywhere else.

    ``places``: where this provider carries the secret itself, as ``header:x-api-key``.
    """
    named = {place.partition(":")[2].lower() for place in places if place.startswith("header:")}
    secrets = _secrets(hook)
    return {
        name: HIDDEN if name in named or _is_secret(name) else _without(secrets, value) for name, value in given.items()
    }


@lru_cache(maxsize=256)  # senders use the same few headers all the time
def _is_secret(name: str) -> bool:
    return _SECRET_NAME.search(name) is not None


def query(given: str, hook: Hook, places: Iterable[str] = ()) -> str:
    """The query string, with the values hidden that carry the secret (``query:token``)."""
    if not given:
        return ""
    named = {place.partition(":")[2].lower() for place in places if place.startswith("query:")}
    pairs = [pair.partition("=") for pair in given.split("&")]
    shown = [
        f"{name}={HIDDEN}" if sign and name.lower() in named else name + sign + value for name, sign, value in pairs
    ]
    return text("&".join(shown), hook)


def text(given: str, hook: Hook) -> str:
    return _without(_secrets(hook), given)


def _without(secrets: Iterable[str], text: str) -> str:
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text


def _secrets(hook: Hook) -> tuple[str, ...]:
    previous = hook.options.get("previous_secret")
    return tuple(secret for secret in (*hook.secrets, *hook.tokens, previous) if isinstance(secret, str) and secret)


def excerpt(body: bytes, hook: Hook) -> str:
    """The first 4 KiB; a secret that is cut in two by the end of the excerpt is cut off whole."""
    longest = max((len(secret.encode()) for secret in _secrets(hook)), default=0)
    return text(body[: BODY_KEPT + longest].decode("utf-8", "replace"), hook)[:BODY_KEPT]
