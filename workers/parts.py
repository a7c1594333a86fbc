"""The worker half is put together here, and nowhere else."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import uuid4

from redis import Redis

from config.logging import configure_logging
from config.settings import Settings, load_settings
from relay import hooks
from relay.connect import connect
from relay.deciding import rest_when_left
from relay.embedded_redis import ensure
from relay.justclick.client import JustClick, Pool, new_pool
from relay.models import Configuration, Delivery
from relay.store import Store
from workers.circuit import Circuit

MOST_REDIS_CONNECTIONS = 5  # of a worker process: the smallest hosted stores allow 20 in all, and a deploy overlaps


@dataclass(frozen=True, slots=True)
class WorkerParts:
    name: str  # unique: a worker that comes back is another one
    settings: Settings
    configuration: Configuration
    store: Store
    clients: Mapping[str, JustClick]  # by account
    pool: Pool
    circuit: Circuit = field(default_factory=Circuit)

    def rest(self, delivery: Delivery) -> float:
        """Seconds for which a call whose worker has left is not touched."""
        account = self.configuration.accounts.get(delivery.account)
        return rest_when_left(delivery, account.timeout) if account else 0.0


def build(settings: Settings | None = None, redis: Redis | None = None) -> WorkerParts:
    """All that a worker needs. Raises ConfigurationError when the environment or relay.yaml is wrong."""
    settings = settings or load_settings()
    configure_logging(settings)
    configuration = hooks.load(settings.config_path, settings.environ)
    if redis is None:
        redis = connect(settings.redis_url or ensure(settings.var), max_connections=MOST_REDIS_CONNECTIONS)
    pool = new_pool(settings.in_flight)
    clients = {name: JustClick(account, pool) for name, account in configuration.accounts.items()}
    name = f"{socket.gethostname()}.{os.getpid()}.{uuid4().hex[:6]}"
    return WorkerParts(name, settings, configuration, Store(redis), clients, pool)
