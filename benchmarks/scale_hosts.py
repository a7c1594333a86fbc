"""Hosts of their own on one machine: network namespaces on a bridge. Made and removed here; needs root and ``ip``.

The bridge stands in a namespace too, so nothing of the machine's own network is touched or reached.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.support.running import ROOT

CLONE_NEWNET = 0x40000000
SWITCH = "switch"


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


def no_hosts() -> str:
    """Why they cannot be made here; empty when they can."""
    if os.geteuid():
        return "not root; sudo .venv/bin/python -m benchmarks.scale --write"
    if missing := [program for program in ("ip", "wrk") if not shutil.which(program)]:
        return f"there is no {' and no '.join(missing)}"
    probe = f"relay{os.getpid()}-probe"
    try:
        ip("netns", "add", probe)
        ip("netns", "delete", probe)
    except subprocess.CalledProcessError as error:
        return f"root may not make network namespaces here: {error.stderr.strip()}"
    return ""


class Hosts:
    """``with Hosts(("redis", "worker1")) as hosts``: each has an address, and processes that end with the block."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self.prefix = f"relay{os.getpid()}-"
        self.processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        try:
            self._make()
        except BaseException:
            self._remove()
            raise
        return self

    def _make(self) -> None:
        ip("netns", "add", self.prefix + SWITCH)
        ip("-n", self.prefix + SWITCH, "link", "add", "br0", "type", "bridge")
        ip("-n", self.prefix + SWITCH, "link", "set", "br0", "up")
        for name in self.names:
            space = self.prefix + name
            ip("netns", "add", space)
            ends = ("name", "eth0", "netns", space, "type", "veth", "peer", "name", name, "netns", self.prefix + SWITCH)
            ip("link", "add", *ends)
            ip("-n", self.prefix + SWITCH, "link", "set", name, "master", "br0", "up")
            ip("-n", space, "address", "add", f"{self.address(name)}/24", "dev", "eth0")
            ip("-n", space, "link", "set", "eth0", "up")
            ip("-n", space, "link", "set", "lo", "up")

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
        self._remove()

    def _remove(self) -> None:
        for name in (*self.names, SWITCH):
            with suppress(subprocess.CalledProcessError):
                ip("netns", "delete", self.prefix + name)

    def address(self, name: str) -> str:
        return f"10.77.0.{10 + self.names.index(name)}"

    def move_in(self, name: str) -> None:
        """From now on this thread, and all that it starts, is on that host."""
        with Path(f"/run/netns/{self.prefix}{name}").open() as space:
            libc = ctypes.CDLL(None, use_errno=True)  # os.setns comes with Python 3.12
            if libc.setns(space.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")

    def start(self, name: str, command: Sequence[str], log: Path, environ: Mapping[str, str] | None = None) -> int:
        """Starts a process on that host; its number."""
        with log.open("ab") as file:
            entering = ["ip", "netns", "exec", self.prefix + name, *command]  # becomes the command itself
            process = subprocess.Popen(entering, env=environ, cwd=ROOT, stdout=file, stderr=file)
        self.processes.append(process)
        return process.pid

    def stop(self, pid: int, seconds: float = 10) -> None:
        """Asks it to end, and sees that it does."""
        process = next(one for one in self.processes if one.pid == pid)
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        process.kill()
        process.wait()
        self.processes.remove(process)
