"""The whole relay as deployed: gunicorn, a worker, Redis, and a JustClick in real PHP that judges every signature."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import redis as redis_client

from relay.store import Store
from tests.support import needs
from tests.support.php_justclick import PhpJustClick
from tests.support.running import Running, eventually

pytestmark = needs.program(*needs.PHP)

VALUES = [
    "Анна-Мария Ивановна",
    "tilde ~ star * quote ' bang ! brackets ( ) [ ] & = + % # |",
    "emoji 🎓👩‍🏫 and e\u0301 (decomposed) é (composed)",
    "  blanks at both ends  ",
    "line\nbreak\tand tab",
    '"><script>alert(1)</script>',
    "-" * 500,
]


@pytest.fixture
def relay(tmp_path: Path, redis_url: str, php_justclick: PhpJustClick) -> Iterator[Running]:
    running = Running(tmp_path, redis_url, php_justclick.url, login=php_justclick.login, secret=php_justclick.secret)
    running.start_web()
    running.start_worker()
    yield running
    running.stop()


def api(relay: Running, path: str) -> Any:
    status, body, _ = relay.get(path)
    assert status == 200, body
    return json.loads(body)


def ended(relay: Running, event_id: str) -> list[dict[str, Any]]:
    """The deliveries of an event, when all have come to an end."""

    def look() -> list[dict[str, Any]] | None:
        event = api(relay, f"/api/v1/events/{event_id}")
        found = [api(relay, f"/api/v1/deliveries/{_id(one)}") for one in event["deliveries"]]
        return found if found and all(one["state"] in {"delivered", "dead"} for one in found) else None

    return eventually(look, 60, f"the end of {event_id}")


def _id(delivery: Any) -> str:
    return delivery if isinstance(delivery, str) else delivery["id"]


def test_every_value_arrives_unharmed(relay: Running, php_justclick: PhpJustClick) -> None:
    """Through JSON, mapping, signing and PHP's own parsing."""
    for number, value in enumerate(VALUES):
        lead = {"id": str(number), "email": f"p{number}@example.com", "name": "Анна", "tag": value}
        status, body, headers = relay.post("lead", lead)
        assert (status, body) == (200, b"ok")
        [delivery] = ended(relay, headers["Relay-Event-Id"])
        assert delivery["state"] == "delivered"
    calls = {call.post["lead_email"]: call for call in php_justclick.calls}
    for number, value in enumerate(VALUES):
        assert calls[f"p{number}@example.com"].accepted
        assert calls[f"p{number}@example.com"].post["tag"].strip() == value.strip()


def test_forms_and_query_strings_arrive_too(relay: Running, php_justclick: PhpJustClick) -> None:
    """Urlencoded with PHP brackets, multipart, and data in the query string."""
    form = f"id=f1&email=form%40example.com&name={quote('Анна')}&tag=x%5B1%5D"
    sent = [
        relay.request(
            "POST", "/hooks/lead/lead-token/", form.encode(), {"Content-Type": "application/x-www-form-urlencoded"}
        ),
        relay.request(
            "POST",
            "/hooks/lead/lead-token",
            _multipart(id="m1", email="multi@example.com"),
            {"Content-Type": "multipart/form-data; boundary=b"},
        ),
        relay.request("GET", "/hooks/lead/lead-token?id=q1&email=query%40example.com"),
        relay.request(
            "POST",
            "/hooks/lead/lead-token",
            b'{"id": "t1", "email": "text@example.com"}',
            {"Content-Type": "text/plain"},
        ),
    ]
    for status, body, headers in sent:
        assert status == 200, body
        assert ended(relay, headers["Relay-Event-Id"])[0]["state"] == "delivered"
    emails = {call.post["lead_email"] for call in php_justclick.calls}
    assert emails == {"form@example.com", "multi@example.com", "query@example.com", "text@example.com"}


def _multipart(**fields: str) -> bytes:
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    ]
    return ("".join(parts) + "--b--\r\n").encode()


def test_refusals_of_justclick_are_dead_letters_with_advice(relay: Running) -> None:
    """A group that does not exist: code 103, its meaning in words, one attempt."""
    _, _, headers = relay.post("lead", {"id": "1", "email": "anna@example.com", "group": "no-such-group"})
    [dead] = ended(relay, headers["Relay-Event-Id"])
    assert (dead["state"], dead["code"], len(dead["attempts"])) == ("dead", 103, 1)


