"""The client over real sockets: what is sent, over which connections, and with which secret."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from relay.errors import InvalidCall
from relay.justclick import signing
from relay.justclick.client import JustClick, new_pool
from relay.justclick.transport import MAX_IDLE
from relay.models import Awaited
from relay.outcomes import Accepted, Refused
from tests.justclick.conftest import LOGIN, PARAMS, SECRET


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


# ---------------------------------------------------------------- over which connections
def test_threads_share_kept_connections(wire: Any, account: Any, says: Any) -> None:
    """Fifty calls of one caller go over one connection, forty more from four threads over at most four."""
    server = wire(lambda exchange: exchange.answer(says(0, "OK")))
    client = JustClick(account(server.url), new_pool(4))
    assert [client.send("AddLeadToGroup", PARAMS) for _ in range(50)] == [Accepted(0, "OK")] * 50
    assert server.connections == 1
    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(lambda _: client.send("AddLeadToGroup", PARAMS), range(40)))
    assert outcomes == [Accepted(0, "OK")] * 40
    assert len(server.requests) == 90
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


def test_idle_connections_are_closed_without_a_call(wire: Any, account: Any, says: Any) -> None:
    """After a peak none stays open for the sake of the next; a fresh one is left alone, and all can be used again."""
    everyone = threading.Barrier(3)

    def answer(exchange: Any) -> None:
        if len(server.requests) <= 3:
            everyone.wait(10)
        exchange.answer(says(0, "OK"))

    server = wire(answer)
    pool = new_pool(4)
    client = JustClick(account(server.url), pool)
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda _: client.send("AddLeadToGroup", PARAMS), range(3)))
    open_ones = _open(pool)
    assert len(open_ones) == server.connections == 3
    assert pool.close_idle() == 0
    for connection in open_ones[:2]:
        connection.used_at -= MAX_IDLE
    assert pool.close_idle() == 2
    assert pool.close_idle() == 0
    assert _open(pool) == open_ones[2:]
    assert [client.send("AddLeadToGroup", PARAMS) for _ in range(4)] == [Accepted(0, "OK")] * 4
    assert len(_open(pool)) <= 3


def test_the_last_answer_of_a_connection_ends_it_as_usual(wire: Any, account: Any, says: Any) -> None:
    """No reset: who has turned keep-alive off would read of an error after each call."""
    ends: list[bytes | str] = []

    def answer(exchange: Any) -> None:
        exchange.answer(says(0, "OK"), Connection="close")
        try:
            ends.append(exchange.sock.recv(1))
        except OSError as error:
            ends.append(type(error).__name__)

    server = wire(answer)
    assert JustClick(account(server.url), new_pool(1)).send("AddLeadToGroup", PARAMS) == Accepted(0, "OK")
    _until(lambda: bool(ends))
    assert ends == [b""]


def test_connections_to_many_accounts_are_kept(wire: Any, account: Any, says: Any) -> None:
    """Every account is a host of its own: the second round of twelve opens nothing anew."""
    servers = [wire(lambda exchange: exchange.answer(says(0, "OK"))) for _ in range(12)]
    pool = new_pool(2)
    for _ in range(2):
        for server in servers:
            assert JustClick(account(server.url), pool).send("AddLeadToGroup", PARAMS) == Accepted(0, "OK")
    assert [server.connections for server in servers] == [1] * 12


def _open(pool: Any) -> list[Any]:
    kept = [one for host in pool.manager.pools._container.values() for one in host.pool.queue]
    return [connection for connection in kept if connection is not None and connection.sock]


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
