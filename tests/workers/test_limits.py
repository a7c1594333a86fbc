"""Workers whose account is at its limit sleep, and lose no time when it is not any more. Real worker processes."""

from __future__ import annotations

import json
import time

import pytest

from relay.intake import Intake
from relay.justclick.sandbox import Sandbox
from relay.models import WebhookRequest
from relay.store import Store
from tests.support.running import CONFIGURATION, Running, eventually

WORKERS = 3
SECONDS = 4


def post(intake: Intake, count: int) -> None:
    for number in range(count):
        body = json.dumps({"id": str(number), "email": f"p{number}@example.com"}).encode()
        request = WebhookRequest("POST", "", {"content-type": "application/json"}, body, "127.0.0.1", "lead-token")
        intake.receive(intake.configuration.hooks["lead"], request)


def claims_within(store: Store, seconds: float) -> int:
    """How many claim scripts all workers together run, as the server sees it."""
    found, until = 0, time.monotonic() + seconds
    with store.redis.monitor() as monitor:
        while time.monotonic() < until:
            found += store.scripts.claim.sha in monitor.next_command()["command"]
    return found


def start_workers(running: Running, store: Store, limits: str) -> None:
    running.configuration = CONFIGURATION.replace("max_per_second: 500\n    max_in_flight: 64", limits)
    for _ in range(WORKERS):
        running.start_worker()
    eventually(lambda: len(store.beats()) == WORKERS, 60, "all workers")


def test_nobody_looks_while_all_calls_are_open(
    running: Running, intake: Intake, store: Store, sandbox: Sandbox
) -> None:
    """But once a second, in case that a bell was missed; yet the next call starts when one has ended."""
    sandbox.trouble(delay=3600.0)
    start_workers(running, store, "max_per_second: 500\n    max_in_flight: 2")
    post(intake, 20)
    eventually(lambda: store.counts()["sending"] == 2, 60, "two calls")
    time.sleep(1)
    assert claims_within(store, SECONDS) <= WORKERS * (SECONDS + 1)


@pytest.mark.parametrize(
    "limits", ["max_per_second: 10\n    max_in_flight: 64", "max_per_second: 500\n    max_in_flight: 1"]
)
def test_the_queue_drains_as_fast_as_its_limit_allows(
    running: Running, intake: Intake, store: Store, sandbox: Sandbox, limits: str
) -> None:
    """Ten a second, or one call of 100 ms after the other; and not many more claims than calls."""
    sandbox.trouble(delay=0.1)
    start_workers(running, store, limits)
    post(intake, 200)
    eventually(lambda: store.counts()["delivered"] > 5, 60, "some delivered")
    before, began = store.counts()["delivered"], time.monotonic()
    claims = claims_within(store, SECONDS)
    delivered, took = store.counts()["delivered"] - before, time.monotonic() - began
    assert delivered > 3 * took
    assert claims < 2 * delivered + WORKERS * (SECONDS + 1)
