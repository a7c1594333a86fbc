"""A worker that is killed, told to stop, or started before its store: nothing is lost, no call is made twice."""

from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path

from relay.intake import Intake
from relay.justclick.sandbox import Sandbox
from relay.store import Store
from tests.support.deliveries import ended, send
from tests.support.running import Running, eventually


def test_a_killed_worker_loses_nothing(running: Running, intake: Intake, store: Store, sandbox: Sandbox) -> None:
    """SIGKILL in the middle of many slow calls: all are back within a minute, none is lost, orders are made once."""
    sandbox.trouble(delay=0.5)
    for number in range(60):
        send(intake, "lead", id=str(number), email=f"p{number}@example.com")
        send(intake, "order", order=str(number), email=f"p{number}@example.com", amount="10")
    first = running.start_worker()
    eventually(lambda: store.counts()["sending"] > 20, what="many in flight")
    first.send_signal(signal.SIGKILL)
    first.wait()
    sandbox.clear_trouble()
    running.start_worker()
    eventually(lambda: store.counts()["delivered"] == 120, 60, "all delivered")
    orders = Counter(order.email for order in sandbox.state.orders.values())
    assert (len(orders), set(orders.values())) == (60, {1})
    assert len(sandbox.state.contacts) >= 60


def test_a_worker_that_is_started_before_the_store_waits_for_it(
    tmp_path: Path, redis_url: str, sandbox: Sandbox, intake: Intake, store: Store
) -> None:
    """It does not exit (platforms wait for minutes after the third time), and delivers when the store is there."""
    sent = send(intake, "lead", id="1", email="anna@example.com")
    path = tmp_path / "later.sock"
    early = Running(tmp_path, f"unix://{path}", sandbox.url)
    worker = early.start_worker()
    try:
        eventually(lambda: "store.unavailable" in early.logs(), what="a worker that waits")
        assert worker.poll() is None
        path.symlink_to(redis_url.removeprefix("unix://"))
        assert ended(store, sent).state == "delivered"
    finally:
        early.stop()
    assert worker.returncode == 0


def test_sigterm_finishes_what_is_in_flight(running: Running, intake: Intake, store: Store, sandbox: Sandbox) -> None:
    """No call is made twice because of a deploy, and the worker leaves with 0."""
    sandbox.trouble(delay=1.0)
    for number in range(20):
        send(intake, "lead", id=str(number), email=f"p{number}@example.com")
    worker = running.start_worker()
    eventually(lambda: store.counts()["sending"] == 20, what="all in flight")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(25) == 0
    assert store.counts()["delivered"] == len(sandbox.calls) == 20
    assert store.workers() == []
