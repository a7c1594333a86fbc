"""A request and a hook to try one row of proof with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from relay.incoming import Incoming
from relay.models import Hook, WebhookRequest
from relay.verifying import Proof, verify

Try = Callable[..., None]


@pytest.fixture
def attempt() -> Try:
    """Verifies one request by rows; raises Unverified."""

    def attempt_(
        *rows: Proof,
        secrets: tuple[str, ...] = ("s3cret",),
        body: bytes = b'{"a": 1}',
        headers: dict[str, str] | None = None,
        kind: str = "application/json",
        query: str = "",
        address: str = "203.0.113.1",
        now: float = 1_000.0,
        **hook: Any,
    ) -> None:
        request = WebhookRequest("POST", query, {"content-type": kind} | (headers or {}), body, address)
        verify(rows, Incoming(request, Hook("h", "generic", "school", secrets=secrets, **hook)), now)

    return attempt_
