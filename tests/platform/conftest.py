"""What the platform's tests start: processes that never outlive their test."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.servers import Start


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
    path = shutil.which("redis-server")
    if path is None:
        pytest.skip("needs a redis-server on the PATH (Debian: apt install redis-server)")
    return path
