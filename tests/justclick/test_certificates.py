"""The client over TLS: whose certificate it believes."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import trustme

from relay.justclick.client import JustClick, new_pool
from relay.outcomes import Accepted, Unreached


@pytest.fixture
def authority(tmp_path: Path) -> tuple[trustme.CA, str]:
    """A certificate authority and the file that makes a client trust it."""
    authority = trustme.CA()
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return authority, str(path)


def _context(authority: trustme.CA, host: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return context


def test_a_trusted_certificate(wire: Any, account: Any, says: Any, authority: Any) -> None:
    """The way it should be."""
    server = wire(lambda exchange: exchange.answer(says(0, "OK")), context=_context(authority[0], "localhost"))
    client = JustClick(account(server.url), new_pool(1, ca_file=authority[1]))
    assert client.send("GetAllGroups", {}) == Accepted(0, "OK")


@pytest.mark.parametrize(("host", "trusted"), [("other.example", True), ("localhost", False)])
def test_a_wrong_certificate(wire: Any, account: Any, authority: Any, host: str, trusted: bool) -> None:
    """Another host's, or nobody's we trust: nothing is sent, and the reason says so."""
    server = wire(lambda exchange: exchange.hang_up(), context=_context(authority[0], host))
    pool = new_pool(1, ca_file=authority[1] if trusted else None)
    outcome = JustClick(account(server.url), pool).send("GetAllGroups", {})
    assert (outcome.reason, outcome.may_have_arrived, outcome.permanent) == ("tls", False, False)
    assert server.requests == []


def test_plain_http_behind_https(account: Any) -> None:
    """A server without TLS: nothing is sent."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        greeting = threading.Thread(target=lambda: listener.accept()[0].sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
        greeting.start()
        url = f"https://localhost:{listener.getsockname()[1]}"
        outcome = JustClick(account(url), new_pool(1)).send("GetAllGroups", {})
        greeting.join()
    assert (outcome.reason, outcome.may_have_arrived) == ("tls", False)


def test_a_trickle_over_tls(wire: Any, account: Any, authority: Any) -> None:
    """The time that an answer has is counted below the cipher too."""

    def trickle(exchange: Any) -> None:
        exchange.sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=")
        for _ in range(80):
            exchange.sock.sendall(b"a")
            time.sleep(0.05)

    server = wire(trickle, context=_context(authority[0], "localhost"))
    began = time.monotonic()
    outcome = JustClick(account(server.url, timeout=0.3), new_pool(1, ca_file=authority[1])).send("GetAllGroups", {})
    assert isinstance(outcome, Unreached)
    assert (outcome.reason, outcome.may_have_arrived, outcome.status) == ("timeout", True, 200)
    assert time.monotonic() - began < 2
