"""What of a Redis log has reached the disk: told by strace, which sees each write and each finished sync of the server.

Nothing that Redis says of itself is taken for it, and no time is assumed: after a power cut the log ends where it stood
when the last sync that has finished began.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from benchmarks.chaos.violation import Missing

LOG = ".incr.aof"  # how the part of the log ends that is written now
CALLS = "trace=write,fdatasync,fsync,truncate"
_STARTED = re.compile(r"(\d+) +[\d.]+ (\w+)\((?:\d+<(.*?)>|\"\"\.\.\.)")
_RESUMED = re.compile(r"(\d+) +[\d.]+ <\.\.\. (\w+) resumed>")
_RESULT = re.compile(r"= (-?\d+).*?(?:<([\d.]+)>)?$")


class NoStrace(Missing):
    """What is synced cannot be seen here."""


@cache
def prefix() -> tuple[str, ...]:
    """What a server is to be started with. Its process stays the one that was started (-D). Raises NoStrace."""
    program = shutil.which("strace")
    if not program:
        raise NoStrace("strace is not there (Debian, Ubuntu: sudo apt install strace)")
    asked = (program, "-D", "-f", "--seccomp-bpf", "-y", "-s", "0", "-ttt", "-T", "-e", CALLS)
    try:
        subprocess.run([*asked, "-o", "/dev/null", "true"], check=True, capture_output=True, timeout=20)
    except (OSError, subprocess.SubprocessError) as error:
        raise NoStrace("strace may not look at processes here (a container: --cap-add=SYS_PTRACE)") from error
    return asked


@dataclass
class Synced:
    """Bytes of the log that were written, and that had been when the last finished sync began."""

    written: int
    synced: int
    syncs: int = 0
    longest: float = 0.0  # seconds of the slowest sync
    begun: dict[str, int] = field(default_factory=dict)  # process -> bytes when its sync began
    writing: set[str] = field(default_factory=set)

    def read(self, line: str) -> None:
        if started := _STARTED.match(line):
            process, call, path = started.groups()
            if call != "truncate" and not (path or "").endswith(LOG):
                return
            if call == "write":
                self.writing.add(process)
            elif call != "truncate":
                self.begun[process] = self.written
            elif size := re.search(r", (\d+)\) += 0", line):
                self.written = self.synced = int(size[1])  # a broken end, cut off while the log was read
        elif resumed := _RESUMED.match(line):
            process, call = resumed.groups()
        else:
            return
        if "unfinished ...>" not in line and (result := _RESULT.search(line)):
            self._ended(process, call, int(result[1]), float(result[2] or 0))

    def _ended(self, process: str, call: str, result: int, took: float) -> None:
        if call == "write" and process in self.writing:
            self.writing.discard(process)
            self.written += max(0, result)
        elif call in ("fdatasync", "fsync") and process in self.begun:
            size = self.begun.pop(process)
            if result == 0:
                self.synced, self.syncs = max(self.synced, size), self.syncs + 1
                self.longest = max(self.longest, took)


def read(trace: Path, process: int, size: int) -> Synced:
    """After the end of the process; ``size``: bytes of the log at its start."""
    deadline = time.monotonic() + 20
    while not _has_ended(lines := trace.read_text().splitlines(), f"{process} "):
        if time.monotonic() > deadline:
            raise TimeoutError("the trace of Redis has no end")
        time.sleep(0.05)
    told = Synced(size, size)
    for line in lines:
        told.read(line)
    return told


def _has_ended(lines: Sequence[str], process: str) -> bool:
    return any(line.startswith(process) and "+++ " in line for line in lines[-20:])
