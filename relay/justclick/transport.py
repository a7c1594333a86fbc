"""urllib3 set up for signed POSTs: verified TLS, keep-alive, no retries, and the knowledge of what had been sent.

It knows nothing of JustClick. Redirects are never followed, and no proxy is taken from the environment.
"""

from __future__ import annotations

import http.client
import queue
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from relay.outcomes import Unreached

CONNECT_TIMEOUT = 5.0  # seconds
MAX_ANSWER = 4 * 1024 * 1024  # bytes
# Apache closes an idle connection after 5 s; one that is older than this is opened anew, so that a POST is hardly ever
# written into a connection that the other side is just closing (nobody could tell then whether it arrived)
MAX_IDLE = 4.0
MAX_HOSTS = 1000  # whose connections are kept: every JustClick account is a host of its own
_AT_ONCE = struct.pack("ii", 1, 0)  # linger for 0 s: closed with a reset, and what was not sent yet is thrown away
_BROKEN = (http.client.RemoteDisconnected, http.client.IncompleteRead)


class _Patience:
    """Ends connections whose answer does not come to the end of its headers in time: a socket's own time-out counts
    from byte to byte, and who sends one byte now and then would hold a thread for ever.
    """

    STEP = 0.25  # seconds between two looks

    def __init__(self) -> None:
        self.waits: dict[_Connection, float] = {}  # who waits for an answer -> time.monotonic() at which it is late
        self.lock = threading.Lock()
        self.thread: threading.Thread | None = None

    def begin(self, connection: _Connection, seconds: float) -> None:
        self.waits[connection] = time.monotonic() + seconds
        if not (self.thread and self.thread.is_alive()):
            self._start()

    def _start(self) -> None:
        """Not before it is needed: a process that forks takes no threads along."""
        with self.lock:
            if not (self.thread and self.thread.is_alive()):
                self.thread = threading.Thread(target=self._watch, name="patience", daemon=True)
                self.thread.start()

    def has_ended(self, connection: _Connection) -> bool:
        """Takes it from the list; True when the other one, watch or owner, has done so before."""
        return self.waits.pop(connection, None) is None

    def _watch(self) -> None:
        while True:
            time.sleep(self.STEP)
            now = time.monotonic()
            for connection, late_at in list(self.waits.items()):
                if now > late_at and not self.has_ended(connection):
                    with suppress(OSError, AttributeError, TypeError):  # closed meanwhile: an old socket, or None
                        # of the socket itself: TLS would want to say good-bye
                        socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)  # type: ignore[attr-defined]


_patience = _Patience()


class _Connection:
    """A connection that counts as closed when it has been idle too long, and whose answers must begin in time."""

    used_at = 0.0
    unanswered = False  # a request is on its way, and no answer to it has begun

    def request(self, *args: Any, **kwargs: Any) -> None:
        self.unanswered = True
        super().request(*args, **kwargs)  # type: ignore[misc]

    def close(self) -> None:
        """What is given up goes no further. The system would go on sending it for a minute or more when the network is
        away, and an order be made after somebody had looked whether it was.
        """
        if self.unanswered:
            self.unanswered = False
            with suppress(OSError, AttributeError):  # no socket
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)  # type: ignore[attr-defined]
        super().close()  # type: ignore[misc]

    def getresponse(self) -> Any:
        silence: float = self.timeout  # type: ignore[attr-defined]
        _patience.begin(self, silence + _Patience.STEP)  # silence itself is the socket's affair, and told as such
        try:
            response = super().getresponse()  # type: ignore[misc]
        finally:
            if _patience.has_ended(self):
                raise TimeoutError("the answer began, but its headers did not end in time")
        self.used_at = time.monotonic()
        self.unanswered = False
        return response

    @property
    def idle_too_long(self) -> bool:
        return time.monotonic() - self.used_at >= MAX_IDLE

    @property
    def is_connected(self) -> bool:
        return not self.idle_too_long and bool(super().is_connected)  # type: ignore[misc]


class _Plain(_Connection, HTTPConnection):
    pass


