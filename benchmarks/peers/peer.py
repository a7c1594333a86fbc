"""A peer of the relay as the bench sees it: started on loopback, killed, and started again where it was."""

from __future__ import annotations

import os
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from benchmarks.running import SECRET, Rig, pss_mb
from tests.support.running import ROOT, eventually, free_port

LOGIN = "demo"
HERE = Path(__file__).resolve().parent
INSTALLED = ROOT / "var" / "peers"


class Peer(ABC):
    """Everything that it writes goes into the rig's folder; it sends to the rig's sink."""

    name: str
    path = "/lead"
    uses_redis = False
    patience = 180.0  # seconds until it must answer, on a busy machine too

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.port = free_port()
        self.processes: list[subprocess.Popen[bytes]] = []

    @classmethod
    def missing(cls) -> str:
        """Why it cannot be measured here; empty when it can."""
        return ""

    @classmethod
    def version(cls) -> str:
        return ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.path}"

    @property
    def environ(self) -> dict[str, str]:
        """Nothing of the environment that the bench runs in, but the path."""
        justclick = {"LOGIN": LOGIN, "SECRET": SECRET, "URL": self.rig.sink_url}
        told = {f"JUSTCLICK_{name}": value for name, value in justclick.items()}
        folder = str(self.rig.folder)
        return {"PATH": os.environ["PATH"], "HOME": folder, "FOLDER": folder, "PORT": str(self.port), **told}

    @abstractmethod
    def start(self) -> None:
        """Starts all its processes; does not wait for them."""

    def spawn(self, *command: str, more: Mapping[str, str] | None = None, cwd: Path = ROOT) -> None:
        with (self.rig.folder / f"{self.name}-{len(self.processes)}.log").open("wb") as log:
            environ = {**self.environ, **(more or {})}
            self.processes.append(subprocess.Popen(command, env=environ, cwd=cwd, stdout=log, stderr=log))

    def await_answers(self, answers: object) -> None:
        """``answers`` is called until it is true."""
        try:
            eventually(answers, self.patience, self.name)  # type: ignore[arg-type]
        except AssertionError:
            raise AssertionError(f"{self.name} does not answer:\n{self.logs()[-3000:]}") from None

    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.rig.folder.glob("*.log")))

    def memory_mb(self) -> float:
        """Proportional set size of all its processes; of Redis too, where it needs one."""
        pids = [one.pid for one in self.processes if one.poll() is None]
        if self.uses_redis:
            pids.append(self.rig.redis_process.pid)
        total = 0.0
        for pid in pids:
            with suppress(OSError, psutil.Error):  # a child may end while we look
                total += pss_mb(pid)
        return total

    def set_aside(self) -> set[int]:
        """The leads whose tasks stand in the broker, but come back only after a time-out of an hour."""
        return set()

    def kill(self) -> None:
        """SIGKILL to every process of it, at once; Redis is not one of them."""
        for family in [self._family(one) for one in self.processes]:
            for process in family:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
        for one in self.processes:
            one.wait()
        self.processes.clear()

    def _family(self, one: subprocess.Popen[bytes]) -> Sequence[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            parent = psutil.Process(one.pid)
            return [parent, *parent.children(recursive=True)]
        return []
