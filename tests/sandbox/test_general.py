"""The door of the sandbox: accounts, addresses, the general checks, what HTTP it speaks."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import subprocess
import sys
import urllib.request
from typing import IO

import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.justclick.sandbox import Sandbox
from relay.justclick.sandbox.account import SandboxAccount
from relay.justclick.sandbox.functions import FUNCTIONS
from relay.justclick.sandbox.php_post import parse_post
from relay.justclick.signing import genuine, signed_body
from tests.support.api_call import FORM, call, post, request

LEAD = {"rid": ["webinar"], "lead_email": "ivan@example.com", "lead_name": "Иван"}
VALUES = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(codec="utf-8"), max_size=12)
)
NAMES = st.text("abcdefghij_0123456789", min_size=1, max_size=6).filter(lambda name: name != "hash")
PARAMS = st.dictionaries(
    NAMES, st.recursive(VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))
)


@settings(max_examples=150, deadline=None)
@given(params=PARAMS)
def test_two_independent_readings_of_php_agree(params: dict[str, object]) -> None:
    """What the relay signs, the sandbox accepts: nested, Cyrillic, emoji, control characters."""
    account = SandboxAccount("demo", "S3cr+t/Key ~*[x]|%#7")
    body = parse_post(signed_body(params, account.login, account.secret))
    assert body.pop("hash") == account.hash_of(body)


def test_sandbox_never_imports_the_relay_s_own_reading() -> None:
    """It would find no mistake in what it shares: signing, functions and codes are not loaded with it."""
    program = "import sys, relay.justclick.sandbox, relay.commands.sandbox; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "relay.justclick.sandbox.php_post" in loaded
    own = {"relay.justclick.signing", "relay.justclick.codes", "relay.justclick.functions", "relay.justclick.client"}
    assert not (own | {"flask", "redis", "rq"}).intersection(loaded)


def test_all_twenty_functions_answer(sandbox: Sandbox) -> None:
    """Every documented name is known, signed with a genuine hash, and its answer has no result unless there is one."""
    assert len(FUNCTIONS) == 20
    for function in FUNCTIONS:
        answer = call(sandbox.url, function, {"nothing": "1"})
        assert genuine(answer.code, answer.text, answer.json["hash"], "sandbox-secret")
        assert list(answer.json) in (
            ["error_code", "error_text", "hash"],
            ["error_code", "error_text", "result", "hash"],
        )


def test_disabled_account_comes_before_the_signature(sandbox: Sandbox) -> None:
    """Code 7 comes back even for an unsigned call."""
    sandbox.default.disabled = True
    assert post(f"{sandbox.url}/api/GetAllGroups", b"").code == 7
    assert call(sandbox.url, "GetAllGroups", {}).code == 7


@pytest.mark.parametrize(
    ("path", "host", "login", "secret", "code"),
    [
        ("", "", "demo", "sandbox-secret", 0),
        ("", "localhost:80", "demo", "sandbox-secret", 0),
        ("", "other.justclick.test", "other", "other-secret", 0),
        ("", "other.justclick.test:8090", "demo", "sandbox-secret", 4),
        ("", "nobody.justclick.test", "demo", "sandbox-secret", 5),
        ("/other", "", "other", "other-secret", 0),
        ("/other", "", "Other", "other-secret", 4),
        ("/nobody", "", "nobody", "", 5),
    ],
)
def test_account_is_chosen_by_host_or_path(path: str, host: str, login: str, secret: str, code: int) -> None:
    """The first label of the Host, or a login before the path; an unknown one is code 5 with an empty secret."""
    with Sandbox(accounts={"other": "other-secret"}) as sandbox:
        answer = call(sandbox.url + path, "GetAllGroups", {}, login=login, secret=secret, host=host)
        assert answer.code == code
        real = "" if code == 5 else sandbox.accounts["other" if "other" in path + host else "demo"].secret
        assert genuine(code, answer.text, answer.json["hash"], real)


def test_accounts_have_shops_of_their_own() -> None:
    """A contact of one account is unknown to the other."""
    with Sandbox(accounts={"other": "other-secret"}) as sandbox:
        call(sandbox.url, "AddLeadToGroup", LEAD)
        told = call(sandbox.url_of("other"), "UpdateSubscriberData", LEAD, login="other", secret="other-secret")
        assert told.code == 500
        assert [len(account.log.calls) for account in sandbox.accounts.values()] == [1, 1]


def test_a_name_in_lower_case_is_redirected(sandbox: Sandbox) -> None:
    """307 to the documented spelling, as met on a live server; an unknown one is a page that is not JSON."""
    answer = call(sandbox.url, "getallgroups", {})
    assert (answer.status, answer.headers["location"]) == (307, "/api/GetAllGroups")
    assert call(sandbox.url, "GetLeads", {}).status == 404


def test_answers_are_php_s_json(sandbox: Sandbox) -> None:
    """Cyrillic as \\u, a slash as \\/, the code as a number; an empty array would be []."""
    body = call(sandbox.url, "GetAllGroups", {}).body
    assert body.startswith(b'{"error_code":0,"error_text":"ok","result":[{"rass_id":"1","rass_name":"webinar"')
    assert b"\\u041d\\u043e\\u0432\\u043e\\u0441\\u0442\\u0438 \\/ News" in body


def test_one_connection_carries_many_calls(sandbox: Sandbox) -> None:
    """Keep-alive, a slow caller, two requests in one packet, 100-continue, and an end when it is asked for."""
    body = signed_body({}, "demo", "sandbox-secret")
    head = f"POST /api/GetAllGroups HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {len(body)}\r\n"
    with socket.create_connection((sandbox.host, sandbox.port), timeout=5) as line:
        reader = line.makefile("rb")
        line.sendall(f"{head}\r\n".encode() + body + f"{head}Expect: 100-continue\r\n\r\n".encode())
        first = _answer(reader)
        assert reader.readline() == b"HTTP/1.1 100 Continue\r\n"
        reader.readline()
        line.sendall(body)
        second = _answer(reader)
        line.sendall(f"{head}Connection: close\r\n\r\n".encode() + body)
        assert first == second == _answer(reader)
        assert reader.read() == b""
    assert len(sandbox.calls) == 3


def _answer(reader: IO[bytes]) -> object:
    length = 0
    while (row := reader.readline()) not in (b"\r\n", b""):
        if row.lower().startswith(b"content-length:"):
            length = int(row.split(b":")[1])
    return json.loads(reader.read(length))


@pytest.mark.parametrize(
    "sent",
    [
        b"hello\r\n\r\n",
        b"POST /api/GetAllGroups HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"a" * 70_000,
    ],
    ids=["not-http", "bad-length", "endless-header"],
)
def test_what_is_no_http_ends_the_connection(sandbox: Sandbox, sent: bytes) -> None:
    """The connection is closed, and the next caller is served."""
    with socket.create_connection((sandbox.host, sandbox.port), timeout=5) as line:
        line.sendall(sent)
        with contextlib.suppress(ConnectionResetError):
            assert line.recv(100) == b""
    assert call(sandbox.url, "GetAllGroups", {}).code == 0


def test_speaks_tls_when_given_a_certificate() -> None:
    """For tests of certificates: the address becomes https."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with Sandbox(tls=context) as sandbox:
        assert sandbox.url.startswith("https://127.0.0.1:")
        with urllib.request.urlopen(f"{sandbox.url}/_sandbox/counts", context=trusting) as answer:
            assert json.load(answer)["total"] == 0


def test_stop_and_start_keep_port_and_memory(sandbox: Sandbox) -> None:
    """While it is stopped nobody listens; afterwards everything is where it was."""
    call(sandbox.url, "AddLeadToGroup", LEAD)
    port = sandbox.port
    sandbox.stop()
    with pytest.raises(ConnectionRefusedError):
        call(sandbox.url, "GetAllGroups", {})
    sandbox.start()
    assert sandbox.port == port
    assert call(sandbox.url, "AddLeadToGroup", LEAD).code == 102


def test_a_taken_port_is_said_at_the_start(sandbox: Sandbox) -> None:
    with pytest.raises(OSError, match="in use"):
        Sandbox(port=sandbox.port).start()


def test_a_get_leaves_post_empty(sandbox: Sandbox) -> None:
    """A redirect that turned the POST into a GET ends in code 2."""
    body = signed_body({}, "demo", "sandbox-secret").decode()
    assert request("GET", f"{sandbox.url}/api/GetAllGroups?{body}").code == 2
