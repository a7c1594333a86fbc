"""Does it stay fast? Intake, delivery and every query with a large store, beside the same with a nearly empty one.

``python -m benchmarks.growth [--events 1000000] [--waiting 100000]``. Both stores stand side by side on one machine and
are measured in turns. Queries are compared with a store of 20,000 events, since in an empty one a page has no rows.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask.testing import FlaskClient

from app import create_app
from benchmarks import history, intake
from benchmarks.report import Table
from benchmarks.running import Rig
from config.settings import load_settings
from relay.connect import connect
from relay.store import Store
from tests.support.running import TOKEN, eventually

FEW = history.Past(20_000, 2_000)  # beside which queries are measured: lists have full pages, walks their full length
NONE = history.Past(0, 0)  # beside which intake and delivery are measured
TURNS = 8
ROUNDS = 60  # of each query, in turns between the stores
INTAKE_SECONDS = 2
CALLS = 4_000  # delivered in one turn

# What a person or a program asks; {names} are filled in for each store from what stands in it.
QUERIES = {
    "overview": "/",
    "status of the API": "/api/v1/status",
    "metrics": "/metrics",
    "readyz": "/readyz",
    "deliveries": "/deliveries",
    "deliveries, in the middle": "/deliveries?cursor={delivery}",
    "deliveries, dead": "/deliveries?state=dead",
    "deliveries, dead with a code": "/deliveries?state=dead&code=606",
    "deliveries, delivered of a hook": "/deliveries?state=delivered&hook=order",
    "deliveries, a hook and a function": "/deliveries?hook=order&function=CreateOrder",
    "API: deliveries": "/api/v1/deliveries",
    "API: dead": "/api/v1/deliveries?state=dead",
    "API: dead of a hook with a code": "/api/v1/deliveries?state=dead&hook=order&code=102&limit=20",
    "API: queued": "/api/v1/deliveries?state=queued",
    "API: waiting": "/api/v1/deliveries?state=waiting",
    "API: retrying": "/api/v1/deliveries?state=retrying",
    "API: held": "/api/v1/deliveries?state=held",
    "API: discarded of a function": "/api/v1/deliveries?state=discarded&function=CreateOrder",
    "API: a function": "/api/v1/deliveries?function=UpdateOrderStatus",
    "API: a code": "/api/v1/deliveries?code=102",
    "API: delivered with a code": "/api/v1/deliveries?state=delivered&code=102",
    "API: nothing matches": "/api/v1/deliveries?hook=payment&function=CreateOrder",
    "API: an e-mail": "/api/v1/deliveries?q={email}",
    "API: a delivery": "/api/v1/deliveries/{delivery}",
    "API: an event": "/api/v1/events/{event}",
    "search: an e-mail": "/search?q={email}",
    "search: a phone": "/search?q=%2B{phone}",
    "search: an order": "/search?q={order}",
    "search: nobody": "/search?q=nobody%40example.com",
    "events": "/events",
    "events of a hook, in the middle": "/events?hook=lead&cursor={event}",
    "event": "/events/{event}",
    "delivery": "/deliveries/{delivery}",
    "hook": "/inbox/lead",
    "refusals of a hook": "/inbox/lead/refusals",
    "try a hook": "/inbox/lead/try",
    "plan a replay of all dead": "/replays/new",
    "plan a replay of a hook with a code": "/replays/new?hook=order&code=102",
}


@dataclass
class Stage:
    """A store with its past, and the web half over it."""

    rig: Rig
    client: FlaskClient
    names: dict[str, str]

    def ask(self, query: str) -> float:
        """Seconds until the answer is there. Raises AssertionError for any other status than 200."""
        began = time.perf_counter()
        answer = self.client.get(query.format(**self.names), headers={"Authorization": f"Bearer {TOKEN}"})
        took = time.perf_counter() - began
        assert answer.status_code == 200, (query, answer.status_code, answer.text[:300])
        return took


def staged(stack: ExitStack, past: history.Past) -> Stage:
    rig = stack.enter_context(Rig(Path(stack.enter_context(tempfile.TemporaryDirectory())), 0))
    unlimited = "    max_per_minute: 100000000\n    event_id:"  # of the hook `lead`
    rig.relay.configuration = rig.relay.configuration.replace("    event_id:", unlimited)
    load(rig, past)
    settings = load_settings(rig.relay.environ | {"RELAY_LOG_LEVEL": "error", "RELAY_ENV": "development"})
    client = create_app(settings, connect(rig.redis_url)).test_client()
    log_in(client)
    return Stage(rig, client, names_in(rig.store, past))


def load(rig: Rig, past: history.Past) -> None:
    """The append-only file is written once at the end and not again while something is measured."""
    redis = rig.store.redis
    redis.config_set("appendonly", "no")
    if past.events:
        history.fill(rig.store, f"{rig.folder}/redis.sock", past)
    redis.config_set("auto-aof-rewrite-percentage", "0")
    redis.config_set("appendonly", "yes")
    eventually(lambda: not redis.info("persistence")["aof_rewrite_in_progress"], 600, "the append-only file")


def names_in(store: Store, past: history.Past) -> dict[str, str]:
    """An e-mail, a phone, an order and ids from the middle of the store."""
    if not past.events:
        return {}
    number = past.events // 200 * 100 + 75  # it made an order
    [event] = store.events(q=history.email(number)).items
    found = {"email": history.email(number), "phone": history.phone(number), "order": f"A-{number}"}
    return found | {"event": event.id, "delivery": event.deliveries[0]}


def log_in(client: FlaskClient) -> None:
    token = client.get("/login").text.partition('name="csrf" value="')[2].partition('"')[0]
    assert client.post("/login", data={"csrf": token, "password": "page-password"}).status_code == 303


# ---------------------------------------------------------------- measuring
def ask_all(few: Stage, many: Stage) -> Table:
    """Median milliseconds of every query in both stores."""
    table = Table("query", f"ms, {FEW.events:,} events", "ms, all events", "ratio of speed")
    for name, query in QUERIES.items():
        pairs = [_ask_both(few, many, query, place % 2 == 0) for place in range(ROUNDS)][5:]
        small, large = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
        table.row(name, small, large, small / large)
        print(f"{name}: {small:.1f} ms, {large:.1f} ms, {small / large:.2f}", flush=True)
    return table


def _ask_both(few: Stage, many: Stage, query: str, few_first: bool) -> tuple[float, float]:
    if few_first:
        return few.ask(query), many.ask(query)
    last = many.ask(query)
    return few.ask(query), last


@contextmanager
def web_of(rig: Rig) -> Iterator[Callable[[], float]]:
    """Two web processes, and what measures how many webhooks a second they take."""
    rig.relay.more_environ = {"WEB_CONCURRENCY": "2", "RELAY_LOG_LEVEL": "warning"}
    web = rig.relay.start_web()

    def rate() -> float:
        return intake.wrk(rig.relay.port, intake.script(rig.folder), INTAKE_SECONDS)[0]

    yield rate
    web.terminate()
    web.wait(30)


def taken(none: Rig, many: Rig) -> Iterator[tuple[float, float]]:
    """Webhooks a second, in turns. The empty store is emptied before each."""
    with web_of(none) as of_none, web_of(many) as of_many:
        for turn in range(-1, TURNS):
            none.store.redis.flushall()
            rates = of_none(), of_many()
            if turn >= 0:  # the first one warms up
                yield rates


def delivered(none: Rig, many: Rig) -> Iterator[tuple[float, float]]:
    """Calls a second of one worker whose service answers at once, in turns."""
    for _ in range(TURNS):
        none.store.redis.flushall()
        history.queue(none.store, f"{none.folder}/redis.sock", CALLS * 2)
        yield worked(none), worked(many)


def worked(rig: Rig) -> float:
    with rig.worker():
        start = rig.store.counts()["delivered"]
        rig.wait_for(lambda counts: counts["delivered"] > start + 500, 120)
        began, before = time.perf_counter(), rig.store.counts()["delivered"]
        rig.wait_for(lambda counts: counts["delivered"] >= before + CALLS, 120)
        return (rig.store.counts()["delivered"] - before) / (time.perf_counter() - began)


def rates_of(none: Rig, many: Rig, table: Table) -> None:
    for name, measure in (("webhooks taken a second", taken), ("calls delivered a second", delivered)):
        pairs = []
        for pair in measure(none, many):
            pairs.append(pair)
            print(name, *(round(rate) for rate in pair), flush=True)
        empty, full = (statistics.median(column) for column in zip(*pairs, strict=True))
        table.row(name, empty, full, statistics.median(large / small for small, large in pairs))


def main(events: int = 1_000_000, waiting: int = 100_000) -> str:
    with ExitStack() as stack:
        began = time.perf_counter()
        # What is delivered while it is measured is queued beforehand, so that as many wait in the end as are promised.
        many = staged(stack, history.Past(events, waiting + CALLS * 2 * TURNS))
        held = many.rig.store.redis.info("memory")["used_memory"] / 2**20
        print(f"{events:,} events, {held:,.0f} MB, in {time.perf_counter() - began:.0f} s", flush=True)
        times = ask_all(staged(stack, FEW), many)
        rates = Table("", "empty store", f"{events:,} events, {waiting:,} on their way", "ratio of speed")
        rates_of(staged(stack, NONE).rig, many.rig, rates)
        counts = many.rig.store.counts()
    left = sum(counts[state] for state in ("queued", "waiting", "retrying", "held"))
    assert left >= waiting, f"only {left} were on their way in the end"
    return f"{rates.text}\n\n{times.text}\n\nPromised: no ratio below 0.90."


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--events", type=int, default=1_000_000)
    arguments.add_argument("--waiting", type=int, default=100_000)
    chosen = arguments.parse_args()
    print(main(chosen.events, chosen.waiting))
