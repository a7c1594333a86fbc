"""relay/connect.py: one address, one bounded client, against real servers."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
import trustme
from redis import Redis
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import RedisError

from config.settings import load_settings
from relay.connect import connect
from relay.errors import ConfigurationError
from tests.support import needs
from tests.support.servers import Start, free_port, listening, until

own_redis = needs.program(*needs.REDIS)

UNTRUSTED = r"(?i)certificate verify failed"


def answers(url: str) -> bool:
    with connect(url, retries=0, timeout=1.0) as client:
        try:
            return bool(client.ping())
        except RedisError:
            return False


# ---------------------------------------------------------------- bounds
def test_answers_are_bytes(redis_url: str) -> None:
    """RQ and our own packing need bytes."""
    with connect(redis_url) as client:
        client.set("name", "Анна")
        assert client.get("name") == "Анна".encode()


def test_no_more_connections_than_allowed(redis_url: str) -> None:
    """Twenty threads share two connections: they wait instead of failing, and the store never sees a third."""
    with connect(redis_url, max_connections=2) as client:
        seen: list[int] = []

        def work() -> None:
            for _ in range(20):
                seen.append(int(client.incr("count")))

        threads = [threading.Thread(target=work) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(seen) == list(range(1, 401))
        assert len([one for one in client.client_list() if one["name"] == "justclick-relay"]) == 2


def test_a_server_that_is_away_is_told_within_a_second() -> None:
    """Nobody listens: two more tries, then an error; intake can answer 503 at once."""
    began = time.monotonic()
    with connect(f"redis://127.0.0.1:{free_port()}") as client, pytest.raises(NoConnection):
        client.ping()
    assert time.monotonic() - began < 2.5


def test_a_server_that_is_silent_is_told_in_bounded_time() -> None:
    """A connection that opens and then says nothing: the wait is timeout times tries, and no try holds others."""
    opened: list[socket.socket] = []

    def listen(silent: socket.socket) -> None:
        with suppress(OSError):
            while True:
                opened.append(silent.accept()[0])

    with socket.create_server(("127.0.0.1", 0)) as silent:
        threading.Thread(target=listen, args=(silent,), daemon=True).start()
        began = time.monotonic()
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}"
        with connect(url, timeout=0.3, retries=2) as client, pytest.raises(RedisError):
            client.ping()
        assert time.monotonic() - began < 3
    assert len(opened) == 3


@own_redis
def test_a_restart_of_the_server_is_survived(start: Start, redis_program: str, tmp_path: Path) -> None:
    """The same client goes on when the server is back; nothing needs to be opened anew by hand."""
    path = tmp_path / "r.sock"
    command = (redis_program, "--port", "0", "--unixsocket", str(path), "--dir", str(tmp_path), "--appendonly", "yes")
    first = start(*command)
    until(lambda: answers(f"unix://{path}"))
    with connect(f"unix://{path}") as client:
        client.set("kept", "yes")
        first.terminate()
        first.wait()
        with pytest.raises(RedisError):
            client.get("kept")
        start(*command)
        until(lambda: answers(f"unix://{path}"))
        assert client.get("kept") == b"yes"


# ---------------------------------------------------------------- TLS
def url_of(environ: dict[str, str]) -> str:
    url = load_settings(environ).redis_url
    assert url is not None
    return url


@own_redis
def test_an_unknown_certificate_is_refused(secure: tuple[str, Path]) -> None:
    """TLS certificates are verified."""
    url = url_of({"REDIS_URL": secure[0]})
    with connect(url, retries=0) as client, pytest.raises(NoConnection, match=UNTRUSTED):
        client.ping()


@own_redis
def test_on_a_dyno_the_stores_own_certificate_is_taken(secure: tuple[str, Path]) -> None:
    """Heroku's store signs for itself; without this no dyno could use it."""
    with connect(url_of({"REDIS_URL": secure[0], "DYNO": "web.1"})) as client:
        assert client.set("a", 1)


