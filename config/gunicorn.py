"""How the web half is served: threads, a clean stop within 25 seconds, workers renewed at times. Logs no request."""

from __future__ import annotations

import os
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from config.logging import configure_logging
from config.settings import load_settings, on_platform
from config.web_process import OPEN, PunctualWorker
from relay.errors import ConfigurationError


class QuietLogger(Logger):  # type: ignore[misc]
    """gunicorn's own lines go the way of all others; requests are not logged: their addresses may hold tokens."""

    access_log_enabled = False

    def setup(self, cfg: Any) -> None:
        self.cfg = cfg
        self.error_log.setLevel(self.LOG_LEVELS[cfg.loglevel])
        self.error_log.propagate = True
        self.error_log.handlers = []

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        """Nothing: what happened to a webhook is an event of its own."""


try:
    _settings = load_settings()
except ConfigurationError as error:
    sys.exit(f"The relay cannot start:\n{error}")
configure_logging(_settings)

bind = [f"{_settings.host}:{_settings.port}"]
workers = _settings.web_concurrency
worker_class = PunctualWorker
threads = _settings.web_threads

# Stopping: requests that run are finished, then it ends; platforms kill after 30 seconds, we promise 25.
graceful_timeout = 20
timeout = 60

# With a listener of its own (reuse_port) each process gets an even share of the connections, but those that wait in it
# are cut off when the process is renewed. So it is one or the other; nothing is lost with the default.
reuse_port = _settings.reuse_port
max_requests = 0 if reuse_port else 500_000
max_requests_jitter = 100_000

# One interpreter lock cannot use two cores: threads that wander between them only pull the lock and their caches to
# and fro. So each process keeps to a core of its own, but only where there are exactly as many cores as processes:
# with more of them a process must be able to leave a core that something else keeps busy, with fewer two would share
# one. Not with the embedded server either, which a web process starts: it would inherit the core.
_cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
_one_each = len(_cores) == workers > 1 and _settings.redis_url is not None


def pre_fork(server: Any, worker: PunctualWorker) -> None:
    """In the parent, which knows the cores of all its processes: a renewed one takes the core that has become free."""
    if _one_each:
        taken = Counter(sibling.core for sibling in server.WORKERS.values())
        worker.core = min(_cores, key=lambda core: taken[core])


def post_fork(_server: Any, worker: PunctualWorker) -> None:
    if worker.core is not None:
        with suppress(OSError):  # a core that has been taken away since the start
            os.sched_setaffinity(0, {worker.core})


def child_exit(_server: Any, worker: PunctualWorker) -> None:
    """In the parent: also one that was killed takes no more connections."""
    OPEN.forget(worker.age)


# A router that keeps its connections open for 90 seconds must never find one that we have just closed.
keepalive = 100 if on_platform(os.environ) else 15
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a heartbeat must not wait for a disk
control_socket_disable = True

# A webhook may come with all its data in the query string.
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 16_380

# X-Forwarded-* are read in one place only, which counts the hops (RELAY_TRUSTED_PROXIES).
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
header_map = "drop"

logger_class = QuietLogger
# At home its comings and goings are noise between the lines about webhooks.
loglevel = "warning" if _settings.log_level == "info" and not _settings.production else _settings.log_level
accesslog = None
