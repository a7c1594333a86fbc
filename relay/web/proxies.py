"""What the request looked like in front of the proxies that we trust (RELAY_TRUSTED_PROXIES): address and scheme."""

from __future__ import annotations

from flask import Request


def sender_address(request: Request, hops: int) -> str:
    """What the outermost trusted proxy saw: each hop appends an address, and what stands further left is hearsay."""
    seen = _members(request, "X_FORWARDED_FOR")
    return seen[-hops] if hops and len(seen) >= hops else request.remote_addr or ""


def is_secure(request: Request, hops: int) -> bool:
    """Whether the browser talks https: to us, or to the outermost proxy that we trust."""
    said = _members(request, "X_FORWARDED_PROTO")
    if not hops or not said:
        return request.is_secure
    return said[-min(hops, len(said))].lower() == "https"


def root_url(request: Request, hops: int) -> str:
    """``https://relay.example.com/``, as the browser sees it."""
    return f"{'https' if is_secure(request, hops) else 'http'}://{request.host}/"


def _members(request: Request, header: str) -> list[str]:
    # The server has joined lines of one name already; werkzeug would walk through all headers to find them.
    said = request.environ.get(f"HTTP_{header}", "")
    return [part.strip() for part in said.split(",") if part.strip()] if said else []
