"""The usual question to a sender's API: a GET with the hook's token. Asks nothing itself."""

from __future__ import annotations

from base64 import b64encode

from relay.models import Hook
from relay.provider import FetchRequest

TOKEN = "access_token"  # noqa: S105 - the name of the option


def question(hook: Hook, api: str, path: str, into: str, *, option: str = TOKEN, **headers: str) -> FetchRequest:
    """``option`` holds the token; headers of your own go before it."""
    token = {"Authorization": f"Bearer {hook.options.get(option)}"}
    return FetchRequest(url=f"{address(hook, api)}{path}", into=into, headers=token | headers)


def address(hook: Hook, api: str) -> str:
    """The documented address, which the hook's option ``api`` replaces (another region, a local stand-in)."""
    return str(hook.options.get("api") or api).rstrip("/")


def basic(hook: Hook, user: str, password: str) -> str:
    """HTTP Basic from two of the hook's options."""
    return f"Basic {b64encode(f'{hook.options.get(user)}:{hook.options.get(password)}'.encode()).decode()}"
