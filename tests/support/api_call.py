"""One signed API call over plain HTTP, for tests of the JustClick stand-ins themselves: what came back, as it came."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from relay.justclick.signing import signed_body

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> int:
        code: int = self.json["error_code"]
        return code

    @property
    def text(self) -> str:
        text: str = self.json["error_text"]
        return text

    @property
    def result(self) -> Any:
        return self.json.get("result")


def call(
    url: str,
    function: str,
    params: Mapping[str, Any],
    *,
    login: str = "demo",
    secret: str = "sandbox-secret",
    host: str = "",
) -> Answered:
    """Sign with the relay's own signing and post; raises what the network raises."""
    return post(f"{url}/api/{function}", signed_body(params, login, secret), host=host)


def post(url: str, body: bytes, *, media: str = FORM, host: str = "") -> Answered:
    return request("POST", url, body, {"Content-Type": media, **({"Host": host} if host else {})})


def request(method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answered:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target or "/", body, dict(headers or {}))
        answer = connection.getresponse()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return Answered(answer.status, names, answer.read())
    finally:
        connection.close()