@own_redis
def test_a_named_authority_makes_it_verified(secure: tuple[str, Path], tmp_path: Path) -> None:
    """With REDIS_CA_FILE the right certificate passes and a stranger's does not, on a dyno too."""
    url, authority = secure
    with connect(url_of({"REDIS_URL": url, "DYNO": "web.1", "REDIS_CA_FILE": str(authority)})) as client:
        assert client.ping()
    stranger = tmp_path / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(str(stranger))
    refused = url_of({"REDIS_URL": url, "DYNO": "web.1", "REDIS_CA_FILE": str(stranger)})
    with connect(refused, retries=0) as client, pytest.raises(NoConnection, match=UNTRUSTED):
        client.ping()


@own_redis
def test_the_address_itself_may_say_how_to_verify(secure: tuple[str, Path]) -> None:
    """?ssl_cert_reqs=required holds on a dyno, ?ssl_cert_reqs=none elsewhere."""
    with connect(url_of({"REDIS_URL": f"{secure[0]}?ssl_cert_reqs=none"})) as client:
        assert client.ping()
    strict = url_of({"REDIS_URL": f"{secure[0]}?ssl_cert_reqs=required", "DYNO": "web.1"})
    with connect(strict, retries=0) as client, pytest.raises(NoConnection):
        client.ping()


# ---------------------------------------------------------------- addresses
@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://localhost", "cannot be understood"),
        ("redis://localhost:port", "cannot be understood"),
        ("redis+sentinel://:pw@/main/0", "names no sentinels or no master"),
        ("redis+sentinel://h1:26379", "names no sentinels or no master"),
        ("redis+sentinel://h1:26379/main/zero", "names no sentinels or no master"),
        ("redis+sentinel://h1:port/main", "is no address of a sentinel"),
    ],
)
def test_an_address_that_makes_no_sense_is_explained(url: str, sentence: str) -> None:
    """A sentence, without the password, instead of a traceback."""
    with pytest.raises(ConfigurationError, match=sentence) as stopped:
        connect(url)
    assert "pw" not in str(stopped.value)


# ---------------------------------------------------------------- sentinels
@pytest.fixture
def sentinels(start: Start, redis_program: str, tmp_path: Path) -> tuple[str, int]:
    """A master, a replica and three sentinels with a password; the address, and the master's port."""
    main, second, *watchers = (free_port() for _ in range(5))
    password = ["--requirepass", "pw", "--masterauth", "pw", "--save", ""]
    for port in (main, second):
        (tmp_path / str(port)).mkdir()
        follow = ["--replicaof", "127.0.0.1", str(main)] if port == second else []
        place = ["--port", str(port), "--dir", str(tmp_path / str(port)), "--repl-diskless-sync-delay", "0"]
        start(redis_program, *place, *password, *follow)
    for port in watchers:
        until(lambda: listening(main))
        file = tmp_path / f"sentinel{port}.conf"
        told = ("monitor main 127.0.0.1 {0} 2", "auth-pass main pw", "down-after-milliseconds main 1000")
        lines = [f"sentinel {line.format(main)}" for line in (*told, "failover-timeout main 5000")]
        file.write_text("\n".join([f"port {port}", f"dir {tmp_path}", *lines]))
        start(redis_program, str(file), "--sentinel")
    known = [Redis(port=port, decode_responses=True) for port in watchers]
    until(lambda: all(listening(port) for port in watchers))
    until(lambda: all(_sees_all(sentinel) for sentinel in known))
    hosts = ",".join(f"127.0.0.1:{port}" for port in watchers)
    return f"redis+sentinel://:pw@{hosts}/main/1", main


def _sees_all(sentinel: Redis) -> bool:
    state = sentinel.sentinel_master("main")
    return bool(state["num-other-sentinels"] == 2 and state["num-slaves"] == 1)


@own_redis
def test_a_failover_is_followed(sentinels: tuple[str, int]) -> None:
    """The master dies; the same client finds the new one, and what was replicated is there."""
    url, main = sentinels
    with connect(url, max_connections=2, timeout=2.0) as client, Redis(port=main, password="pw") as master:
        client.set("kept", "yes")
        assert master.execute_command("WAIT", 1, 5000) == 1
        assert client.connection_pool.connection_kwargs["db"] == 1
        master.shutdown(nosave=True, force=True)

        def written() -> bool:
            try:
                return bool(client.set("again", "yes"))
            except RedisError:
                return False

        until(written, patience=25)
        assert client.get("kept") == b"yes"
        assert client.connection_pool.get_master_address()[1] != main  # type: ignore[attr-defined]
