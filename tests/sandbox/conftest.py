"""A running sandbox for the tests of the sandbox itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from relay.justclick.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def field() -> Iterator[Sandbox]:
    """The same, as the service was seen to behave."""
    with Sandbox(dialect="field") as sandbox:
        yield sandbox
