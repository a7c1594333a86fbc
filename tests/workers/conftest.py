"""A sandbox JustClick, and a relay of which only the worker runs as a process; the tests are the web half."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from relay import hooks
from relay.intake import Intake
from relay.justclick.sandbox import Sandbox
from relay.store import Store
from tests.support.running import Running


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(login="demo", secret="sandbox-secret") as running:
        yield running


@pytest.fixture
def running(tmp_path: Path, redis_url: str, sandbox: Sandbox) -> Iterator[Running]:
    relay = Running(tmp_path, redis_url, sandbox.url)
    yield relay
    relay.stop()


@pytest.fixture
def intake(running: Running, store: Store) -> Intake:
    configuration = hooks.load(running.environ["RELAY_CONFIG"], running.environ)
    return Intake(configuration, store, 1024 * 1024)
