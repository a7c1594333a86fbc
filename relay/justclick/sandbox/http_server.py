"""The least of HTTP/1.1 that a JSON API needs: keep-alive, bodies with a length, answers that can be cut on purpose."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from http import HTTPStatus

from relay.justclick.sandbox.exchange import HttpAnswer, HttpRequest

MAX_BODY = 16 * 1024 * 1024
Respond = Callable[[HttpRequest], Awaitable[HttpAnswer]]


class BadRequest(Exception):
    """Not HTTP that we speak; the connection is closed."""


async def serve_connection(respond: Respond, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer requests on one connection until either side has had enough."""
    peer = writer.get_extra_info("peername")
    address = peer[0] if peer else ""
    try:
        while (request := await _read(reader, writer, address)) is not None:
            answer = await respond(request)
            if not _write(writer, request, answer):
                break
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, BadRequest):
        pass  # the caller went away, or spoke no HTTP: nobody is left to be told
    finally:
        writer.close()


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str) -> HttpRequest | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None  # closed between two requests
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    words = first.split(" ")
    if len(words) != 3:
        raise BadRequest
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = headers.get("content-length", "0")
    if "transfer-encoding" in headers or not length.isdecimal() or int(length) > MAX_BODY:
        raise BadRequest
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = await reader.readexactly(int(length)) if length != "0" else b""
    path, _, query = words[1].partition("?")
    if words[2] == "HTTP/1.0":
        headers.setdefault("connection", "close")
    return HttpRequest(words[0], path, query, headers, body, address)


def _write(writer: asyncio.StreamWriter, request: HttpRequest, answer: HttpAnswer) -> bool:
    """Send the answer; False when the connection ends with it."""
    if answer.cut == "all":
        return False
    keep = request.headers.get("connection", "").lower() != "close"
    head = [
        f"HTTP/1.1 {answer.status} {_phrase(answer.status)}",
        f"Date: {formatdate(usegmt=True)}",
        f"Content-Type: {answer.content_type}",
        f"Content-Length: {len(answer.body)}",
        f"Connection: {'keep-alive' if keep else 'close'}",
        *(f"{name}: {value}" for name, value in answer.headers.items()),
        "\r\n",
    ]
    body = b"" if request.method == "HEAD" else answer.body
    if answer.cut == "half":
        writer.write("\r\n".join(head).encode("latin-1") + body[: len(body) // 2])
        return False
    writer.write("\r\n".join(head).encode("latin-1") + body)
    return keep


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
