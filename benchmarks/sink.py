"""A JustClick that costs next to nothing: answers every call with a genuine code 0 after a given latency.

``python -m benchmarks.sink PORT SECRET LATENCY_MS [RECORD]``. With RECORD every call's body is written there, one line
each: milliseconds, function, body. It is the independent recorder of the chaos runs.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from hashlib import md5
from typing import IO


class Call(asyncio.Protocol):
    """One keep-alive connection: HTTP/1.1 with a Content-Length, as the relay's client sends it."""

    def __init__(self, answer: bytes, latency: float, record: IO[str] | None) -> None:
        self.answer, self.latency, self.record = answer, latency, record
        self.received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, chunk: bytes) -> None:
        self.received += chunk
        while (head := self.received.find(b"\r\n\r\n")) >= 0:
            at = self.received.lower().find(b"content-length:", 0, head)
            length = int(bytes(self.received[at + 15 : self.received.find(b"\r\n", at)])) if at >= 0 else 0
            end = head + 4 + length
            if len(self.received) < end:
                return
            if self.record:
                function = bytes(self.received[: self.received.find(b" HTTP")]).rpartition(b"/")[2].decode()
                self.record.write(
                    f"{time.time() * 1000:.1f} {function} {bytes(self.received[head + 4 : end]).decode()}\n"
                )
            del self.received[:end]
            if self.latency:
                asyncio.get_running_loop().call_later(self.latency, self.reply)
            else:
                self.reply()

    def reply(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(self.answer)


def answer_with(secret: str) -> bytes:
    digest = md5(f"0::OK::{secret}".encode()).hexdigest()
    body = f'{{"error_code":0,"error_text":"OK","hash":"{digest}"}}'.encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


async def serve(port: int, secret: str, latency: float, record: IO[str] | None) -> None:
    answer = answer_with(secret)
    server = await asyncio.get_running_loop().create_server(
        lambda: Call(answer, latency, record), "127.0.0.1", port, backlog=2048
    )
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    port, secret, latency = int(sys.argv[1]), sys.argv[2], float(sys.argv[3]) / 1000
    with open(sys.argv[4] if len(sys.argv) > 4 else os.devnull, "w", buffering=1) as record:
        asyncio.run(serve(port, secret, latency, record if len(sys.argv) > 4 else None))
