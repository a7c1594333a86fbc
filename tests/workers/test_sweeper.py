"""The sweeper's round, step by step, without a process of its own."""

from __future__ import annotations

from redis import Redis

from config.settings import load_settings
from relay import keys
from tests.support.making import a_delivery, keep
from tests.support.running import Running, eventually
from workers.parts import build
from workers.sweeper import LOST_EVERY, Sweeper


def test_a_step_that_fails_stops_no_other(running: Running, redis: Redis) -> None:
    """A gate that cannot be read: the worker goes on beating, what is due goes on its way, and what is lost is found.
    Only the task that failed counts as not run.
    """
    parts = build(load_settings(running.environ), redis)
    sweeper = Sweeper(parts, lambda: (set(), 1))
    redis.hset(keys.GATES, "account:broken", "no JSON")
    lost = a_delivery()
    keep(parts.store, lost)
    redis.delete(keys.JOB + lost.id, *redis.keys(keys.QUEUE + "*"))
    for _ in range(LOST_EVERY):
        sweeper.sweep()
    assert parts.store.beats() == {parts.name: LOST_EVERY}
    eventually(lambda: redis.exists(keys.JOB + lost.id), 5, "a job again")
    ran = redis.hgetall(keys.HEARTBEATS)
    assert int(ran[b"sweeper"]) < int(ran[b"scheduler"])
