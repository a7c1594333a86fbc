"""A Redis server of this checkout's own, for development: data in var/redis, a unix socket, no TCP port.

Lives exactly as long as somebody uses it. Every user holds a shared lock on one file; a small guard process, which
started the server, waits for the exclusive lock: it gets it when the last user has gone (also by SIGKILL), and then
stops the server, which writes its file to the end. Never used where REDIS_URL is set, nor on a platform.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import quote

from relay import redis_programs
from relay.errors import ConfigurationError, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_SOCKET = 100  # bytes; the kernel's limit is 108 on Linux, 104 on macOS
PATIENCE = 120.0  # seconds that a server may take to load its data


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to use the server; it runs until the last lease is closed or its process has ended."""

    url: str
    holder: int

    def close(self) -> None:
        os.close(self.holder)

    def __enter__(self) -> Lease:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def ensure(var: Path) -> str:
    """The ``unix://`` address of the server, which runs at least until this process ends.

    Any number of processes may call it at once: one starts the server, the others find it. Raises ConfigurationError
    when there is no redis-server or it is too old for the data, StoreUnavailable when it does not start.
    """
    return lease(var).url  # the lease is left open on purpose: the kernel closes it with the process


def lease(var: Path) -> Lease:
    """Like :func:`ensure`, but the caller says when it has had enough."""
    folder = _private(var.absolute() / "redis")
    holder = _open(folder / "users.lock")
    try:
        fcntl.flock(holder, fcntl.LOCK_SH)  # waits while a guard is stopping the server for lack of users
        with _locked(folder / "start.lock"):
            path = _running(folder) or _start(folder)
    except BaseException:
        os.close(holder)
        raise
    return Lease(f"unix://{quote(str(path))}", holder)


def gone(var: Path, patience: float = 15.0) -> bool:
    """Waits until the server has stopped; False when somebody else still uses it, or it takes too long."""
    end, in_use = time.monotonic() + patience, 0
    folder = var.absolute() / "redis"
    while is_locked(folder / "guard.lock"):
        users = folder / "users.lock"  # held exclusively by a guard at work, shared by users
        in_use = in_use + 1 if is_locked(users, fcntl.LOCK_EX) and not is_locked(users, fcntl.LOCK_SH) else 0
        if in_use > 3 or time.monotonic() > end:  # seen once it may be the guard in its last moment
            return False
        time.sleep(0.02)
    return True


def socket_path(folder: Path) -> Path:
    """Beside the data; where that path is too long for a socket, in a private temporary folder named after it."""
    path = folder / "redis.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET:
        return path
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return _private(Path(tempfile.gettempdir()) / f"justclick-relay-{os.getuid()}-{name}") / "redis.sock"


def ask(path: Path, command: bytes, timeout: float = 2.0) -> bytes:
    """The first bytes of the server's answer to one plain command; empty when nobody listens."""
    try:
        with closing(socket.socket(socket.AF_UNIX)) as link:
            link.settimeout(timeout)
            link.connect(str(path))
            link.sendall(command + b"\r\n")
            return link.recv(200)
    except OSError:
        return b""


def is_locked(path: Path, kind: int = fcntl.LOCK_SH) -> bool:
    """Whether somebody holds a lock that stands against one of this kind."""
    if not path.exists():
        return False
    with closing(os.fdopen(_open(path))) as lock:
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


# ---------------------------------------------------------------- starting it, under start.lock
def _running(folder: Path) -> Path | None:
    path = socket_path(folder)
    if is_locked(folder / "guard.lock"):
        _wait(path, folder, None)
        return path
    if ask(path, b"PING"):  # its guard was killed: nobody would ever stop it, so it gets a new life with a new guard
        ask(path, b"SHUTDOWN", timeout=10)
    path.unlink(missing_ok=True)
    return None


def _start(folder: Path) -> Path:
    program = redis_programs.choose(folder)
    path = socket_path(folder)
    log = folder / "redis.log"
    command = [sys.executable, "-m", "relay.redis_guard", str(folder), str(path), program.path]
    with log.open("wb") as output:
        guard = subprocess.Popen(  # noqa: S603 - our own module
            command,
            cwd=Path(__file__).resolve().parent.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in the terminal is for the users, not for the server
        )
    _wait(path, folder, guard)
    redis_programs.remember(folder, program)
    return path


def _wait(path: Path, folder: Path, guard: subprocess.Popen[bytes] | None) -> None:
    end = time.monotonic() + PATIENCE
    while not ask(path, b"PING").startswith(b"+PONG"):
        ended = guard.poll() is not None if guard else not is_locked(folder / "guard.lock")
        if ended or time.monotonic() > end:
            raise StoreUnavailable(f"The embedded Redis did not start. It said:\n{_last_lines(folder / 'redis.log')}")
        time.sleep(0.02)


def _last_lines(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join(f"  {line}" for line in lines[-6:]) or f"  nothing (see {log})"


# ---------------------------------------------------------------- files
def _private(folder: Path) -> Path:
    """The folder, made if need be; refused when another user could have put it there."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise ConfigurationError(
            f"{folder} cannot be made ({error.strerror}); RELAY_VAR names another place"
        ) from error
    if folder.is_symlink() or found.st_uid != os.getuid():
        raise ConfigurationError(f"{folder} belongs to somebody else; remove it, or name another place with RELAY_VAR")
    folder.chmod(0o700)
    return folder


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with closing(os.fdopen(_open(path))) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
