"""A sender's API on a local port: it answers what a test says, and remembers what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Asked(NamedTuple):
    path: str
    authorization: str
    body: bytes


class SenderApi:
    """``answers`` by path, without the query; any other path is answered ``otherwise``."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, bytes] = {}
        self.asked: list[Asked] = []
        self.otherwise = (401, b'{"title":"Unauthorized"}')


@contextmanager
def sender_api() -> Iterator[SenderApi]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            api.asked.append(Asked(self.path, self.headers.get("Authorization", ""), body))
            answer = api.answers.get(self.path.partition("?")[0])
            self.send_response(api.otherwise[0] if answer is None else 200)
            self.end_headers()
            self.wfile.write(api.otherwise[1] if answer is None else answer)

        do_GET = do_POST

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api = SenderApi(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield api
    server.shutdown()
    server.server_close()
