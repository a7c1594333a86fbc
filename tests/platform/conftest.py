"""What the platform's tests start: processes that never outlive their test."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.support import needs
from tests.support.servers import Start, free_port, listening, until


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts processes that are killed after the test; their output goes to ``process<n>.log`` in tmp_path."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(*command: str, **options: Any) -> subprocess.Popen[bytes]:
        log = tmp_path / f"process{len(running)}.log"
        with log.open("wb") as output:
            running.append(subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **options))
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.wait()


@pytest.fixture
def redis_program() -> str:
    """The machine's own redis-server: the one inside the package has no TLS."""
    return needs.path_of(*needs.REDIS)


@pytest.fixture
def secure(start: Start, redis_program: str, tmp_path: Path) -> tuple[str, Path]:
    """A Redis that speaks only TLS, with a certificate of an authority nobody knows, as Heroku's; and the authority."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    shown = authority.issue_cert("127.0.0.1", "localhost")
    shown.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "server.pem"))
    port, pem = free_port(), str(tmp_path / "server.pem")
    options = ["--port", "0", "--tls-port", str(port), "--tls-cert-file", pem, "--tls-key-file", pem]
    trust = ["--tls-ca-cert-file", str(tmp_path / "authority.pem"), "--tls-auth-clients", "no"]
    start(redis_program, *options, *trust, "--requirepass", "s3cret/+", "--save", "", "--dir", str(tmp_path))
    until(lambda: listening(port))
    return f"rediss://:s3cret%2F%2B@127.0.0.1:{port}/0", tmp_path / "authority.pem"
