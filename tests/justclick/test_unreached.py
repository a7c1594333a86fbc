"""The client over real sockets: what each kind of trouble on the way comes to, and what may have arrived then."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from typing import Any

import pytest

from relay.justclick.client import JustClick, new_pool
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


CHUNKED = "Transfer-Encoding: chunked\r\n\r\n"
TRICKLES = {
    "headers": ("X-Slow: ", b"a"),
    "body": ("Content-Length: 1000\r\n\r\n", b" "),
    "to-the-end": ("Connection: close\r\n\r\n", b" "),
    "chunk-size": (CHUNKED, b"0"),
    "chunk-extension": (f"{CHUNKED}5;x=", b"a"),
    "trailer": (f"{CHUNKED}0\r\nX-Slow: ", b"a"),
    "trailers": (f"{CHUNKED}0\r\n", b"X: y\r\n"),
    "then-closed": (f"Connection: close\r\n{CHUNKED}", b"0"),
    "packed-nothing": ("Content-Encoding: gzip\r\nConnection: close\r\n\r\n", gzip.compress(b"")),
}


@pytest.mark.parametrize("where", TRICKLES)
def test_a_trickle_does_not_hold_a_thread(wire: Any, call: Any, where: str) -> None:
    """Byte after byte, each in time: headers and body as a whole have a limit, wherever the bytes stand."""
    head, more = TRICKLES[where]

    def trickle(exchange: Any) -> None:
        exchange.sock.sendall(f"HTTP/1.1 200 OK\r\n{head}".encode())
        for _ in range(80):
            exchange.sock.sendall(more)
            time.sleep(0.05)

    began = time.monotonic()
    outcome = call(wire(trickle).url, timeout=0.3)
    assert time.monotonic() - began < 2
    assert (outcome.reason, outcome.may_have_arrived) == ("timeout", True)
    begun = where != "headers"
    assert (outcome.status, "did not end in time" in outcome.detail) == (200 if begun else None, begun)


def test_the_next_answer_has_its_own_time(wire: Any, account: Any, says: Any) -> None:
    """On the same connection: what the one before left over of its time does not count."""

    def slowly(exchange: Any) -> None:
        time.sleep(0.3)
        exchange.sock.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(says(0, 'OK'))}\r\n\r\n".encode())
        time.sleep(0.3)
        exchange.sock.sendall(says(0, "OK").encode())

    server = wire(slowly)
    client = JustClick(account(server.url, timeout=0.5), new_pool(1))
    assert [client.send("GetAllGroups", {}) for _ in range(3)] == [Accepted(0, "OK")] * 3
    assert server.connections == 1


def test_what_is_not_http(wire: Any, call: Any) -> None:
    """Another protocol answers: no usable answer, nothing known."""
    outcome = call(wire(lambda exchange: exchange.sock.sendall(b"220 mail ready\r\n\r\n")).url)
    assert (outcome.reason, outcome.may_have_arrived) == ("not-json", True)


def test_compressed_answers(wire: Any, call: Any, says: Any) -> None:
    """Not asked for, and not unpacked; a header that only says so does no harm, and an error's page is an error's."""
    packed = gzip.compress(says(0, "OK").encode())
    answers = iter([(packed, 200), (gzip.compress(b" " * (2 * MAX_ANSWER)), 200), (says(0, "OK"), 200), (packed, 503)])
    server = wire(lambda exchange: exchange.answer(*next(answers), Content_Encoding="gzip"))
    nobody_asked = Unreached("not-json", "the answer is compressed, which nobody asked for", True, status=200)
    assert [call(server.url) for _ in range(3)] == [nobody_asked, nobody_asked, Accepted(0, "OK")]
    assert call(server.url).reason == "http-status"


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
