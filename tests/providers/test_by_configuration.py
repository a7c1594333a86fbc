"""Senders that no file knows, onboarded by relay.yaml alone: proven, read, answered; their twins get 401."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from flask.testing import FlaskClient
from redis import Redis
from werkzeug.test import TestResponse

from app import create_app
from config.settings import load_settings
from relay.parts import Parts
from relay.store import Store

NOW = 1_790_000_000  # what all clocks say here: the samples are signed before the tests begin
CONFIGURATION = Path(__file__).resolve().parents[1] / "fixtures" / "unknown-senders.yaml"
ENVIRON = {
    "JUSTCLICK_LOGIN": "demo",
    "JUSTCLICK_SECRET": "account-secret",
    "KEY": "signing-key",
    "NEW_KEY": "the-next-key",
    "SECRET_KEY": "cookies",
}
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Sent:
    """One request of such a sender, what it wants to hear, and the calls that JustClick gets."""

    hook: str
    body: bytes
    headers: Mapping[str, str]
    calls: list[dict[str, Any]]
    tampered: bytes = b""
    proof: str = ""  # the header that a sender leaves out who does not know the secret
    answer: str = "ok"
    query: str = ""


def mac(text: bytes, name: str = "sha256", key: str = "signing-key") -> bytes:
    return hmac.new(key.encode(), text, name).digest()


def ledger(signed_at: int = NOW, key: str = "signing-key", version: str = "v2") -> Sent:
    """Signed with a time, in several versions, of which v0 is not to be believed."""
    buyer = {"mail": " Anna@Example.com", "name": "Анна Смирнова", "tel": "8 (999) 000-00-00"}
    invoice = {"id": "e1", "kind": "invoice.paid", "invoice": "007", "total_cents": 499050, "buyer": buyer}
    body = json.dumps(invoice).encode()
    proof = mac(f"{signed_at}.".encode() + body, key=key).hex()
    headers = {"content-type": JSON, "x-ledger-signature": f"ts={signed_at};v0=00;{version}={proof}"}
    goods = [{"good_name": "course", "good_sum": "4990.50"}]
    call = {"bill_email": "anna@example.com", "bill_first_name": "Анна", "bill_surname": "Смирнова"}
    call |= {"bill_phone": "+79990000000", "goods": goods}
    return Sent("ledger", body, headers, [call], body.replace(b"499050", b"100"), "x-ledger-signature")


def kassa() -> Sent:
    """MD5 of the values in the order of their names, the secret after them."""
    fields = {"operation": "77", "order_id": "A-15", "amount": "1500.00", "status": "SUCCESS"}
    fields |= {"date": "14.09.2026 12:41:30", "payer_email": "anna@example.com", "payer_phone": "+7 999 0000000"}
    text = ":".join([*(fields[name] for name in sorted(fields)), "signing-key"])
    body = urlencode(fields | {"sign": hashlib.md5(text.encode()).hexdigest()}).encode()
    goods = [{"good_name": "course", "good_sum": "1500.00"}]
    call = {"bill_email": "anna@example.com", "bill_phone": "+79990000000", "goods": goods}
    return Sent("kassa", body, {"content-type": FORM}, [call], body.replace(b"1500.00", b"15.00"), answer="OKA-15")


def lms() -> Sent:
    """HTTP Basic; goods within goods, one of which says nothing to us."""
    lines = [
        {"sku": "A-1", "qty": 1, "course": {"title": "Йога"}, "prices": [{"value": "1 500,50"}]},
        {"sku": "", "qty": 1, "course": {"title": "Подарок"}, "prices": []},
        {"sku": "B-2", "qty": 2, "course": {"title": "Бег"}, "prices": [{"value": 900}]},
    ]
    student = {"email": "anna@example.com", "first": "Анна", "last": "Смирнова"}
    body = json.dumps({"number": 5, "student": student, "cart": {"lines": lines}}).encode()
    headers = {"content-type": JSON, "authorization": "Basic " + b64encode(b"relay:signing-key").decode()}
    lead = {"lead_email": "anna@example.com", "lead_name": "Анна Смирнова"}
    calls = [lead | {"rid": ["webinar"], "tag": "Йога"}, lead | {"rid": ["marathon"], "tag": "Бег"}]
    return Sent("lms", body, headers, calls, proof="authorization")


def erp() -> Sent:
    """JSON-RPC, from its own network, seen through one proxy of ours; what stands further left is hearsay."""
    lead = {"uid": "u-1", "email": "anna@example.com", "name": "Анна Смирнова"}
    body = json.dumps({"jsonrpc": "2.0", "id": 4711, "method": "lead.created", "params": {"lead": lead}}).encode()
    call = {"rid": ["webinar"], "lead_email": "anna@example.com", "lead_name": "Анна Смирнова"}
    headers = {"content-type": JSON, "x-forwarded-for": "10.1.1.1, 203.0.113.5"}
    answer = '{"jsonrpc": "2.0", "id": 4711, "result": {"lead": "u-1", "accepted": true}}'
    return Sent("erp", body, headers, [call], proof="x-forwarded-for", answer=answer)


def zayavka(form: str = "заявка") -> Sent:
    """A form whose fields are called as their labels."""
    fields = [("Эл. почта", "ANNA@Example.com"), ("Ваше имя", "Анна Смирнова"), ("Телефон", " 7 999 000-00-00")]
    fields += [("Город", "Тверь"), ("Курсы[]", "Йога"), ("Курсы[]", "Бег"), ("Имя формы", form)]
    body = urlencode(fields).encode()
    headers = {"content-type": FORM, "x-podpis": b64encode(mac(body, "sha1")).decode()}
    call = {"rid": ["webinar"], "lead_email": "anna@example.com", "lead_name": "Анна Смирнова"}
    call |= {"lead_phone": "+79990000000", "lead_city": "Тверь", "tag": "Йога, Бег", "utm": {"utm_source": "vk"}}
    return Sent("zayavka", body, headers, [call], body + b"&x=1", "x-podpis", query="?utm_source=vk")


SENT = [ledger(), ledger(key="the-next-key"), ledger(version="v1"), kassa(), lms(), erp(), zayavka()]
each = pytest.mark.parametrize("sent", SENT, ids=lambda sent: sent.hook)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@dataclass
class Relay:
    visitor: FlaskClient
    store: Store

    def post(self, sent: Sent, body: bytes | None = None, **headers: str) -> TestResponse:
        told = {**sent.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        told = {name: value for name, value in told.items() if value}
        return self.visitor.post(
            f"/hooks/{sent.hook}{sent.query}", data=sent.body if body is None else body, headers=told
        )


@pytest.fixture
def relay(redis: Redis) -> Relay:
    """The real application with that configuration, behind one proxy."""
    environ = {**ENVIRON, "RELAY_CONFIG": str(CONFIGURATION), "RELAY_LOG_LEVEL": "error", "RELAY_TRUSTED_PROXIES": "1"}
    app = create_app(load_settings(environ), redis)
    parts: Parts = app.extensions["relay"]
    return Relay(app.test_client(), parts.store)


@each
def test_what_is_sent_reaches_justclick_field_by_field(relay: Relay, sent: Sent) -> None:
    """Answered as demanded, and every call as JustClick will get it."""
    answer = relay.post(sent)
    assert (answer.status_code, answer.text) == (200, sent.answer)
    event = relay.store.event(answer.headers["Relay-Event-Id"])
    assert event is not None
    assert event.problems == {}
    deliveries = [relay.store.delivery(id_) for id_ in event.deliveries]
    assert [dict(one.params) for one in deliveries if one] == sent.calls
    assert all(one and one.state == "queued" for one in deliveries)


@each
def test_a_repeat_makes_no_second_call(relay: Relay, sent: Sent) -> None:
    """By its number where it has one, by its words where not."""
    first, again = relay.post(sent), relay.post(sent)
    assert again.headers["Relay-Duplicate"] == "true"
    assert again.headers["Relay-Event-Id"] == first.headers["Relay-Event-Id"]


@pytest.mark.parametrize("sent", [one for one in SENT if one.tampered], ids=lambda sent: sent.hook)
def test_a_tampered_twin_is_refused(relay: Relay, sent: Sent) -> None:
    """Another sum under the same signature."""
    assert relay.post(sent, sent.tampered).status_code == 401


@each
def test_who_does_not_know_the_secret_is_refused(relay: Relay, sent: Sent) -> None:
    """Nothing to prove it with, and nothing kept but the refusal, which tells no secret."""
    body = sent.body.rpartition(b"&sign=")[0] if sent.hook == "kassa" else sent.body
    assert relay.post(sent, body, **({sent.proof: ""} if sent.proof else {})).status_code == 401
    assert not relay.store.events(None, None, None, 10).items
    assert "signing-key" not in repr(relay.store.refusals(sent.hook))


@pytest.mark.parametrize(
    ("sent", "hint"),
    [
        (ledger(signed_at=NOW - 300), "a clock is off by 30"),
        (ledger(signed_at=NOW + 300), "a clock is off by"),
        (ledger(version="v0"), ""),
        (ledger(key="somebody"), ""),
    ],
)
def test_too_old_or_of_a_foreign_version(relay: Relay, sent: Sent, hint: str) -> None:
    """120 seconds were allowed, and v0 is not among the versions."""
    assert relay.post(sent).status_code == 401
    assert hint in relay.store.refusals("ledger")[0].hint


@pytest.mark.parametrize("seen", ["203.0.113.5, 198.51.100.7", "198.51.100.7", "::1"])
def test_only_what_our_proxy_saw_is_believed(relay: Relay, seen: str) -> None:
    """Anybody may write an allowed address to the left of it."""
    assert relay.post(erp(), x_forwarded_for=seen).status_code == 401


def test_a_wrong_user_or_password_is_refused(relay: Relay) -> None:
    """Both must be right."""
    for credentials in (b"relay:wrong", b"other:signing-key", b"signing-key"):
        assert relay.post(lms(), authorization=f"Basic {b64encode(credentials).decode()}").status_code == 401


def test_a_test_makes_no_call(relay: Relay) -> None:
    """It is answered like any other."""
    answer = relay.post(zayavka("тест"))
    event = relay.store.event(answer.headers["Relay-Event-Id"])
    assert answer.status_code == 200
    assert event is not None
    assert (event.test, event.deliveries) == (True, ())
