"""A Redis server of our own that can be killed, paused, filled and started again on the same data."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from benchmarks.chaos import synced
from relay.redis_programs import candidates


class RedisServer:
    """``fsync``: the policy of its append-only file. Starts on a unix socket, and on a port when one is given.

    ``traced``: its syncs are watched (raises NoStrace where they cannot be).
    """

    def __init__(
        self,
        folder: Path,
        *,
        fsync: str = "everysec",
        port: int = 0,
        options: tuple[str, ...] = (),
        program: str = "",
        traced: bool = False,
    ) -> None:
        self.traced = synced.prefix() if traced else ()
        self.traces: list[Path] = []
        self.size_at_start = 0
        self.program = program or candidates()[0]
        self.folder, self.fsync, self.port, self.options = folder, fsync, port, options
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket = folder / "redis.sock"
        self.process: subprocess.Popen[bytes] | None = None
        self.admin = Redis(unix_socket_path=str(self.socket), socket_timeout=60)

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def dial(self) -> socket.socket:
        wire = socket.socket(socket.AF_UNIX)
        wire.connect(str(self.socket))
        return wire

    def start(self, environ: Mapping[str, str] | None = None) -> None:
        command = [*self._tracing(), self.program, "--port", str(self.port), "--unixsocket", str(self.socket)]
        kept = ["--dir", str(self.folder), "--appendonly", "yes", "--appendfsync", self.fsync, "--save", ""]
        with (self.folder / "redis.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *kept, *self.options], stdout=log, stderr=log, env={**os.environ, **(environ or {})}
            )
        self.wait_until_there()

    def _tracing(self) -> list[str]:
        if not self.traced:
            return []
        self.traces.append(self.folder / f"trace-{len(self.traces)}")
        self.size_at_start = self.written() if len(self.traces) > 1 else 0
        return [*self.traced, "-o", str(self.traces[-1])]

    def wait_until_there(self, seconds: float = 180) -> None:  # a large store is read for a while
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.admin.ping()
                return
            except RedisError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait()

    def pause(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        self.admin.close()
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.kill()

    # ------------------------------------------------------------ what is on the disk
    @property
    def log_file(self) -> Path:
        """The part of the append-only file that is written now; Redis 6 knows no parts."""
        whole = self.folder / "appendonly.aof"
        if whole.exists():
            return whole
        return max((self.folder / "appendonlydir").glob("*.incr.aof"), key=lambda path: path.stat().st_mtime_ns)

    def synced(self) -> synced.Synced:
        """How much of it had reached the disk when the server was killed. Only of one that is ``traced``."""
        assert self.process
        return synced.read(self.traces[-1], self.process.pid, self.size_at_start)

    def written(self) -> int:
        """Bytes of the append-only file that have been handed to the operating system."""
        return self.log_file.stat().st_size
