"""The store and the workers: does it answer, keep and not forget; does somebody work; is anything paused?"""

from __future__ import annotations

import time
from collections.abc import Iterator

from config.settings import Settings
from relay.connect import connect
from relay.doctor.check import Check, note, ok, wrong
from relay.doctor.clocks import Clocks
from relay.embedded_redis import lease
from relay.errors import ConfigurationError, StoreUnavailable
from relay.store import Health, Store
from relay.store.glances import check_writable

FRESH = 30.0  # seconds since the last sign of life; workers give one each second
SLOW = 0.02  # seconds for one question and answer: a webhook asks the store a few times before it is answered
_ADVICE = {
    "not-persistent": (
        "It keeps everything in memory only: a restart loses what has been answered with 200.",
        "Switch on AOF or snapshots (appendonly yes), or take a plan that persists (Heroku: premium-0 or larger).",
    ),
    "may-evict": (
        "It throws keys away when its memory is full: leads would vanish without a trace.",
        "Set maxmemory-policy to noeviction (Heroku: heroku redis:maxmemory --policy noeviction).",
    ),
    "nearly-full": (
        "More than 85 % of its memory is used; when it is full, webhooks are answered with 503.",
        "Take a larger one, or shorten how long events are kept.",
    ),
}


def checks(settings: Settings, clocks: Clocks) -> Iterator[Check]:
    """Where no REDIS_URL is set, the embedded server runs for as long as these checks take."""
    try:
        if settings.redis_url:
            yield from _of_store(settings.redis_url, clocks)
            return
        with lease(settings.var) as running:
            yield from _of_store(running.url, clocks)
    except (ConfigurationError, StoreUnavailable) as error:
        advice = (
            "Check REDIS_URL (address, password, rediss:// where TLS is demanded), and whether the server runs. "
            "Until it answers, webhooks get 503 and senders try again."
        )
        yield wrong("store", f"{error}", advice)


def _of_store(url: str, clocks: Clocks) -> Iterator[Check]:
    with connect(url, max_connections=2) as client:
        store = Store(client)
        health = store.health()
        clocks.ask_store(store.now_ms)
        yield _speed(health, store)
        for warning in health.warnings:
            yield wrong("store", *_ADVICE[warning])
        check_writable(store)
        if not health.warnings:
            yield ok("store", "It can be written, persists, and throws nothing away.")
        yield from _of_workers(store)
        yield from _of_gates(store)


def _speed(health: Health, store: Store) -> Check:
    times = []
    for _ in range(5):
        began = time.perf_counter()
        store.now_ms()
        times.append(time.perf_counter() - began)
    limit = f" of {health.limit_bytes / 2**20:.0f}" if health.limit_bytes else ""
    used = f"{health.used_bytes / 2**20:.1f}{limit} MiB used"
    told = f"Redis {health.version} answers in {min(times) * 1000:.1f} ms; {used}."
    if min(times) > SLOW:
        return note("store", told, "That is slow: let store and relay stand in the same region.")
    return ok("store", told)


def _of_workers(store: Store) -> Iterator[Check]:
    workers = store.workers()
    alive = [worker for worker in workers if worker.seen_seconds_ago < FRESH]
    if not alive:
        last = min((worker.seen_seconds_ago for worker in workers), default=None)
        seen = f"The last one was heard of {last:.0f} s ago." if last is not None else "There has been none lately."
        advice = (
            "Start one: python -m workers (Heroku: heroku ps:scale worker=1). Until then nothing reaches JustClick."
        )
        yield wrong("worker", f"No worker lives. {seen}", advice)
        return
    slots, busy = sum(worker.slots for worker in alive), sum(worker.in_flight for worker in alive)
    yield ok("worker", f"{len(alive)} alive, {busy} of {slots} places in use.")
    beats = store.heartbeats()
    silent = [name for name in ("scheduler", "sweeper") if beats.get(name, FRESH + 1) > FRESH]
    if silent:
        told = f"A worker lives, but its {' and '.join(silent)} gave no sign for {FRESH:.0f} s: retries would not run."
        yield wrong("scheduler", told, "Look into the worker's log for sweeper.failed, and restart it.")
    else:
        yield ok("scheduler", f"It ran {beats['scheduler']:.0f} s ago, the sweeper {beats['sweeper']:.0f} s ago.")


def _of_gates(store: Store) -> Iterator[Check]:
    for gate in store.gates().values():
        why = f"code {gate.code}, {gate.text}" if gate.code is not None else gate.text or gate.reason
        told = f"{gate.kind} {gate.subject} is paused ({why}); {store.held_count(gate.name)} deliveries are held."
        command = f"python -m relay resume {gate.kind} {gate.subject}"
        yield note("pause", told, f"When the reason is gone, press Resume on the status page, or: {command}")
