"""The probes and the metrics, over a real store that lives, is full, or is away."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from relay import gating
from relay.outcomes import Accepted, Refused
from tests.web.conftest import Web


def metrics(web: Web) -> dict[str, float]:
    """Every sample by its name and labels."""
    text = web.api().get("/metrics").text
    return {
        sample.name + "".join(f" {name}={value}" for name, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_process_lives(web: Web) -> None:
    """Whatever the store does."""
    web.story.store.redis.connection_pool.connection_kwargs["path"] = "/nowhere/redis.sock"
    assert web.visitor().get("/healthz").status_code == 200


def test_ready_means_that_the_store_can_be_written(web: Web) -> None:
    """With the periodic tasks, so that a missing one is seen."""
    answer = web.visitor().get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json()["tasks"].keys() == {"scheduler", "sweeper"}


def test_a_full_store_is_not_ready(web: Web) -> None:
    """503 and the reason."""
    redis = web.story.store.redis
    redis.config_set("maxmemory", "1mb")
    try:
        answer = web.visitor().get("/readyz")
    finally:
        redis.config_set("maxmemory", "0")
    assert answer.status_code == 503
    assert "maxmemory" in answer.get_json()["message"]


def test_a_store_that_is_away_is_not_ready(web: Web) -> None:
    """503 and the reason."""
    pool = web.story.store.redis.connection_pool
    pool.disconnect()
    pool.connection_kwargs["path"] = "/nowhere/redis.sock"
    pool.reset()
    answer = web.visitor().get("/readyz")
    assert (answer.status_code, answer.get_json()["error"]) == (503, "store-unavailable")
    assert web.api().get("/metrics").status_code == 503
    assert web.api().get("/api/v1/status").get_json()["error"] == "store-unavailable"


def test_metrics_tell_the_numbers_of_the_whole_relay(web: Web) -> None:
    """Accepted, refused, delivered, dead, by state, in flight, workers, memory, pauses."""
    story = web.story
    ids = [story.lead(f"lead{number}@example.com") for number in range(4)]
    story.answered(ids[0], Accepted(0, "OK"))
    story.answered(ids[1], Refused(103, "Incorrect rass_id"))
    story.came("lead", {"email": "x@example.com"}, token="wrong")
    gating.pause(story.store, "hook:lead")
    seen = metrics(web)
    assert seen["relay_accepted_total hook=lead"] == 4
    assert seen["relay_refused_total hook=lead reason=wrong-token"] == 1
    assert seen["relay_delivered_total"] == 1
    assert seen["relay_dead_total code=103"] == 1
    assert seen["relay_deliveries state=sending"] == seen["relay_in_flight"] == 2
    assert seen["relay_workers_alive"] == 1
    assert seen["relay_oldest_waiting_seconds"] < 60
    assert seen["relay_redis_memory_bytes"] > 100_000
    assert seen["relay_paused gate=hook:lead"] == 0


@pytest.mark.parametrize("word", ["anna", "79991234567", "evt_", "dlv_", "lead-token"])
def test_metrics_name_nobody(web: Web, word: str) -> None:
    """No e-mail, no phone, no id, no secret."""
    web.story.lead("anna@example.com", phone="89991234567")
    assert word not in web.api().get("/metrics").text