def test_a_duplicate_makes_no_second_call(relay: Running, php_justclick: PhpJustClick) -> None:
    """Same id, same answer, Relay-Duplicate: true, one call."""
    first = relay.post("lead", {"id": "1", "email": "anna@example.com"})
    ended(relay, first[2]["Relay-Event-Id"])
    again = relay.post("lead", {"id": "1", "email": "anna@example.com"})
    assert again[2]["Relay-Event-Id"] == first[2]["Relay-Event-Id"]
    assert (again[2].get("Relay-Duplicate"), first[2].get("Relay-Duplicate")) == ("true", None)
    assert len(php_justclick.calls) == 1


REFUSALS = [
    ("POST", "/hooks/nobody", b"{}", 404, "unknown-hook"),
    ("PUT", "/hooks/lead/lead-token", b"{}", 405, "method-not-allowed"),
    ("POST", "/hooks/lead/lead-token", b"x" * (1024 * 1024 + 1), 413, "body-too-large"),
    ("POST", "/hooks/lead", b"{}", 401, "no-token"),
    ("POST", "/hooks/lead/wrong", b"{}", 401, "wrong-token"),
    ("POST", "/hooks/lead/lead-token", b"{", 400, "unreadable-body"),
    ("POST", "/hooks/lead/lead-token", b"[" * 3000, 400, "unreadable-body"),
]


def test_what_is_refused_and_what_is_only_a_look(relay: Running) -> None:
    """Each row of the contract's table that needs no broken store; a GET or HEAD is neither redirected nor an event."""
    for method, path, body, status, slug in REFUSALS:
        answered, content, headers = relay.request(method, path, body, {"Content-Type": "application/json"})
        told = json.loads(content)
        assert (answered, told["error"], headers["Content-Type"]) == (status, slug, "application/json")
        assert told["message"]
    for path in ("/hooks/lead", "/hooks/lead/", "/hooks/lead/lead-token", "/hooks/lead/lead-token/"):
        for method in ("GET", "HEAD"):
            status, _, headers = relay.request(method, path)
            assert (status, headers.get("Relay-Event-Id")) == (200, None)


def test_without_a_store_nothing_is_called_success(relay: Running, redis_url: str) -> None:
    """503 with Retry-After while Redis refuses writes; afterwards all is well by itself."""
    admin = redis_client.Redis.from_url(redis_url)
    admin.config_set("maxmemory", "1")
    try:
        status, body, headers = relay.post("lead", {"id": "1", "email": "anna@example.com"})
        assert (status, json.loads(body)["error"]) == (503, "store-unavailable")
        assert int(headers["Retry-After"]) > 0
        assert relay.get("/readyz")[0] == 503
        assert relay.get("/healthz")[0] == 200
    finally:
        admin.config_set("maxmemory", "0")
    status, _, headers = relay.post("lead", {"id": "1", "email": "anna@example.com"})
    assert status == 200
    assert ended(relay, headers["Relay-Event-Id"])[0]["state"] == "delivered"


def test_posting_while_workers_are_killed_loses_nothing(
    relay: Running, php_justclick: PhpJustClick, store: Store
) -> None:
    """Three hundred leads while the worker is killed with SIGKILL again and again."""
    kept: list[str] = []

    def post_all() -> None:
        for number in range(300):
            status, _, headers = relay.post("lead", {"id": str(number), "email": f"p{number}@example.com"})
            assert status == 200
            kept.append(headers["Relay-Event-Id"])

    posting = threading.Thread(target=post_all)
    posting.start()
    for _ in range(4):
        worker = relay.processes[-1]
        posting.join(0.6)
        os.kill(worker.pid, signal.SIGKILL)
        relay.start_worker()
    posting.join()
    assert len(set(kept)) == 300
    eventually(lambda: store.counts()["delivered"] == 300, 60, "300 delivered")
    assert {call.post["lead_email"] for call in php_justclick.calls} == {
        f"p{number}@example.com" for number in range(300)
    }
    assert all(call.accepted for call in php_justclick.calls)
