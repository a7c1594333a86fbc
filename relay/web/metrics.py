"""The numbers for Prometheus, read from the store at each scrape: every web process tells the same of the whole relay.

Labels are hooks, reasons, codes and states, which are few; never an e-mail, an id or a body.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from relay.lifecycle import State
from relay.parts import Parts
from relay.store.took import buckets
from relay.web.facts import Facts, gather


class Numbers(Collector):
    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def describe(self) -> list[Metric]:
        """Nothing: registering must not ask the store."""
        return []

    def collect(self) -> Iterator[Metric]:
        facts = gather(self.parts)
        yield from _counters(facts.totals)
        yield _took(self.parts.store.took())
        yield from _gauges(facts)


def _counters(totals: Mapping[str, int]) -> Iterator[Metric]:
    accepted = CounterMetricFamily("relay_accepted", "Webhooks kept as events.", labels=["hook"])
    refused = CounterMetricFamily("relay_refused", "Webhooks not taken.", labels=["hook", "reason"])
    dead = CounterMetricFamily("relay_dead", "Deliveries that became dead letters.", labels=["code"])
    delivered = CounterMetricFamily("relay_delivered", "Deliveries that JustClick accepted.")
    for name, count in totals.items():
        kind, *labels = name.split(":")
        if kind == "accepted" and len(labels) == 1:
            accepted.add_metric(labels, count)
        elif kind == "refused" and len(labels) == 2:
            refused.add_metric(labels, count)
        elif kind == "dead":
            dead.add_metric([":".join(labels)], count)
    delivered.add_metric([], totals.get("delivered", 0))
    yield from (accepted, refused, delivered, dead)


def _took(counted: Mapping[str, int]) -> Metric:
    about = "From the webhook that was accepted to the call that JustClick accepted."
    bounds, seconds = buckets(counted)
    return HistogramMetricFamily("relay_accept_to_delivered_seconds", about, buckets=bounds, sum_value=seconds)


def _gauges(facts: Facts) -> Iterator[Metric]:
    states = GaugeMetricFamily("relay_deliveries", "Deliveries by state.", labels=["state"])
    for state, count in facts.counts.items():
        states.add_metric([state], count)
    yield states
    tasks = GaugeMetricFamily("relay_task_seconds_ago", "Seconds since a periodic task ran.", labels=["task"])
    for task, ago in facts.heartbeats.items():
        tasks.add_metric([task], ago)
    yield tasks
    silent = GaugeMetricFamily("relay_tasks_silent", "Periodic tasks that should have run and have not.")
    silent.add_metric([], len(facts.silent))
    yield silent
    pauses = GaugeMetricFamily("relay_paused", "Closed gates and what they hold.", labels=["gate"])
    for name in facts.gates:
        pauses.add_metric([name], facts.held.get(name, 0))
    yield pauses
    single = {
        "relay_in_flight": ("Calls being made now.", facts.counts[State.SENDING]),
        "relay_oldest_waiting_seconds": ("Age of the oldest delivery on its way.", facts.oldest_seconds or 0.0),
        "relay_workers_alive": ("Worker processes that beat.", len(facts.workers)),
        "relay_redis_memory_bytes": ("Memory that the store uses.", facts.health.used_bytes),
        "relay_redis_memory_limit_bytes": ("Memory that the store may use; 0: no limit.", facts.health.limit_bytes),
    }
    for name, (about, value) in single.items():
        yield GaugeMetricFamily(name, about, value=value)
