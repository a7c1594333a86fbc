"""A master, a replica and three sentinels that watch them; addressed by redis+sentinel://."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Self

from redis import Redis
from redis.exceptions import RedisError

from benchmarks.chaos.redis_server import RedisServer
from relay.redis_programs import candidates
from tests.support.running import free_port

NAME = "chaos"


class Watched:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.master = RedisServer(folder / "one", port=free_port(), options=("--repl-diskless-sync-delay", "0"))
        follow = ("--replicaof", "127.0.0.1", str(self.master.port), "--repl-diskless-sync-delay", "0")
        self.replica = RedisServer(folder / "two", port=free_port(), options=follow)
        self.ports = [free_port() for _ in range(3)]
        self.processes: list[subprocess.Popen[bytes]] = []

    @property
    def url(self) -> str:
        return f"redis+sentinel://{','.join(f'127.0.0.1:{port}' for port in self.ports)}/{NAME}/0"

    def __enter__(self) -> Self:
        self.master.start()
        self.replica.start()
        for port in self.ports:
            self._start_sentinel(port)
        deadline = time.monotonic() + 60
        while not all(self._sees_all(port) for port in self.ports):
            if time.monotonic() > deadline:
                raise TimeoutError("the sentinels do not see each other")
            time.sleep(0.1)
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
        self.master.stop()
        self.replica.stop()

    def _start_sentinel(self, port: int) -> None:
        file = self.folder / f"sentinel-{port}.conf"
        told = (f"monitor {NAME} 127.0.0.1 {self.master.port} 2", f"down-after-milliseconds {NAME} 1500")
        lines = [f"sentinel {line}" for line in (*told, f"failover-timeout {NAME} 6000")]
        file.write_text("\n".join([f"port {port}", f"dir {self.folder}", *lines]))
        with (self.folder / f"sentinel-{port}.log").open("ab") as log:
            self.processes.append(subprocess.Popen([candidates()[0], str(file), "--sentinel"], stdout=log))

    def _sees_all(self, port: int) -> bool:
        try:
            with Redis(port=port, decode_responses=True) as sentinel:
                state = sentinel.sentinel_master(NAME)
        except RedisError:
            return False
        return bool(state["num-other-sentinels"] == 2 and state["num-slaves"] == 1 and state["flags"] == "master")

    def has_failed_over(self) -> bool:
        return bool(self.replica.admin.info("replication")["role"] == "master")
