"""Local ports, and waiting for servers without sleeping for luck."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from subprocess import Popen

Start = Callable[..., "Popen[bytes]"]  # the fixture ``start``


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def until(true: Callable[[], object], patience: float = 15.0) -> None:
    """Waits until something is so; fails when it does not become so."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.02)


def listening(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0
