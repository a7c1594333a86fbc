"""What the tests of providers share: a sender's API, and the worker's questions to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from relay import fetching, providers
from relay.justclick.client import new_pool
from relay.models import Hook, WebhookRequest
from tests.support.sender_api import SenderApi, sender_api


@pytest.fixture
def api() -> Iterator[SenderApi]:
    with sender_api() as made:
        yield made


@pytest.fixture
def ask() -> Iterator[Callable[[WebhookRequest, Hook], Any]]:
    """The answers to what the hook's provider asks about a request, or what came between."""
    pool = new_pool(1)

    def _ask(request: WebhookRequest, hook: Hook) -> Any:
        declared = providers.find(hook.provider)
        assert declared.fetch is not None
        return fetching.ask(declared.fetch, declared.read(request, hook), hook, {}, pool)

    yield _ask
    pool.manager.clear()
