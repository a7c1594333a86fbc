"""The guard of the embedded Redis: starts the server, starts it again when it is killed, stops it after its last user.

A process of its own (``python -m relay.redis_guard FOLDER SOCKET PROGRAM``), started by relay.embedded_redis only.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType

SETTLED = 2.0  # seconds; a server that ends sooner would end again


class Guard:
    def __init__(self, folder: Path, path: Path, program: str) -> None:
        self._path = path
        self._command = [
            *(program, "--dir", str(folder), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"),
            *("--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction"),
            *("--daemonize", "no", "--databases", "16", "--loglevel", "notice"),
        ]
        self._stopping = threading.Event()
        self._server = self._begin()

    def watch(self) -> None:
        """Ends with the server: when it was asked to stop, and when it cannot run."""
        while True:
            began = time.monotonic()
            status = self._server.wait()
            if self._stopping.is_set():
                return
            if status == 0 or time.monotonic() - began < SETTLED:
                os.kill(os.getpid(), signal.SIGTERM)
                return
            print("the server was killed; starting it again", flush=True)  # noqa: T201 - this is its log
            self._server = self._begin()

    def stop(self) -> None:
        self._stopping.set()
        self._server.terminate()  # Redis then writes its append-only file to the end
        try:
            self._server.wait(10)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        self._path.unlink(missing_ok=True)

    def _begin(self) -> subprocess.Popen[bytes]:
        self._path.unlink(missing_ok=True)
        return subprocess.Popen(self._command, stdin=subprocess.DEVNULL)  # noqa: S603 - chosen by redis_programs


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def main(folder: Path, path: Path, program: str) -> None:
    own = os.open(folder / "guard.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(own, fcntl.LOCK_EX)  # only one is ever started; this waits for those who merely look at the lock
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _leave)
    guard = Guard(folder, path, program)
    try:
        threading.Thread(target=guard.watch, daemon=True).start()
        users = os.open(folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(users, fcntl.LOCK_EX)  # granted when nobody holds a lease any more, and held until we have ended
    finally:
        guard.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
