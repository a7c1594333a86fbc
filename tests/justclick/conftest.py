"""A server made of real sockets that does exactly what a test tells it: the client's tests need a bad one."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from relay.justclick.client import JustClick, new_pool
from relay.justclick.signing import answer_hash
from relay.models import Account

LOGIN, SECRET = "school", "S3cr+t/Key ~*[x]|%#7"
PARAMS = {"rid": ["web inar"], "lead_email": "иван+~*@example.com"}


@dataclass
class Exchange:
    """One request that came in, and the socket to answer on."""

    head: str
    body: bytes
    sock: socket.socket

    def answer(self, body: bytes | str, status: int = 200, **headers: str) -> None:
        content = body.encode() if isinstance(body, str) else body
        lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(content)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.sock.sendall("\r\n".join([*lines, "", ""]).encode() + content)

    def hang_up(self) -> None:
        self.sock.shutdown(socket.SHUT_RDWR)

    def reset(self) -> None:
        """Closes with a TCP reset, as a crashed process does."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


Script = Callable[[Exchange], None]


@dataclass
class Wire:
    """Runs one script for each request. ``whole`` False: the script runs when the head is in, before the body is."""

    script: Script
    context: ssl.SSLContext | None = None
    whole: bool = True
    requests: list[Exchange] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> Wire:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.close()

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}" if self.context else f"http://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        try:
            if self.context:
                sock = self.context.wrap_socket(sock, server_side=True)
            while exchange := self._read(sock):
                self.requests.append(exchange)
                self.script(exchange)
        except (OSError, ValueError):
            sock.close()

    def _read(self, sock: socket.socket) -> Exchange | None:
        content = b""
        while b"\r\n\r\n" not in content:
            more = sock.recv(65536 if self.whole else 256)
            if not more:
                return None
            content += more
        head, _, body = content.partition(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        while self.whole and len(body) < length:
            body += sock.recv(65536)
        return Exchange(head.decode(), body, sock)


@pytest.fixture
def wire() -> Iterator[Callable[..., Wire]]:
    """``wire(script)`` starts a server that runs the script for each request."""
    started: list[Wire] = []

    def start(script: Script, **options: Any) -> Wire:
        server = Wire(script, **options)
        started.append(server.__enter__())
        return server

    yield start
    for server in started:
        server.__exit__()


@pytest.fixture
def account() -> Callable[..., Account]:
    """``account(url)``: an account whose JustClick lives at this address."""

    def make(url: str, *secrets: str, timeout: float = 5.0) -> Account:
        return Account("school", LOGIN, secrets or (SECRET,), url, timeout=timeout)

    return make


@pytest.fixture
def call(account: Callable[..., Account]) -> Callable[..., Any]:
    """``call(url)``: the outcome of one AddLeadToGroup there."""

    def make(url: str, timeout: float = 5.0, params: dict[str, Any] | None = None) -> Any:
        return JustClick(account(url, timeout=timeout), new_pool(4)).send("AddLeadToGroup", params or PARAMS)

    return make


@pytest.fixture
def says() -> Callable[..., str]:
    """``says(0, "OK")``: the JSON of an answer with a genuine hash."""

    def make(code: int | str, text: str, result: Any = None, *, secret: str = SECRET) -> str:
        document = {"error_code": code, "error_text": text, "result": result, "hash": answer_hash(code, text, secret)}
        if result is None:
            del document["result"]
        return json.dumps(document)

    return make
