"""An intake of one generic hook, without any HTTP."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from relay import hooks
from relay.intake import Intake
from relay.store import Store
from tests.support.running import CONFIGURATION

ENVIRON = {
    "JUSTCLICK_LOGIN": "demo",
    "JUSTCLICK_SECRET": "sandbox-secret",
    "JUSTCLICK_URL": "http://127.0.0.1:1",
    "LEAD_TOKEN": "lead-token",
    "KEY": "signing-key",
}


@pytest.fixture
def make_intake(tmp_path: Path, store: Store) -> Callable[..., Intake]:
    def make(configuration: str = CONFIGURATION, max_body: int = 1024 * 1024) -> Intake:
        path = tmp_path / "relay.yaml"
        path.write_text(configuration, encoding="utf-8")
        return Intake(hooks.load(path, ENVIRON), store, max_body)

    return make