class _Secure(_Connection, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


def new_manager(size: int, ca_file: str | None = None) -> urllib3.PoolManager:
    """Connections that many threads share, ``size`` kept open per host. ``ca_file``: instead of the system's."""
    manager = urllib3.PoolManager(MAX_HOSTS, maxsize=size, retries=False, cert_reqs="CERT_REQUIRED", ca_certs=ca_file)
    manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
    return manager


def close_idle(manager: urllib3.PoolManager) -> int:
    """Closes the kept connections that will not be used again, so that a peak does not hold them for ever. How many."""
    with manager.pools.lock:  # not by its keys: to ask for one makes it the latest used
        pools = list(manager.pools._container.values())
    return sum(_close_idle(pool.pool) for pool in pools if pool.pool is not None)


def _close_idle(kept: queue.LifoQueue[Any]) -> int:
    with kept.mutex:  # who takes one out needs it too: what is in the queue is in nobody's hands
        idle = [connection for connection in kept.queue if connection and connection.sock and connection.idle_too_long]
        for connection in idle:
            connection.close()  # it stays in the queue, and opens itself when it is needed
    return len(idle)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    status: int
    headers: Mapping[str, str]
    content: bytes


class _Outgoing:
    """A body that knows whether its last byte has been handed to the operating system."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.sent = False

    def __iter__(self) -> Iterator[bytes]:
        yield self.content
        self.sent = True  # asked for more: what came before has been written


def post(
    manager: urllib3.PoolManager,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    timeout: float,
    *,
    method: str = "POST",
) -> HttpAnswer | Unreached:
    """One request. Never raises for what the network does. ``timeout``: seconds for the headers, and for the body."""
    outgoing = _Outgoing(body)
    try:
        response = manager.urlopen(
            method,
            url,
            body=outgoing,
            headers={**headers, "Content-Length": str(len(body))},
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT, read=timeout),
            redirect=False,
            retries=False,
            preload_content=False,
        )
        return _read(response, time.monotonic() + timeout)
    except (urllib3.exceptions.HTTPError, OSError, http.client.HTTPException) as error:
        return unreached(error, outgoing.sent)


def _read(response: urllib3.BaseHTTPResponse, deadline: float) -> HttpAnswer | Unreached:
    content = bytearray()
    finished = False
    try:
        while chunk := response.read1(65536):
            content += chunk
            if len(content) > MAX_ANSWER:
                detail = f"the answer is larger than {MAX_ANSWER // 1024 // 1024} MiB"
                return Unreached("not-json", detail, may_have_arrived=True, status=response.status)
            if time.monotonic() > deadline:
                detail = "the answer began, but did not end in time"
                return Unreached("timeout", detail, may_have_arrived=True, status=response.status)
        finished = True
    finally:
        if finished:
            response.release_conn()
        else:
            response.close()  # what is left in this connection must not meet the next answer
    return HttpAnswer(response.status, dict(response.headers), bytes(content))


def unreached(error: Exception, sent: bool) -> Unreached:
    """What a failure of the network means. ``sent``: the whole request had left us, so it may have been carried out."""
    failures = urllib3.exceptions
    if isinstance(error, failures.SSLError):
        return Unreached("tls", f"no trusted connection: {_told(error)}", may_have_arrived=sent)
    if isinstance(error, failures.NameResolutionError):
        return Unreached("no-connection", "the name of the host is not known (DNS)", may_have_arrived=False)
    if isinstance(error, failures.NewConnectionError | failures.LocationValueError):
        return Unreached("no-connection", f"no connection: {_told(error)}", may_have_arrived=False)
    if isinstance(error, failures.ConnectTimeoutError):
        return Unreached("no-connection", f"no connection within {CONNECT_TIMEOUT:g} s", may_have_arrived=False)
    if isinstance(error, failures.TimeoutError | TimeoutError):
        where = "sent, but no answer came in time" if sent else "it could not be sent in time"
        return Unreached("timeout", where, may_have_arrived=sent)
    if isinstance(error, failures.DecodeError):
        return Unreached("not-json", "the answer is compressed, and not as it says", may_have_arrived=True)
    if isinstance(_innermost(error), http.client.HTTPException) and not isinstance(_innermost(error), _BROKEN):
        return Unreached("not-json", "what came back is not HTTP", may_have_arrived=True)
    where = "behind the last byte sent" if sent else "before all was sent"
    return Unreached("cut", f"the connection broke {where}: {_told(error)}", may_have_arrived=sent)


def _told(error: BaseException) -> str:
    """The innermost cause, in the words of the system."""
    cause = _innermost(error)
    reason = getattr(cause, "verify_message", "") or getattr(cause, "strerror", "") or str(cause)
    return f"{reason or type(cause).__name__}"[:200]


def _innermost(error: BaseException) -> BaseException:
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return error
