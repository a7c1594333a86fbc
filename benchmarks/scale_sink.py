"""A JustClick on a host of its own that counts: calls by host, the most that were open at once, the most in a second.

``python -m benchmarks.scale_sink ADDRESS PORT SECRET CERTIFICATE``; by TLS, as the relay sends to another host no other
way. ``GET /begin/LATENCY_MS`` starts a new count, ``GET /figures`` tells it as JSON.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import time
from collections import Counter, deque

from benchmarks.sink import answer_with


class Count:
    def __init__(self, latency_ms: float) -> None:
        self.latency = latency_ms / 1000
        self.hosts: Counter[str] = Counter()
        self.open = self.most_open = self.most_a_second = 0
        self.second: deque[float] = deque()

    def begin(self, host: str) -> None:
        now = time.monotonic()
        self.hosts[host] += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        self.second.append(now)
        while self.second[0] <= now - 1:
            self.second.popleft()
        self.most_a_second = max(self.most_a_second, len(self.second))

    def told(self) -> bytes:
        names = ("hosts", "open", "most_open", "most_a_second")
        return json.dumps({"at": time.monotonic(), **{name: getattr(self, name) for name in names}}).encode()


class Call(asyncio.Protocol):
    count = Count(0)
    answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.host = transport.get_extra_info("peername")[0]
        self.received = bytearray()

    def data_received(self, chunk: bytes) -> None:
        self.received += chunk
        while (head := self.received.find(b"\r\n\r\n")) >= 0:
            at = self.received.lower().find(b"content-length:", 0, head)
            length = int(bytes(self.received[at + 15 : self.received.find(b"\r\n", at)])) if at >= 0 else 0
            end = head + 4 + length
            if len(self.received) < end:
                return
            method, path = bytes(self.received[: self.received.find(b" HTTP")]).decode().split(" ", 1)
            del self.received[:end]
            if method == "GET":
                self.tell(path)
            else:
                self.count.begin(self.host)
                asyncio.get_running_loop().call_later(self.count.latency, self.reply, self.count)

    def tell(self, path: str) -> None:
        if path.startswith("/begin/"):
            Call.count = Count(float(path.rpartition("/")[2]))
        told = self.count.told()
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(told), told))

    def reply(self, count: Count) -> None:
        count.open -= 1
        if not self.transport.is_closing():
            self.transport.write(self.answer)


async def serve(address: str, port: int, secret: str, certificate: str) -> None:
    Call.answer = answer_with(secret)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = await asyncio.get_running_loop().create_server(Call, address, port, backlog=2048, ssl=context)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2]), *sys.argv[3:]))
