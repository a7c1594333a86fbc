"""The relay as it runs: real gunicorn, real worker processes, a configuration file of the test's own."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "api-token-of-the-tests"

CONFIGURATION = """
accounts:
  school:
    login: ${JUSTCLICK_LOGIN}
    secret: ${JUSTCLICK_SECRET}
    url: ${JUSTCLICK_URL}
    max_per_second: 500
    max_in_flight: 64
    timeout: 3
    retry: [0.3, 0.3, 0.5, 1]
hooks:
  lead:
    provider: generic
    token: ${LEAD_TOKEN}
    event_id: "{{ body.id }}"
    contact: {email: "{{ body.email }}", name: "{{ body.name }}", phone: "{{ body.phone | phone('RU') }}"}
    calls:
      - {function: AddLeadToGroup, params: {rid: "{{ body.group | default('webinar') }}", tag: "{{ body.tag }}"}}
  order:
    provider: generic
    token: ${LEAD_TOKEN}
    contact: {email: "{{ body.email }}"}
    order: {id: "{{ body.order }}", amount: "{{ body.amount }}"}
    calls:
      - function: CreateOrder
        params: {goods: [{good_name: course, good_sum: "{{ order.amount }}"}]}
  payment:
    provider: generic
    token: ${LEAD_TOKEN}
    order: {id: "{{ body.order }}"}
    calls:
      - function: UpdateOrderStatus
        params: {bill_id: "{{ bill_of(order.id) }}", status: paid, date: "{{ now }}"}
"""


def free_port() -> int:
    """Below the range that the system gives to outgoing connections, so that none of those takes it meanwhile."""
    while True:
        port = random.randrange(15_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def eventually(condition: Callable[[], Any], seconds: float = 60.0, what: str = "") -> Any:
    """Asks until the answer is true, and returns it."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"{what or 'it'} did not come true in {seconds:g} seconds")
        time.sleep(0.05)


@dataclass
class Running:
    """A relay that talks to ``justclick_url``. Stop it when the test is over."""

    folder: Path
    redis_url: str
    justclick_url: str
    login: str = "demo"
    secret: str = "sandbox-secret"
    configuration: str = CONFIGURATION
    more_environ: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environ(self) -> dict[str, str]:
        path = self.folder / "relay.yaml"
        path.write_text(self.configuration, encoding="utf-8")
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "1",
            "REDIS_URL": self.redis_url,
            "RELAY_ENV": "production",
            "RELAY_CONFIG": str(path),
            "RELAY_API_TOKEN": TOKEN,
            "RELAY_PASSWORD": "page-password",
            "SECRET_KEY": "cookies",
            "JUSTCLICK_LOGIN": self.login,
            "JUSTCLICK_SECRET": self.secret,
            "JUSTCLICK_URL": self.justclick_url,
            "LEAD_TOKEN": "lead-token",
            **self.more_environ,
        }

    def start_web(self) -> subprocess.Popen[bytes]:
        web = self._start("-m", "gunicorn", "-c", "config/gunicorn.py", "wsgi:app")
        eventually(lambda: self.get("/healthz")[0] == 200 or web.poll() is not None, 60, "the web process")
        assert web.poll() is None, self.logs()
        return web

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self._start("-m", "workers")

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{arguments[1]}-{len(self.processes)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=self.environ, stdout=log, stderr=subprocess.STDOUT
        )
        self.processes.append(process)
        return process

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()

    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))

    # ------------------------------------------------------------ talking to it
    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def get(self, path: str) -> tuple[int, bytes, Mapping[str, str]]:
        return self.request("GET", path, headers={"Authorization": f"Bearer {TOKEN}"})

    def post(self, hook: str, body: Any) -> tuple[int, bytes, Mapping[str, str]]:
        return self.request(
            "POST", f"/hooks/{hook}/lead-token", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes, Mapping[str, str]]:
        """Status, body, headers; status 0 when nobody answers."""
        asked = urllib.request.Request(self.url(path), body, dict(headers or {}), method=method)
        try:
            with urllib.request.urlopen(asked, timeout=20) as answer:
                return answer.status, answer.read(), dict(answer.headers)
        except urllib.error.HTTPError as error:
            return error.code, error.read(), dict(error.headers)
        except OSError:
            return 0, b"", {}
