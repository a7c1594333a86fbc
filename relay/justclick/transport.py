"""urllib3 set up for signed POSTs: verified TLS, keep-alive, no retries, and the knowledge of what had been sent.

It knows nothing of JustClick. Redirects are never followed, and no proxy is taken from the environment.
"""

from __future__ import annotations

import http.client
import io
import queue
import socket
import struct
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from relay.outcomes import Unreached

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CONNECT_TIMEOUT = 5.0  # seconds
MAX_ANSWER = 4 * 1024 * 1024  # bytes
# Apache closes an idle connection after 5 s; one that is older than this is opened anew, so that a POST is hardly ever
# written into a connection that the other side is just closing (nobody could tell then whether it arrived)
MAX_IDLE = 4.0
MAX_HOSTS = 1000  # whose connections are kept: every JustClick account is a host of its own
_LINGER_AS_USUAL = struct.pack("ii", 0, 0)
_LINGER_NEVER = struct.pack("ii", 1, 0)  # linger for 0 s: closed with a reset, and what was not sent yet is thrown away
_GZIP = b"\x1f\x8b"  # how it begins
_BROKEN = (http.client.RemoteDisconnected, http.client.IncompleteRead)


class _UntilDeadline(io.RawIOBase):
    """What a socket brings, until a deadline: its own time-out counts from byte to byte, and who sends one byte now and
    then would hold a thread for ever (in a line of a chunk's size, a trailer or a header, where nobody else can look).
    """

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.seconds = sock.gettimeout() or 0.0
        self.raw = sock.makefile("rb", buffering=0)  # keeps the socket open when the connection lets go of it
        self.begin()

    def begin(self) -> None:
        self.deadline = time.monotonic() + self.seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("it began, but did not end in time")
        self.sock.settimeout(left)
        return self.raw.readinto(buffer)

    def close(self) -> None:
        self.raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """An answer whose headers must end in time, and then its body: the connection's time-out for each of them."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self._until_deadline = _UntilDeadline(sock)
        self.fp = io.BufferedReader(self._until_deadline)

    def begin(self) -> None:
        super().begin()
        self._until_deadline.begin()


class _Connection:
    """A connection that counts as closed when it has been idle too long, and whose answers must come in time."""

    response_class: Any = _Answer
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
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NEVER)  # type: ignore[attr-defined]
        super().close()  # type: ignore[misc]

    def getresponse(self) -> Any:
        sock = self.sock  # type: ignore[attr-defined]
        response = super().getresponse()  # type: ignore[misc]
        if self.sock is None:  # type: ignore[attr-defined]
            # The answer is the last on this connection, which has been left to it, and is to end as usual.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_AS_USUAL)
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
        return _read(response)
    except (urllib3.exceptions.HTTPError, OSError, http.client.HTTPException) as error:
        return unreached(error, outgoing.sent)


def _read(response: urllib3.BaseHTTPResponse) -> HttpAnswer | Unreached:
    """As it came, never unpacked: what is packed can be read for ever and say nothing, and nobody asked for it."""
    content = bytearray()
    finished = False
    try:
        while chunk := response.read1(65536, decode_content=False):
            content += chunk
            if len(content) > MAX_ANSWER:
                return _unusable("not-json", f"the answer is larger than {MAX_ANSWER // 1024 // 1024} MiB", response)
        finished = True
    except urllib3.exceptions.TimeoutError:
        return _unusable("timeout", "the answer began, but did not end in time", response)
    finally:
        if finished:
            response.release_conn()
        else:
            response.close()  # what is left in this connection must not meet the next answer
    if 200 <= response.status < 300 and content.startswith(_GZIP):
        return _unusable("not-json", "the answer is compressed, which nobody asked for", response)
    return HttpAnswer(response.status, dict(response.headers), bytes(content))


def _unusable(reason: str, detail: str, response: urllib3.BaseHTTPResponse) -> Unreached:
    return Unreached(reason, detail, may_have_arrived=True, status=response.status)


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
