"""Both processes as a Heroku-like platform runs them: its variables, a TLS store that signs for itself, SIGTERM."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from relay.connect import connect
from tests.support import needs
from tests.support.servers import Start, free_port, listening, until

ROOT = Path(__file__).parents[2]
SECRETS = {
    "LEAD_TOKEN": "t0ken-of-the-hook",
    "TILDA_KEY": "k3y-of-tilda",
    "STRIPE_WEBHOOK_SECRET": "whsec_of-stripe",
    "CRM_SECRET": "s3cret-of-the-crm",
    "JUSTCLICK_SECRET": "s3cret-of-the-account",
    "RELAY_PASSWORD": "passw0rd-of-the-page",
    "RELAY_API_TOKEN": "t0ken-of-the-api",
    "SECRET_KEY": "k3y-of-the-cookies",
}
LEAD = json.dumps({"email": "anna@example.com", "name": "Анна", "phone": "8 916 123-45-67"})
pytestmark = [pytest.mark.slow, needs.program(*needs.REDIS)]


class Dyno:
    """The two commands of the Procfile, a sandbox account, and what they have written."""

    def __init__(self, start: Start, store: str, folder: Path) -> None:
        self.port, account = free_port(), free_port()
        sandbox = [sys.executable, "-m", "relay", "sandbox", "--port", str(account), "--login", "school"]
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        common = {"PATH": path, "REDIS_URL": store, "JUSTCLICK_LOGIN": "school", **SECRETS}
        common["JUSTCLICK_URL"] = f"http://127.0.0.1:{account}"
        start(*sandbox, "--secret", SECRETS["JUSTCLICK_SECRET"], cwd=ROOT, env=common)
        self._folder = folder
        self.web = self._begin(start, "web", {**common, "DYNO": "web.1", "PORT": str(self.port)})
        self.worker = self._begin(start, "worker", {**common, "DYNO": "worker.1"})
        until(lambda: listening(self.port) and self._ready(), patience=30)

    def _begin(self, start: Start, name: str, environ: dict[str, str]) -> subprocess.Popen[bytes]:
        command = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())[name]
        return start("sh", "-c", f"exec {command}", cwd=ROOT, env=environ)

    def _ready(self) -> bool:
        return self.ask("GET", "/readyz")[0] == 200

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, Any]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        content = None if body is None else body.encode()
        try:
            link.request(method, path, content, {"Content-Type": "application/json", **headers})
            answer = link.getresponse()
            told = answer.read().decode()
            return answer.status, json.loads(told) if told[:1] in {"{", "["} else told
        except ConnectionError:
            return 0, ""
        finally:
            link.close()

    def api(self, path: str) -> Any:
        return self.ask("GET", f"/api/v1{path}", Authorization=f"Bearer {SECRETS['RELAY_API_TOKEN']}")[1]

    def lines(self) -> list[str]:
        """Of web and worker; the store and the sandbox were started before."""
        logs = sorted(self._folder.glob("process*.log"))[-2:]
        return [line for log in logs for line in log.read_text().splitlines()]


@pytest.fixture
def dyno(start: Start, secure: tuple[str, Path], tmp_path: Path) -> Dyno:
    return Dyno(start, secure[0], tmp_path)


def test_a_lead_goes_through_and_both_stop_cleanly(dyno: Dyno, secure: tuple[str, Path]) -> None:
    """Posted, delivered, few connections, JSON lines without a secret, and an end with status 0.

    A look at the address is no webhook: whoever counts the kept ones in the log counts events only.
    """
    assert dyno.ask("GET", f"/hooks/lead/{SECRETS['LEAD_TOKEN']}")[0] == 200
    assert dyno.ask("POST", f"/hooks/lead/{SECRETS['LEAD_TOKEN']}", LEAD) == (200, "ok")
    until(lambda: [one["state"] for one in dyno.api("/deliveries")["items"]] == ["delivered"])
    with connect(f"{secure[0]}?ssl_cert_reqs=none") as client:
        ours = [one for one in client.client_list() if one["name"].startswith("justclick-relay")]
    assert len(ours) - 1 <= 9  # a deploy doubles it, and the smallest store allows 20

    for process in (dyno.web, dyno.worker):
        process.terminate()
    assert [dyno.web.wait(25), dyno.worker.wait(25)] == [0, 0]
    events = [json.loads(line) for line in dyno.lines()]
    counted = Counter(event["event"] for event in events)
    assert [counted[one] for one in ("webhook.greeted", "webhook.kept", "delivery.attempted")] == [1, 1, 1]
    assert all({"level", "event", "timestamp"} <= event.keys() for event in events)
    written = "\n".join(dyno.lines())
    assert not [secret for secret in [*SECRETS.values(), "anna@example.com", "79161234567"] if secret in written]
