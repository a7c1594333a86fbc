"""The probes: does the process live, can the store be written, and all the numbers for Prometheus."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from relay.errors import StoreUnavailable
from relay.parts import Parts
from relay.store import glances
from relay.web.api import answer_errors, demand_token
from relay.web.facts import SILENT_SECONDS
from relay.web.metrics import Numbers


def blueprint(parts: Parts) -> Blueprint:
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def alive() -> ResponseReturnValue:
        return jsonify(status="ok")

    @health.get("/readyz")
    def ready() -> ResponseReturnValue:
        """Whether a webhook could be kept. A worker that is missing does not close the doors; it is told."""
        try:
            glances.check_writable(parts.store)
            beats = parts.store.heartbeats()
        except StoreUnavailable as error:
            response = jsonify(status="not ready", error=error.reason, message=str(error))
            response.headers["Retry-After"] = "5"
            return response, 503
        silent = sorted(task for task, ago in beats.items() if ago > SILENT_SECONDS)
        return jsonify(status="ready", tasks={task: round(ago, 1) for task, ago in beats.items()}, silent=silent)

    health.register_blueprint(_metrics(parts))
    return health


def _metrics(parts: Parts) -> Blueprint:
    """With the API's token: names of hooks and how business goes are nobody else's."""
    metrics = Blueprint("metrics", __name__)
    demand_token(metrics, parts.settings.api_token)
    answer_errors(metrics)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Numbers(parts))

    @metrics.get("/metrics")
    def scrape() -> ResponseReturnValue:
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return metrics
