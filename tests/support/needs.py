"""What a test needs of the machine: the one place for skips, each a mark with its reason. `.ci/run` installs all of it,
and fails when a test was skipped.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import pytest

from benchmarks.chaos import faketime, synced
from benchmarks.chaos.violation import Missing

PHP = ("php", "php-cli")  # a program, the Debian package that brings it, other names of the program
NODE = ("node", "nodejs")
REDIS = ("redis-server", "redis-server")
CHROMIUM = ("chromium", "chromium", "chromium-browser", "google-chrome")

# Looked at when such a test is about to run, in the names of its module, which has to import this one.
strace = pytest.mark.skipif(
    "not needs.can_see_syncs()",
    reason="needs strace and leave to use it (Debian: apt-get install strace; in a container --cap-add=SYS_PTRACE)",
)
faketime_library = pytest.mark.skipif(
    "not needs.can_set_clocks()",
    reason="needs libfaketime and a redis-server that bears it (Debian: apt-get install libfaketime)",
)


def program(name: str, package: str, *other_names: str) -> pytest.MarkDecorator:
    """Marks a test that starts this program."""
    reason = f"{name} is not installed (Debian: apt-get install {package})"
    return pytest.mark.skipif(not _found(name, *other_names), reason=reason)


def path_of(name: str, _package: str, *other_names: str) -> str:
    """Where the program is, for the fixtures of tests that are marked to need it."""
    return _found(name, *other_names)[0]


def cores(least: int, why: str) -> pytest.MarkDecorator:
    """Marks a test that looks at which cores processes keep to; macOS lets none keep to any."""
    reason = f"needs {least} or more cores that a process can be kept to (Linux): {why}"
    return pytest.mark.skipif(_cores() < least, reason=reason)


def can_see_syncs() -> bool:
    return _is_possible(synced.prefix)


def can_set_clocks() -> bool:
    return _is_possible(faketime.redis_program)


def _is_possible(step: Callable[[], object]) -> bool:
    try:
        step()
    except Missing:
        return False
    return True


def _found(*names: str) -> list[str]:
    return [path for name in names if (path := shutil.which(name))]


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
