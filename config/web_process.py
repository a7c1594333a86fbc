"""A web process: gunicorn's worker with threads, which waits for no one too long and leaves its like their share."""

from __future__ import annotations

import mmap
import selectors
import socket
import time
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.http.message import Request
from gunicorn.workers.gthread import TConn, ThreadWorker

SLOWEST = 15.0  # seconds in which a request has to arrive; a clean stop waits for longer than that
LINGER = 2.0  # seconds in which the other side has to close its half of a connection that is over
STAND_BACK = 0.02  # seconds for which a connection is left to a process that has fewer of them, and takes none
AGAIN = 0.1  # seconds from then on in which it is not done again
PLACES = 32
NOBODY = -1


class OpenConnections:
    """How many connections each web process has open. All see it: made before they are forked, it is shared memory.

    A process is known by the number that gunicorn gives it, its ``age``.
    """

    def __init__(self) -> None:
        self._counts = memoryview(mmap.mmap(-1, 4 * PLACES)).cast("i")
        for place in range(PLACES):
            self._counts[place] = NOBODY

    def tell(self, age: int, connections: int) -> None:
        self._counts[age % PLACES] = connections

    def forget(self, age: int) -> None:
        """It takes no more."""
        self._counts[age % PLACES] = NOBODY

    def fewest(self) -> int:
        """Of those that take connections."""
        return min((count for count in self._counts if count != NOBODY), default=0)


OPEN = OpenConnections()


class PunctualWorker(ThreadWorker):  # type: ignore[misc]
    """Sends nobody away who is slow, but does not wait for ever: whoever stops in the middle of a request would keep a
    thread, and a few of them all threads.
    """

    core: int | None = None  # to which it keeps, see pre_fork in gunicorn.py

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.begun: dict[TConn, float] = {}
        self.requests: dict[TConn, Request] = {}  # being answered
        self.cut_short: set[TConn] = set()
        self.lingering: dict[TConn, float] = {}  # our half is closed -> time.monotonic() at which all is
        self.stood_back = 0.0  # time.monotonic() at which it last began to
        self.fewest = 0  # connections that another process had then

    def handle(self, conn: TConn) -> Any:
        """In one of the threads: a request is read and answered.

        A connection that is read no more is not kept: of the next request on it only a part might be seen.
        """
        self.begun[conn] = time.monotonic()
        try:
            kept = super().handle(conn)
        finally:
            del self.begun[conn]
        if conn not in self.cut_short:
            return kept
        self.cut_short.discard(conn)
        return False

    def handle_request(self, req: Request, conn: TConn) -> Any:
        self.requests[conn] = req
        try:
            return super().handle_request(req, conn)
        finally:
            del self.requests[conn]

    def finish_request(self, conn: TConn, fs: Future[Any]) -> None:
        """In the main thread. The close lingers in the poller: gunicorn would wait here until the other side has closed
        its half, up to two seconds for each, and accept nobody meanwhile.
        """
        if fs.cancelled() or fs.exception() or fs.result():
            super().finish_request(conn, fs)
            return
        self.lingering[conn] = time.monotonic() + LINGER
        try:
            conn.sock.shutdown(socket.SHUT_WR)  # a full close could cut off our answer, if something is left to read
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._drain, conn))
        except (OSError, ValueError):  # it is gone
            self._close(conn)

    def _drain(self, conn: TConn, sock: socket.socket) -> None:
        """What is still being sent is thrown away, until nothing comes any more."""
        with suppress(OSError):  # a reset ends it as well
            if sock.recv(65536):
                return
        self._close(conn)

    def _close(self, conn: TConn) -> None:
        del self.lingering[conn]
        with suppress(KeyError, ValueError):  # it was gone before it was registered
            self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()

    def accept(self, listener: Any) -> None:
        """Leaves a connection to a process that has fewer: whoever wakes first would take all that come together, and
        a router keeps them. Not for long, for the others may be busy.
        """
        fewest = OPEN.fewest()
        if fewest < self.nr_conns - 1 and not self.cfg.reuse_port:  # clearly fewer: none is pushed to and fro
            now = time.monotonic()
            if fewest != self.fewest or now - self.stood_back > AGAIN:  # somebody takes them, or it is another time
                self.fewest, self.stood_back = fewest, now
            if now - self.stood_back < STAND_BACK:
                time.sleep(STAND_BACK / 20)
                return
        super().accept(listener)

    def notify(self) -> None:
        """In every round of its loop: it lives."""
        super().notify()
        if self._accepting:
            OPEN.tell(self.age, self.nr_conns)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Who stops listens no more: a connection that is refused is made elsewhere, one that waits would be cut."""
        super().set_accept_enabled(enabled)
        if not enabled:
            OPEN.forget(self.age)
        if not self.alive:
            for listener in self.sockets:
                listener.close()

    def murder_pending(self) -> None:
        """In the main thread, once a second or more. Only reading ends: an answer that is being made still goes out."""
        super().murder_pending()
        for conn, until in list(self.lingering.items()):
            if until < time.monotonic():
                self._close(conn)
        late = time.monotonic() - SLOWEST
        for conn, begun in list(self.begun.items()):
            if begun < late:
                self.cut_short.add(conn)
                if request := self.requests.get(conn):
                    request.force_close()  # its answer says so: who keeps the connection would lose a request
                with suppress(OSError):  # closed meanwhile
                    conn.sock.shutdown(socket.SHUT_RD)
