"""Whether the periodic tasks run is told by the probe, the page and the metrics, within a minute."""

from __future__ import annotations

import re

import pytest

from relay import keys
from relay.store import Store
from tests.web.conftest import Web
from workers.sweeper import TASKS


@pytest.mark.parametrize("task", TASKS)
def test_a_task_that_stands_still_is_told_everywhere(web: Web, store: Store, task: str) -> None:
    """Forty seconds without a sign: the probe names it, the page says it, the metrics count it."""
    store.expect(TASKS)
    ready = web.visitor().get("/readyz").get_json()
    assert (ready["silent"], sorted(ready["tasks"])) == ([], list(TASKS))
    marked = web.insider().get("/").text.count('<dd class="bad">')
    store.redis.hset(keys.HEARTBEATS, task, store.now_ms() - 40_000)
    assert web.visitor().get("/readyz").get_json()["silent"] == [task]
    assert task in web.api().get("/api/v1/status").get_json()["summary"]
    assert web.insider().get("/").text.count('<dd class="bad">') == marked + 1
    metrics = web.api().get("/metrics").text
    assert "relay_tasks_silent 1.0" in metrics
    ago = re.search(rf'relay_task_seconds_ago{{task="{task}"}} ([\d.]+)', metrics)
    assert ago
    assert 40 <= float(ago.group(1)) < 60


def test_a_task_that_never_ran_is_missed(web: Web, store: Store) -> None:
    """It is expected from the moment at which a worker began, not from its first run."""
    store.expect(TASKS)
    assert store.heartbeats().keys() == set(TASKS)
    store.expect(["retention"])
    store.redis.hset(keys.HEARTBEATS, "retention", 1)
    store.expect(["retention"])
    assert store.heartbeats()["retention"] > 10**6


def test_how_long_deliveries_took_is_a_histogram(web: Web) -> None:
    """One delivery that JustClick answered after 184 ms, by its bounds, its sum and its count."""
    web.story.delivered(web.story.lead("anna@example.com"))
    metrics = web.api().get("/metrics").text
    assert 'relay_accept_to_delivered_seconds_bucket{le="0.1"} 0.0' in metrics
    assert 'relay_accept_to_delivered_seconds_bucket{le="60"} 1.0' in metrics
    assert 'relay_accept_to_delivered_seconds_bucket{le="+Inf"} 1.0' in metrics
    assert "relay_accept_to_delivered_seconds_count 1.0" in metrics
    seconds = re.search(r"relay_accept_to_delivered_seconds_sum ([\d.]+)", metrics)
    assert seconds
    assert 0.184 <= float(seconds.group(1)) < 60
