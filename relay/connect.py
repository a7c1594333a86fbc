"""One Redis client from one address: bounded in time, in retries and in connections. Opens nothing by itself.

redis-py retries nothing when a client is made from an address, waits without end for an answer and opens connections
without a limit; a hosted store of the smallest size allows twenty in all. So everything is said here.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from redis import BlockingConnectionPool, Redis
from redis.backoff import ExponentialWithJitterBackoff
from redis.retry import Retry
from redis.sentinel import Sentinel, SentinelConnectionPool

from relay.errors import ConfigurationError

SENTINEL_SHAPE = "redis+sentinel://:password@host1:26379,host2:26379/name-of-the-master/0"


def connect(url: str, *, max_connections: int = 2, timeout: float = 5.0, retries: int = 2) -> Redis:
    """A client for ``redis://``, ``rediss://``, ``unix://`` or ``redis+sentinel://``; answers are bytes.

    It may be shared by threads: one that finds all ``max_connections`` in use waits for one up to ``timeout`` seconds.
    ``timeout`` also bounds each answer: a blocking command (BLMOVE) must wait for less. A command whose connection
    breaks is sent again up to ``retries`` times, so what is sent must bear being carried out twice.
    Raises ConfigurationError when the address cannot be understood; connects at the first command.
    """
    options = _options(timeout, retries)
    limits = {"max_connections": max_connections, "timeout": timeout}
    try:
        if "+sentinel://" in url:
            return _by_sentinel(url, options, limits)
        if not url.startswith("unix://"):
            options |= {"socket_keepalive": True, "socket_connect_timeout": min(timeout, 3.0)}
        return Redis.from_pool(BlockingConnectionPool.from_url(url, **options, **limits))
    except ValueError as error:
        raise ConfigurationError(f"REDIS_URL cannot be understood: {error}") from error


def _options(timeout: float, retries: int) -> dict[str, Any]:
    # No health checks: on a new connection they are tried again within each try to connect, nine time-outs in all, and
    # they find nothing that the command itself would not.
    return {
        "socket_timeout": timeout,
        "retry": Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.5), retries),
        "protocol": 2,  # one shape of answers with every server, and no greeting that an old proxy rejects
        "client_name": "justclick-relay",
        "driver_info": None,  # two commands less a connection
    }


class _BlockingSentinelPool(SentinelConnectionPool, BlockingConnectionPool):
    """redis-py's pool behind sentinels fails when all its connections are in use; this one waits."""


def _by_sentinel(url: str, options: dict[str, Any], limits: dict[str, Any]) -> Redis:
    parts = urlsplit(url)
    hosts = [_address(host) for host in parts.netloc.rpartition("@")[2].split(",") if host]
    master, _, database = unquote(parts.path).strip("/").partition("/")
    if not hosts or not master or not (database or "0").isdigit():
        raise ConfigurationError(f"REDIS_URL names no sentinels or no master; it looks like {SENTINEL_SHAPE}")
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    own, theirs = (
        _credentials(parts.username, parts.password),
        _credentials(query.get("sentinel_username"), query.get("sentinel_password")),
    )
    secured: dict[str, Any] = {}
    if parts.scheme == "rediss+sentinel":
        secured = {"ssl": True, **{name: value for name, value in query.items() if name.startswith("ssl_c")}}
    quick = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0, "protocol": 2, "driver_info": None, "retry": None}
    sentinels = Sentinel(hosts, sentinel_kwargs={**quick, **theirs, **secured})  # type: ignore[no-untyped-call]
    pool = _BlockingSentinelPool(  # type: ignore[no-untyped-call]
        master,
        sentinels,
        check_connection=True,
        db=int(database or 0),
        socket_connect_timeout=3.0,
        socket_keepalive=True,
        **own,
        **secured,
        **options,
        **limits,
    )
    return Redis.from_pool(pool)


def _credentials(username: str | None, password: str | None) -> dict[str, str]:
    given = {"username": username, "password": password}
    return {name: unquote(value) for name, value in given.items() if value}


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        host, port = text, "26379"
    if not port.isdigit():
        raise ConfigurationError(f"REDIS_URL: {text!r} is no address of a sentinel; it looks like host1:26379")
    return host.strip("[]"), int(port)
