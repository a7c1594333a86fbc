"""The client over real sockets: what is sent, and what each kind of trouble comes to."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import trustme

from relay.errors import InvalidCall
from relay.justclick import signing
from relay.justclick.client import JustClick, new_pool
from relay.justclick.transport import MAX_ANSWER, MAX_IDLE
from relay.models import Accepted, Account, Awaited, Refused, Unreached

LOGIN, SECRET = "school", "S3cr+t/Key ~*[x]|%#7"
PARAMS = {"rid": ["web inar"], "lead_email": "иван+~*@example.com"}


@pytest.fixture
def call(account: Callable[..., Account]) -> Callable[..., Any]:
    """``call(url)``: the outcome of one AddLeadToGroup there."""

    def make(url: str, timeout: float = 5.0, params: dict[str, Any] | None = None) -> Any:
        return JustClick(account(url, timeout=timeout), new_pool(4)).send("AddLeadToGroup", params or PARAMS)

    return make


# ---------------------------------------------------------------- what is sent
def test_the_bytes_sent_are_the_bytes_signed(wire: Any, call: Any, says: Any) -> None:
    """POST, form-urlencoded, exactly the signed body with the hash at its end, to /api/<Function>."""
    server = wire(lambda exchange: exchange.answer(says(0, "OK")))
    assert call(server.url) == Accepted(0, "OK")
    [request] = server.requests
    assert request.head.startswith("POST /api/AddLeadToGroup HTTP/1.1\r\n")
    assert "content-type: application/x-www-form-urlencoded" in request.head.lower()
    assert request.body == signing.signed_body(PARAMS, LOGIN, SECRET)
    assert request.body.rpartition(b"&")[2].startswith(b"hash=")


def test_a_call_without_parameters_sends_only_the_hash(wire: Any, account: Any, says: Any) -> None:
    """GetAllGroups: the body is the hash alone."""
    server = wire(lambda exchange: exchange.answer(says(0, "OK", [])))
    assert JustClick(account(server.url), new_pool(1)).send("GetAllGroups", {}) == Accepted(0, "OK", [])
    assert server.requests[0].body == b"hash=" + signing.request_hash({}, LOGIN, SECRET).encode()


@pytest.mark.parametrize("value", [1.5, Awaited("bill:7"), "\ud800"])
def test_what_cannot_be_signed_is_not_sent(wire: Any, call: Any, value: object) -> None:
    """An error that names the parameter, and no connection."""
    server = wire(lambda exchange: exchange.hang_up())
    with pytest.raises(InvalidCall) as caught:
        call(server.url, params={"lead_email": "a@b.ru", "tag": value})
    assert list(caught.value.problems) == ["tag"]
    assert server.connections == 0


def test_threads_share_kept_connections(wire: Any, account: Any, says: Any) -> None:
    """Forty calls from four threads go over at most four connections."""
    server = wire(lambda exchange: exchange.answer(says(0, "OK")))
    client = JustClick(account(server.url), new_pool(4))
    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(lambda _: client.send("AddLeadToGroup", PARAMS), range(40)))
    assert outcomes == [Accepted(0, "OK")] * 40
    assert server.connections <= 4


def test_connections_are_kept_alive_and_shared(wire: Any, account: Any, says: Any) -> None:
    """Fifty calls, one connection; four threads, never more than four."""
    server = wire(lambda exchange: exchange.answer(says(0, "OK")))
    client = JustClick(account(server.url), new_pool(4))
    for number in range(50):
        assert client.send("AddLeadToGroup", {"lead_email": f"p{number}@b.ru"}) == Accepted(0, "OK")
    assert server.connections == 1
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: client.send("AddLeadToGroup", {"lead_email": f"{number}"}), range(100)))
    assert len(server.requests) == 150
    assert server.connections <= 4


def test_a_connection_closed_while_idle_is_not_used(wire: Any, account: Any, says: Any) -> None:
    """The server hangs up after each answer without saying so: the next call opens a new connection and succeeds."""

    def answer_and_hang_up(exchange: Any) -> None:
        exchange.answer(says(0, "OK"))
        exchange.hang_up()

    server = wire(answer_and_hang_up)
    client = JustClick(account(server.url), new_pool(1))
    for number in range(1, 4):
        assert client.send("CreateOrder", {"bill_email": "a@b.ru"}) == Accepted(0, "OK")
        _until(lambda: _hung_up(client))
        assert server.connections == number


def test_an_old_idle_connection_is_opened_anew(wire: Any, account: Any, says: Any) -> None:
    """Close to the usual idle limits of servers nobody could tell whether a POST arrived: it is not risked."""
    server = wire(lambda exchange: exchange.answer(says(0, "OK")))
    client = JustClick(account(server.url), new_pool(1))
    client.send("CreateOrder", {})
    [pool] = client._pool.manager.pools._container.values()
    pool.pool.queue[-1].used_at -= MAX_IDLE
    assert client.send("CreateOrder", {}) == Accepted(0, "OK")
    assert server.connections == 2


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


def test_a_trickle_does_not_hold_a_thread(wire: Any, call: Any) -> None:
    """Byte after byte, each in time: the body as a whole has a limit."""

    def trickle(exchange: Any) -> None:
        exchange.sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            exchange.sock.sendall(b" ")
            time.sleep(0.05)

    began = time.monotonic()
    outcome = call(wire(trickle).url, timeout=0.3)
    assert (outcome.reason, outcome.may_have_arrived) == ("timeout", True)
    assert time.monotonic() - began < 2


def test_a_trickle_of_headers_does_not_hold_a_thread(wire: Any, call: Any) -> None:
    """They must end in time as well; then the answer is one that did not come."""

    def trickle(exchange: Any) -> None:
        exchange.sock.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _ in range(100):
            exchange.sock.sendall(b"a")
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


# ---------------------------------------------------------------- certificates
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


# ---------------------------------------------------------------- several secrets
def _justclick_with(secret: str, says: Any) -> Callable[[Any], None]:
    """A JustClick whose key is this one."""

    def answer(exchange: Any) -> None:
        query, _, given = exchange.body.decode().rpartition("hash=")
        right = signing._md5(f"{query.rstrip('&')}::{LOGIN}::{secret}") == given
        exchange.answer(says(0, "OK", secret=secret) if right else says(4, "Incorrect hash", secret=secret))

    return answer


def test_the_answer_tells_which_secret_is_right(wire: Any, account: Any, says: Any) -> None:
    """While a key is being rotated: one more call, then the right one is remembered for the account."""
    server = wire(_justclick_with("old", says))
    pool = new_pool(2)
    client = JustClick(account(server.url, "new", "old"), pool)
    assert client.send("GetAllGroups", {}) == Accepted(0, "OK")
    assert len(server.requests) == 2
    assert JustClick(account(server.url, "new", "old"), pool).send("GetAllGroups", {}) == Accepted(0, "OK")
    assert len(server.requests) == 3
    server.script = _justclick_with("new", says)
    assert client.send("GetAllGroups", {}) == Accepted(0, "OK")
    assert client.secret == "new"


def test_a_wrong_secret_is_a_refusal_at_once(wire: Any, account: Any, says: Any) -> None:
    """Code 4 is signed with a key that we do not have: believed, or a wrong key would never pause anything."""
    server = wire(_justclick_with("theirs", says))
    outcome = JustClick(account(server.url, "ours", "older"), new_pool(1)).send("GetAllGroups", {})
    assert isinstance(outcome, Refused)
    assert outcome.code == 4
    assert "secret" in str(outcome.note)
    assert len(server.requests) == 1


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def _hung_up(client: JustClick) -> bool:
    """Whether the other side's goodbye has reached the kept connection."""
    [pool] = client._pool.manager.pools._container.values()
    connection = pool.pool.queue[-1]
    return connection is None or not connection.is_connected
