"""What a test needs of the machine: the one place for skips. Each says what is missing and how to come by it."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest

PHP = ("php", "php-cli")  # a program and the Debian package that brings it
NODE = ("node", "nodejs")
REDIS = ("redis-server", "redis-server")
CHROMIUM = ("chromium", "chromium")


def program(name: str, package: str) -> pytest.MarkDecorator:
    """Marks a test that starts this program."""
    return pytest.mark.skipif(shutil.which(name) is None, reason=_not_installed(name, package))


def path_of(name: str, package: str, *other_names: str) -> str:
    """For fixtures: where the program is, under whichever of its names."""
    found = [path for one in (name, *other_names) if (path := shutil.which(one))]
    return found[0] if found else missing(_not_installed(name, package))


def cores(least: int, why: str) -> pytest.MarkDecorator:
    """Marks a test that looks at which cores processes keep to; macOS lets none keep to any."""
    reason = f"needs {least} or more cores that a process can be kept to (Linux): {why}"
    return pytest.mark.skipif(_cores() < least, reason=reason)


def missing(what: str) -> NoReturn:
    """For what is found out only while the test runs."""
    pytest.skip(what)


def _not_installed(name: str, package: str) -> str:
    return f"{name} is not installed (Debian: apt-get install {package})"


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
