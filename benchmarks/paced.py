"""Posts events at an even pace, whatever the answers take, and tells how long each took: an open loop.

``python -m benchmarks.paced PORT RATE SECONDS`` prints JSON: p50 and p99 in milliseconds, the rate that was reached.
The time of a request counts from when it was due, also while it waits for one of the kept-alive connections: slow
answers are not hidden by sending less. It is a process of its own, so that it shares no lock with what it measures.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time

from benchmarks.intake import PATH, body
from benchmarks.report import percentile

CONNECTIONS = 8
WARM_UP = 1.0  # seconds that do not count


class Connection(asyncio.Protocol):
    """One request at a time; a webhook's answer comes in one piece, its length in the header."""

    def __init__(self) -> None:
        self.received = b""
        self.answered: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, end, rest = self.received.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        if not end or len(rest) < int(length):
            return
        self.received = b""
        assert self.answered
        if head.startswith(b"HTTP/1.1 200"):
            self.answered.set_result(None)
        else:
            self.answered.set_exception(RuntimeError(f"{head!r} {rest!r}"))

    def connection_lost(self, _error: Exception | None) -> None:
        if self.answered and not self.answered.done():
            self.answered.set_exception(ConnectionError("the server closed the connection"))

    async def post(self, request: bytes) -> None:
        self.answered = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        await self.answered


def request_of(number: int) -> bytes:
    """One HTTP request with an event of its own."""
    sent = body().replace("ID", f"paced-{time.time_ns()}-{number}", 1).encode()
    head = f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(sent)}\r\n\r\n".encode() + sent


async def load(port: int, rate: float, seconds: float) -> dict[str, float]:
    loop = asyncio.get_running_loop()
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        _, connection = await loop.create_connection(Connection, "127.0.0.1", port)
        free.put_nowait(connection)
    requests = [request_of(number) for number in range(int(rate * (seconds + WARM_UP)))]
    took: list[float] = []
    began = time.perf_counter()

    async def answered(request: bytes, due: float) -> None:
        connection = await free.get()
        await connection.post(request)
        free.put_nowait(connection)
        if due - began >= WARM_UP:
            took.append((time.perf_counter() - due) * 1000)

    tasks = []
    gc.disable()
    for number, request in enumerate(requests):
        due = began + number / rate
        if (early := due - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        tasks.append(asyncio.create_task(answered(request, due)))
    await asyncio.gather(*tasks)
    reached = len(requests) / (time.perf_counter() - began)
    return {"p50": percentile(took, 50), "p99": percentile(took, 99), "rate": reached}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(load(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])))))
