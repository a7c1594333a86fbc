"""The usual question to a sender's API: a GET with the hook's token. Asks nothing itself."""

from __future__ import annotations

from relay.models import Hook
from relay.provider import FetchRequest

TOKEN = "access_token"  # noqa: S105 - the name of the option


def question(hook: Hook, api: str, path: str, into: str, **headers: str) -> FetchRequest:
    """``api``: the documented address, which the hook's option ``api`` replaces (another region, a local stand-in)."""
    address = str(hook.options.get("api") or api).rstrip("/")
    token = {"Authorization": f"Bearer {hook.options.get(TOKEN)}"}
    return FetchRequest(url=f"{address}{path}", into=into, headers=token | headers)
