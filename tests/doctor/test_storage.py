"""The store and the workers, against a real Redis in good and broken states."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from config.settings import load_settings
from relay.doctor import storage
from relay.doctor.check import Check, Verdict
from relay.doctor.clocks import Clocks
from relay.keys import BEATS, HEARTBEATS
from relay.store import Gate, Store
from tests.doctor.conftest import about, wrong
from tests.support.servers import free_port


def checked(url: str, clocks: Clocks | None = None) -> list[Check]:
    return list(storage.checks(load_settings({"REDIS_URL": url}), clocks or Clocks()))


@pytest.fixture
def lasting(redis: Redis) -> Iterator[Redis]:
    """The tests' Redis, for once one that would keep its data."""
    redis.config_set("save", "3600 1")
    yield redis
    redis.config_set("save", "")
    redis.config_set("maxmemory-policy", "noeviction")
    redis.config_set("maxmemory", "0")


def beat(store: Store) -> None:
    """As a worker that lives."""
    store.beat("here.1", 1, host="here", pid=1, in_flight=3, slots=64)
    store.ran("scheduler")
    store.ran("sweeper")


def test_all_is_well(lasting: Redis, redis_url: str, store: Store) -> None:
    """It answers, keeps, and somebody works."""
    beat(store)
    clocks = Clocks()
    found = checked(redis_url, clocks)
    assert {check.verdict for check in found} == {Verdict.OK}
    assert "3 of 64 places" in about(found, "worker").told
    assert clocks.store == pytest.approx(0, abs=1)


def test_a_store_that_forgets(redis_url: str, store: Store) -> None:
    """The tests' own Redis keeps nothing on a disk."""
    beat(store)
    found = checked(redis_url)
    assert wrong(found) == ["store"]
    assert "premium-0" in next(check.advice for check in found if check.verdict is Verdict.WRONG)


def test_a_store_that_throws_keys_away(lasting: Redis, redis_url: str, store: Store) -> None:
    """An eviction policy turns a full memory into lost leads."""
    beat(store)
    lasting.config_set("maxmemory-policy", "allkeys-lru")
    found = checked(redis_url)
    assert wrong(found) == ["store"]
    assert any("noeviction" in check.advice for check in found)


def test_a_store_that_is_nearly_full(lasting: Redis, redis_url: str, store: Store) -> None:
    """Before it is full: from then on webhooks are refused."""
    beat(store)
    lasting.config_set("maxmemory", int(lasting.info("memory")["used_memory"] * 1.1))
    assert any("85 %" in check.told for check in checked(redis_url))


def test_a_store_that_is_away() -> None:
    """Said once, with what to look at; nothing else is asked of it."""
    [found] = checked(f"redis://127.0.0.1:{free_port()}")
    assert found.verdict is Verdict.WRONG
    assert "REDIS_URL" in found.advice


def test_nobody_works(lasting: Redis, redis_url: str, store: Store) -> None:
    """None at all, and one that died: nothing reaches JustClick."""
    found = checked(redis_url)
    assert wrong(found) == ["worker"]
    assert "python -m workers" in about(found, "worker").advice
    beat(store)
    [(name, text)] = lasting.hgetall(BEATS).items()
    lasting.hset(BEATS, name, json.dumps({**json.loads(text), "at": store.now_ms() - 300_000}))
    assert "The last one was heard of 300 s ago" in about(checked(redis_url), "worker").told


@pytest.mark.parametrize("task", ["scheduler", "sweeper"])
def test_a_task_that_stands_still(lasting: Redis, redis_url: str, store: Store, task: str) -> None:
    """A worker that sends, but whose retries do not run."""
    beat(store)
    lasting.hset(HEARTBEATS, task, int(time.time() * 1000) - 120_000)
    found = checked(redis_url)
    assert wrong(found) == ["scheduler"]
    assert task in about(found, "scheduler").told


def test_what_is_paused_is_told(lasting: Redis, redis_url: str, store: Store) -> None:
    """With its reason and the command that opens it."""
    beat(store)
    store.close_gate(Gate("account:school", reason="account-paused", code=4, text="Incorrect hash"))
    found = about(checked(redis_url), "pause")
    assert "account school is paused (code 4, Incorrect hash)" in found.told
    assert "resume account school" in found.advice


def test_at_home_the_embedded_store_is_looked_at(tmp_path: Path) -> None:
    """Started if need be, and stopped again when nobody else uses it."""
    settings = load_settings({"RELAY_VAR": str(tmp_path)})
    found = list(storage.checks(settings, Clocks()))
    assert wrong(found) == ["worker"]
    assert any("persists" in check.told for check in found)
