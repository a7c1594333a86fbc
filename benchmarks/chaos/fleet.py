"""The relay's processes as a platform keeps them: what exits is started again a second later. Kills on demand."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil

from tests.support.running import ROOT, Running, free_port

RESTART_AFTER = 1.0  # seconds, as platforms do
WEB = ("-m", "gunicorn", "-c", "config/gunicorn.py", "wsgi:app")
WORKER = ("-m", "workers")


@dataclass
class Member:
    """One process of the fleet. ``exits`` counts those that nobody had asked for."""

    name: str
    arguments: tuple[str, ...]
    environ: dict[str, str]
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    wanted: bool = True
    asked_to_go: bool = False
    exits: int = 0
    ended_at: float = 0.0  # time.monotonic(); 0: not seen to have ended

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


def pid_of(worker: str) -> int:
    """The process behind the name under which a worker beats: ``host.pid.chance``."""
    return int(worker.split(".")[-2])


class Fleet:
    def __init__(self, base: Running) -> None:
        self.base = base
        self.members: dict[str, Member] = {}
        self.killed: dict[int, float] = {}  # pid -> time.time()
        self.web_harmed = False  # a web process was killed or stopped: requests may break
        self.closed = threading.Event()
        threading.Thread(target=self._supervise, daemon=True).start()

    # ------------------------------------------------------------ life
    def add_web(self, name: str, environ: Mapping[str, str] | None = None, port: int = 0) -> Member:
        port = port or free_port()
        return self._add(Member(name, WEB, {**self.base.environ, "PORT": str(port), **(environ or {})}, port))

    def add_worker(self, name: str, environ: Mapping[str, str] | None = None) -> Member:
        return self._add(Member(name, WORKER, {**self.base.environ, **(environ or {})}))

    def _add(self, member: Member) -> Member:
        self._start(member)
        self.members[member.name] = member  # from here on it is started again when it ends
        return member

    def _start(self, member: Member) -> None:
        with (Path(self.base.folder) / f"{member.name}.log").open("ab") as log:
            member.asked_to_go, member.ended_at = False, 0.0
            member.process = subprocess.Popen(
                [sys.executable, *member.arguments], cwd=ROOT, env=member.environ, stdout=log, stderr=log
            )

    def _supervise(self) -> None:
        while not self.closed.wait(0.1):
            for member in list(self.members.values()):
                if not member.wanted or member.alive:
                    continue
                if not member.ended_at:
                    member.ended_at = time.monotonic()
                    member.exits += not member.asked_to_go
                elif time.monotonic() - member.ended_at > RESTART_AFTER:
                    self._start(member)

    def stop(self) -> None:
        self.closed.set()
        time.sleep(0.2)
        for member in self.members.values():
            member.wanted = False
            self._signal(member, signal.SIGCONT)
            self._signal(member, signal.SIGTERM)
        deadline = time.monotonic() + 28
        for member in self.members.values():
            try:
                if member.process:
                    member.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.kill(member)

    # ------------------------------------------------------------ harm
    def kill(self, member: Member) -> None:
        """SIGKILL to the process and all that it has started."""
        member.asked_to_go = True
        self.web_harmed |= member.port > 0
        if member.process:
            self.kill_process(member.process)

    def kill_process(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is not None:
            return
        with suppress(psutil.NoSuchProcess):
            parent = psutil.Process(process.pid)
            for one in (*parent.children(recursive=True), parent):
                with suppress(psutil.NoSuchProcess):
                    one.kill()
        self.killed[process.pid] = time.time()
        process.wait()

    def kill_child(self, member: Member) -> None:
        """SIGKILL to gunicorn's own worker process; gunicorn starts another."""
        self.web_harmed = True
        for child in psutil.Process(member.pid).children():
            with suppress(psutil.NoSuchProcess):
                child.kill()

    def terminate(self, member: Member) -> None:
        """SIGTERM, as a deploy does; the platform starts it again."""
        member.asked_to_go = True
        self.web_harmed |= member.port > 0
        self._signal(member, signal.SIGTERM)

    def pause(self, member: Member) -> None:
        self._signal(member, signal.SIGSTOP)

    def resume(self, member: Member) -> None:
        self._signal(member, signal.SIGCONT)

    def _signal(self, member: Member, number: int) -> None:
        if member.alive:
            with suppress(ProcessLookupError):
                assert member.process
                member.process.send_signal(number)

    def remove(self, name: str) -> None:
        """It is killed and not started again."""
        member = self.members[name]
        member.wanted = False
        self.kill(member)
        del self.members[name]

    # ------------------------------------------------------------ looks
    @property
    def webs(self) -> list[Member]:
        return [member for member in self.members.values() if member.port]

    @property
    def workers(self) -> list[Member]:
        return [member for member in self.members.values() if not member.port]

    def longest_abandoned(self) -> float:
        """Seconds from the death of a worker to the moment at which what it held was put back, at the slowest one."""
        waits = [0.0]
        for line in self.base.logs().splitlines():
            if '"worker.buried"' in line and (told := json.loads(line))["put_back"]:
                died = self.killed.get(pid_of(told["worker"]))
                buried = datetime.fromisoformat(told["timestamp"]).timestamp()
                waits += [buried - died] if died else []
        return max(waits)

    def unasked_exits(self) -> dict[str, int]:
        """Processes that ended though nobody had told them to."""
        return {member.name: member.exits for member in self.members.values() if member.exits}
