"""Which local port is free."""

from __future__ import annotations

import socket
from contextlib import closing

from relay.errors import ConfigurationError

TRIED = 50


def free(wanted: int, *, taken: frozenset[int] = frozenset()) -> int:
    """``wanted``, or the next one that nobody listens on. Raises ConfigurationError after fifty."""
    for port in range(wanted, min(wanted + TRIED, 65536)):
        if port not in taken and _is_free(port):
            return port
    raise ConfigurationError(f"No free port from {wanted} to {wanted + TRIED - 1}; PORT names where to look")


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    with closing(socket.socket()) as caller:  # macOS lets us bind 127.0.0.1 beside a listener on all addresses
        caller.settimeout(0.2)
        return caller.connect_ex(("127.0.0.1", port)) != 0
