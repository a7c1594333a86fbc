"""Proof by the sender's address: it must lie in one of the listed networks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import ClassVar

from relay.errors import Unverified
from relay.incoming import Incoming
from relay.models import Hook

Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Networks:
    """The networks that the sender publishes; the hook's ``addresses`` replace them."""

    published: tuple[str, ...]
    decides: ClassVar[bool] = True

    def armed(self, hook: Hook) -> bool:  # noqa: ARG002
        return bool(self.published)

    def present(self, incoming: Incoming) -> bool:  # noqa: ARG002
        return True

    def check(self, incoming: Incoming, now: float) -> None:  # noqa: ARG002
        check_networks(incoming, networks(self.published))

    def places(self, hook: Hook) -> tuple[str, ...]:  # noqa: ARG002
        return ()


@lru_cache(maxsize=64)
def networks(published: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in published)


def check_networks(incoming: Incoming, allowed: Iterable[Network]) -> None:
    """Only ``request.address`` counts: what it is behind proxies is decided before."""
    allowed = tuple(allowed)
    address = incoming.request.address
    if _within(address, allowed):
        return
    forwarded = incoming.request.headers.get("x-forwarded-for", "")
    named = next((part.strip() for part in forwarded.split(",") if _within(part.strip(), allowed)), None)
    hint = (
        f"X-Forwarded-For names {named}, which would be allowed: if our own proxy wrote it, "
        "set RELAY_TRUSTED_PROXIES to the number of proxies in front of the relay"
        if named
        else ""
    )
    raise Unverified(f"The address {address or '(unknown)'} is not in the networks that may send here", hint=hint)


def _within(text: str, allowed: tuple[Network, ...]) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in allowed)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # a server that listens on IPv6 sees IPv4 senders as ::ffff:1.2.3.4
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
