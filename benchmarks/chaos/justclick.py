"""The independent recorder: a JustClick that writes down every call and has bad days on demand.

Shares no code with the relay. It makes every order that it is asked for, however often: what is doubled must show.
"""

from __future__ import annotations

import asyncio
import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import md5
from urllib.parse import parse_qsl

from benchmarks.chaos.shop import Answer, Shop

LOGIN, SECRET = "demo", "sandbox-secret"


@dataclass(frozen=True, slots=True)
class Seen:
    """One call as it came. ``acted``: its work was done; ``code`` None: no usable answer went back."""

    number: int
    at: float  # time.monotonic()
    function: str
    who: str  # the e-mail of the contact or of the buyer
    params: dict[str, str]
    genuine: bool
    acted: bool
    code: int | None
    answered_at: float | None = None  # None: nobody was left to be answered, or nobody was meant to be
    trouble: Trouble | None = None  # what it met with; None: good weather


@dataclass(frozen=True, slots=True)
class Trouble:
    """One bad answer. ``late`` seconds pass before the work is done, ``delay`` seconds after it."""

    acts: bool = False
    late: float = 0.0
    delay: float = 0.0
    status: int = 0  # an HTTP status with an HTML page in place of the answer
    retry_after: str = ""
    cut: str = ""  # "all": the connection ends without a byte; "half": in the middle of the answer
    garbage: bytes | None = None  # with status 200
    code: int | None = None  # this code in place of the work


Weather = Callable[[str, str], Trouble | None]


@dataclass
class Traffic:
    """What limits are held against."""

    in_flight: int = 0
    most_in_flight: int = 0
    arrivals: list[float] = field(default_factory=list)

    def most_within(self, seconds: float, since: float = 0.0) -> int:
        """The most calls that came within any span of this length."""
        after = [moment for moment in self.arrivals if moment >= since]
        return max((bisect_left(after, moment + seconds) - place for place, moment in enumerate(after)), default=0)


class JustClick:
    """Runs in a thread. ``weather`` decides the trouble of a call, by its function and the customer's e-mail."""

    def __init__(self, latency: float = 0.01) -> None:
        self.latency = latency
        self.weather: Weather = lambda _function, _who: None
        self.calls: list[Seen] = []
        self.traffic = Traffic()
        self.served = Counter[Trouble]()  # troubles that were carried through, to the answer or to its lack
        self.shop = Shop()
        self.port = 0
        self.lock = threading.Lock()
        self.loop = asyncio.new_event_loop()
        self.server: asyncio.Server | None = None
        self.writers: set[asyncio.StreamWriter] = set()
        self.holding = asyncio.Event()  # set: answers go out
        self.holding.set()
        threading.Thread(target=self.loop.run_forever, name="justclick", daemon=True).start()
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # ------------------------------------------------------------ life
    def start(self) -> None:
        """Listens (again) on its port."""
        asyncio.run_coroutine_threadsafe(self._listen(), self.loop).result(20)

    async def _listen(self) -> None:
        for _ in range(100):
            try:
                self.server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=1024)
                break
            except OSError:  # connections of the last time are still in the way
                await asyncio.sleep(0.05)
        assert self.server
        self.port = self.server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Nobody listens, every connection is dropped; the memory stays."""
        asyncio.run_coroutine_threadsafe(self._close(), self.loop).result(20)

    async def _close(self) -> None:
        if self.server:
            self.server.close()
        for writer in list(self.writers):
            writer.transport.abort()
        self.server = None

    def close(self) -> None:
        self.release()
        self.stop()
        self.loop.call_soon_threadsafe(self.loop.stop)

    def hold(self) -> None:
        """From now on every answer is kept back, until release()."""
        self.loop.call_soon_threadsafe(self.holding.clear)

    def release(self) -> None:
        self.loop.call_soon_threadsafe(self.holding.set)

    # ------------------------------------------------------------ what it has seen
    def seen(self) -> list[Seen]:
        with self.lock:
            return list(self.calls)

    def answered(self) -> int:
        with self.lock:
            return sum(call.answered_at is not None for call in self.calls)

    # ------------------------------------------------------------ calls
    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.add(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while await self._one(reader, writer):
                pass
        self.writers.discard(writer)
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answers one call; False when the connection ends with it."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = next(line for line in head.split("\r\n") if line.lower().startswith("content-length:"))
        body = (await reader.readexactly(int(length.partition(":")[2]))).decode("ascii")
        function = head.split(" ", 2)[1].rpartition("/")[2]
        traffic = self.traffic
        traffic.in_flight += 1
        traffic.most_in_flight = max(traffic.most_in_flight, traffic.in_flight)
        traffic.arrivals.append(time.monotonic())
        try:
            return await self._carry_out(function, body, writer)
        finally:
            traffic.in_flight -= 1

    async def _carry_out(self, function: str, body: str, writer: asyncio.StreamWriter) -> bool:
        at = time.monotonic()
        params = dict(parse_qsl(body, keep_blank_values=True))
        given = params.pop("hash", "")
        genuine = given == md5(f"{body.rpartition('&hash=')[0]}::{LOGIN}::{SECRET}".encode()).hexdigest()
        who = self.shop.whose(params)
        met = self.weather(function, who)
        trouble = met or Trouble(acts=True, delay=self.latency)
        acts = trouble.acts and genuine and trouble.code is None
        number = self._note(Seen(0, at, function, who, params, genuine, acts, trouble.code, trouble=met))
        await asyncio.sleep(trouble.late)
        answer = Answer(4) if not genuine else Answer(trouble.code) if trouble.code is not None else Answer(999)
        if acts:
            answer = self.shop.carry_out(function, params)
        await asyncio.sleep(trouble.delay)
        await self.holding.wait()
        if met:
            self.served[met] += 1
        whole = _http(trouble, answer)
        writer.write(whole)
        await writer.drain()
        usable = not (trouble.status or trouble.cut or trouble.garbage is not None)
        if not writer.transport.is_closing():
            self._answered(number, answer.code if usable else None)
        return not trouble.cut

    def _note(self, call: Seen) -> int:
        with self.lock:
            self.calls.append(replace(call, number=len(self.calls)))
            return len(self.calls) - 1

    def _answered(self, number: int, code: int | None) -> None:
        with self.lock:
            self.calls[number] = replace(self.calls[number], code=code, answered_at=time.monotonic())


def _http(trouble: Trouble, answer: Answer) -> bytes:
    if trouble.cut == "all":
        return b""
    status, body = trouble.status or 200, answer.signed(SECRET)
    if trouble.status:
        body = b"<html>We are sorry.</html>"
    elif trouble.garbage is not None:
        body = trouble.garbage
    more = f"Retry-After: {trouble.retry_after}\r\n" if trouble.retry_after else ""
    head = f"HTTP/1.1 {status} Whatever\r\nContent-Type: application/json\r\n{more}Content-Length: {len(body)}\r\n\r\n"
    if trouble.cut == "half":
        return head.encode() + body[: len(body) // 2]
    return head.encode() + body
