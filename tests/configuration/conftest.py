"""A configuration file that is right, and ways to make it wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from relay.hooks import WrongConfiguration, load
from relay.models import Configuration

ENVIRON = {
    "JUSTCLICK_LOGIN": "demo",
    "JUSTCLICK_SECRET": "account-secret",
    "HOOK_SECRET": "hook-secret",
    "HOOK_TOKEN": "hook-token",
    "HOOK_BLANK": " ",
}
ACCOUNTS = """\
accounts:
  school:
    login: ${JUSTCLICK_LOGIN}
    secret: ${JUSTCLICK_SECRET}
"""

Written = Callable[[str], Path]
Loaded = Callable[[str], Configuration]
Mistakes = Callable[[str], str]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(text: str) -> Path:
        file = tmp_path / "relay.yaml"
        file.write_bytes(text.encode())
        return file

    return write


@pytest.fixture
def loaded(written: Written) -> Loaded:
    """The configuration in a text; accounts are added when it has none."""
    return lambda text: load(written(_whole(text)), ENVIRON)


@pytest.fixture
def mistakes(written: Written) -> Mistakes:
    """The report about a text, which has to be wrong."""

    def report(text: str) -> str:
        with pytest.raises(WrongConfiguration) as wrong:
            load(written(_whole(text)), ENVIRON)
        return str(wrong.value)

    return report


def _whole(text: str) -> str:
    return text if text.startswith("accounts") or "hooks:" not in text else text + "\n" + ACCOUNTS


@pytest.fixture
def call(mistakes: Mistakes) -> Mistakes:
    """The report about a hook that makes one wrong call; the call begins in line 6."""
    head = "hooks:\n  h:\n    provider: tilda\n    secret: ${HOOK_SECRET}\n    calls:\n"
    return lambda text: mistakes(head + text)
