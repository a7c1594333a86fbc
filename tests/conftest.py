"""What all tests share: a real Redis server of their own, emptied before each test."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from relay.connect import connect
from relay.redis_programs import candidates
from relay.store import Store
from tests.support.php_justclick import PhpJustClick


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The address of a Redis server for this test process, on a unix socket."""
    folder = Path(tempfile.mkdtemp(prefix="relay-redis-"))
    socket = folder / "redis.sock"
    command = [candidates()[0], "--port", "0", "--unixsocket", str(socket), "--dir", str(folder)]
    process = subprocess.Popen([*command, "--save", "", "--appendonly", "no"], stdout=subprocess.DEVNULL)
    client = Redis(unix_socket_path=str(socket))
    for _ in range(200):
        try:
            client.ping()
            break
        except RedisError:
            time.sleep(0.05)
    else:
        raise RuntimeError("the tests' Redis server did not start")
    yield f"unix://{socket}"
    process.terminate()
    process.wait(10)
    shutil.rmtree(folder)


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The same server, empty."""
    with Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with connect(redis_url, max_connections=32) as client:
        yield client


@pytest.fixture
def store(redis: Redis) -> Store:
    return Store(redis)


@pytest.fixture
def php_justclick(tmp_path: Path) -> Iterator[PhpJustClick]:
    """An independent JustClick: real PHP checks every signature."""
    with PhpJustClick(tmp_path / "justclick") as justclick:
        yield justclick
