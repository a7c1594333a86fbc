"""The way to the account's host: names, certificates that are right and wrong, ports where nobody listens."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from relay.doctor.check import Verdict
from relay.justclick.sandbox import Sandbox
from tests.doctor.conftest import SECRET, Looked, about, wrong
from tests.support.servers import free_port


@pytest.fixture
def authority(tmp_path: Path) -> tuple[trustme.CA, str]:
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    return made, str(tmp_path / "authority.pem")


@pytest.fixture
def secured(authority: tuple[trustme.CA, str]) -> Iterator[Any]:
    """``secured("localhost")``: a sandbox that shows a certificate for this host."""
    running: list[Sandbox] = []

    def start(host: str, days: float = 90) -> Sandbox:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ends = datetime.now(UTC) + timedelta(days=days)
        shown = authority[0].issue_cert(host, not_before=ends - timedelta(days=365), not_after=ends)
        shown.configure_cert(context)
        sandbox = Sandbox("school", SECRET, tls=context)
        sandbox.start()
        running.append(sandbox)
        return sandbox

    yield start
    for sandbox in running:
        sandbox.stop()


def test_a_certificate_that_is_right(secured: Any, authority: tuple[trustme.CA, str], looked: Looked) -> None:
    """Valid, with the days that are left and who signed it; everything behind it is looked at too."""
    sandbox = secured("localhost")
    found = looked(url=f"https://localhost:{sandbox.port}", ca_file=authority[1])
    assert wrong(found) == []
    assert "Valid for 89 days more, from trustme" in about(found, "certificate").told
    assert about(found, "name").told.startswith("localhost is ")
    assert about(found, "signature").verdict is Verdict.OK


def test_a_certificate_that_runs_out_soon(secured: Any, authority: tuple[trustme.CA, str], looked: Looked) -> None:
    """Worth knowing before it does."""
    sandbox = secured("localhost", days=3.5)
    found = about(looked(url=f"https://localhost:{sandbox.port}", ca_file=authority[1]), "certificate")
    assert found.verdict is Verdict.NOTE
    assert "runs out in 3 days" in found.told


@pytest.mark.parametrize(
    "broken",
    [
        ("other.example", 90, True, "certificate for localhost"),
        ("localhost", -3, True, "ran out"),
        ("localhost", 500, True, "clock"),
        ("localhost", 90, False, "public certificate"),
    ],
)
def test_a_certificate_that_is_wrong(
    secured: Any, authority: tuple[trustme.CA, str], looked: Looked, broken: tuple[str, float, bool, str]
) -> None:
    """Another host's, run out, not yet valid, nobody's we trust: what to do, and nothing is sent."""
    host, days, trusted, says = broken
    sandbox = secured(host, days)
    found = looked(url=f"https://localhost:{sandbox.port}", ca_file=authority[1] if trusted else None)
    assert wrong(found) == ["school: certificate"]
    assert says in about(found, "certificate").advice
    assert "Not tried" in about(found, "signature").told
    assert sandbox.calls == []


def test_https_where_plain_http_is_spoken(sandbox: Sandbox, looked: Looked) -> None:
    """The port of the sandbox with https in front of it."""
    found = about(looked(url=f"https://127.0.0.1:{sandbox.port}"), "certificate")
    assert found.verdict is Verdict.WRONG
    assert "TLS" in found.told or "No connection" in found.told


def test_nobody_listens(looked: Looked) -> None:
    """Host and port are told."""
    port = free_port()
    found = looked(url=f"http://127.0.0.1:{port}")
    assert wrong(found) == ["school: connection"]
    assert f"127.0.0.1:{port}" in about(found, "connection").told


def test_a_host_that_does_not_exist(looked: Looked) -> None:
    """A login or brand that is wrong; nothing further is tried."""
    found = looked(url="https://school.justclick.invalid")
    assert wrong(found) == ["school: name"]
    assert "login.justclick.ru" in about(found, "name").advice
    assert "Not tried" in about(found, "signature").told
