"""The client over real sockets: what each kind of trouble on the way comes to, and what may have arrived then."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from typing import Any

import pytest

from relay.justclick.transport import MAX_ANSWER
from relay.outcomes import Accepted, Unreached


# ---------------------------------------------------------------- trouble before the last byte
def test_connection_refused(call: Any) -> None:
    """Nobody listens: surely not arrived."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    outcome = call(f"http://127.0.0.1:{port}")
    assert (outcome.reason, outcome.may_have_arrived, outcome.permanent) == ("no-connection", False, False)
    assert "refused" in outcome.detail


def test_unknown_host(call: Any) -> None:
    """A name that does not resolve: surely not arrived."""
    outcome = call("http://nowhere.invalid")
    assert (outcome.reason, outcome.may_have_arrived) == ("no-connection", False)


def test_an_address_that_is_none(call: Any) -> None:
    """Even a broken configuration gives an outcome, not an exception."""
    outcome = call("http://exa mple:http")
    assert (outcome.reason, outcome.may_have_arrived) == ("no-connection", False)


def test_cut_before_the_last_byte(wire: Any, call: Any) -> None:
    """The server resets while a large body is still on its way: surely not arrived."""
    server = wire(lambda exchange: exchange.reset(), whole=False)
    outcome = call(server.url, params={"lead_name": "x" * 20_000_000})
    assert (outcome.reason, outcome.may_have_arrived) == ("cut", False)
    assert "before all was sent" in outcome.detail


# ---------------------------------------------------------------- trouble behind the last byte
def test_what_was_given_up_is_not_carried_out_later(call: Any) -> None:
    """What has not left this machine by then never will: the system would go on sending it, and somebody may have
    looked for the order meanwhile, and made it again.
    """
    with socket.socket() as far_away:
        far_away.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        far_away.bind(("127.0.0.1", 0))
        far_away.listen()
        url = f"http://127.0.0.1:{far_away.getsockname()[1]}"
        outcome = call(url, timeout=0.3, params={"lead_name": "x" * 500_000})
        assert (outcome.reason, outcome.may_have_arrived) == ("timeout", True)
        link, _ = far_away.accept()
        with link, pytest.raises(ConnectionResetError):
            link.makefile("rb").read()


@pytest.mark.parametrize("how", ["hang_up", "reset"])
def test_cut_behind_the_last_byte(wire: Any, call: Any, how: str) -> None:
    """The request was read whole, then the connection went: it may have been carried out."""
    server = wire(lambda exchange: getattr(exchange, how)())
    outcome = call(server.url)
    assert (outcome.reason, outcome.may_have_arrived, outcome.permanent) == ("cut", True, False)


def test_cut_within_the_answer(wire: Any, call: Any, says: Any) -> None:
    """Half an answer is none."""

    def half(exchange: Any) -> None:
        exchange.sock.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"error_code":0,')
        exchange.hang_up()

    outcome = call(wire(half).url)
    assert (outcome.reason, outcome.may_have_arrived) == ("cut", True)


def test_silence_is_a_timeout(wire: Any, call: Any) -> None:
    """No answer within the account's timeout: it may have been carried out."""
    release = threading.Event()
    server = wire(lambda _: release.wait(5) and None)
    began = time.monotonic()
    outcome = call(server.url, timeout=0.3)
    release.set()
    assert (outcome.reason, outcome.may_have_arrived, outcome.permanent) == ("timeout", True, False)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("head", "more"), [("Content-Length: 1000\r\n\r\n", b" "), ("X-Slow: ", b"a")], ids=["body", "headers"]
)
def test_a_trickle_does_not_hold_a_thread(wire: Any, call: Any, head: str, more: bytes) -> None:
    """Byte after byte, each in time: body and headers as a whole have a limit, and then no answer has come."""

    def trickle(exchange: Any) -> None:
        exchange.sock.sendall(f"HTTP/1.1 200 OK\r\n{head}".encode())
        for _ in range(100):
            exchange.sock.sendall(more)
            time.sleep(0.05)

    began = time.monotonic()
    outcome = call(wire(trickle).url, timeout=0.3)
    assert (outcome.reason, outcome.may_have_arrived) == ("timeout", True)
    assert time.monotonic() - began < 2


def test_what_is_not_http(wire: Any, call: Any) -> None:
    """Another protocol answers: no usable answer, nothing known."""
    outcome = call(wire(lambda exchange: exchange.sock.sendall(b"220 mail ready\r\n\r\n")).url)
    assert (outcome.reason, outcome.may_have_arrived) == ("not-json", True)


def test_compressed_answers(wire: Any, call: Any, says: Any) -> None:
    """Not asked for, but understood; a small body that unpacks to a huge one is bounded like any other."""
    bodies = iter([gzip.compress(says(0, "OK").encode()), b"nonsense", gzip.compress(b" " * (2 * MAX_ANSWER))])
    server = wire(lambda exchange: exchange.answer(next(bodies), Content_Encoding="gzip"))
    assert call(server.url) == Accepted(0, "OK")
    assert [call(server.url).detail for _ in range(2)] == [
        "the answer is compressed, and not as it says",
        "the answer is larger than 4 MiB",
    ]


def test_an_endless_answer_is_bounded(wire: Any, call: Any) -> None:
    """More than 4 MiB are not read into memory."""

    def flood(exchange: Any) -> None:
        exchange.sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
        for _ in range(10 * MAX_ANSWER // 65536):
            exchange.sock.sendall(b" " * 65536)

    outcome = call(wire(flood).url)
    assert (outcome.reason, outcome.may_have_arrived) == ("not-json", True)
    assert "4 MiB" in outcome.detail


def test_a_redirect_is_never_followed(wire: Any, call: Any) -> None:
    """The signed body goes to the configured address only; trying again cannot help."""
    elsewhere = wire(lambda exchange: exchange.answer("{}"))
    server = wire(lambda exchange: exchange.answer("", status=307, Location=elsewhere.url + "/api/AddLeadToGroup"))
    outcome = call(server.url)
    assert (outcome.reason, outcome.permanent, outcome.status) == ("redirected", True, 307)
    assert elsewhere.url in outcome.detail
    assert elsewhere.connections == 0


def test_retry_after_is_read(wire: Any, call: Any) -> None:
    """Too many requests: the wish of the service is passed on, the call was not taken."""
    outcome = call(wire(lambda exchange: exchange.answer("slow down", status=429, Retry_After="37")).url)
    assert outcome == Unreached("http-status", outcome.detail, False, status=429, retry_after=37.0)
