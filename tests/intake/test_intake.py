"""Verify, read, map, keep: what is accepted is stored whole, what is refused is refused with its reason."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from relay.errors import BodyTooLarge, MethodNotAllowed, Refusal, StoreUnavailable, TooManyRequests, Unverified
from relay.intake import Intake
from relay.models import CallPlan, WebhookRequest
from relay.store import Store

SIGNED = """
accounts:
  school: {login: demo, secret: "${JUSTCLICK_SECRET}", url: "${JUSTCLICK_URL}"}
hooks:
  crm:
    provider: generic
    verify: {hmac: sha256, encoding: hex, header: X-Signature, prefix: "sha256=", secret: "${KEY}"}
    event_id: "{{ headers['X-Request-Id'] }}"
    max_per_minute: 5
    contact: {email: "{{ body.customer.mail | lower }}"}
    answer: {status: 202, type: application/json, body: '{"accepted": true}'}
    test: body.test
    calls:
      - {function: AddLeadToGroup, params: {rid: [webinar]}}
      - {function: DeleteSubscribe, when: "body.action == 'bye'", params: {rass_name: webinar}}
"""

ASKING = """
accounts:
  school: {login: demo, secret: "${JUSTCLICK_SECRET}", url: "${JUSTCLICK_URL}"}
hooks:
  shop:
    provider: mollie
    options: {api_key: "${KEY}"}
    calls:
      - {function: AddLeadToGroup, params: {rid: [webinar]}}
"""


def lead(body: Any, token: str = "lead-token", **changes: Any) -> WebhookRequest:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    told: dict[str, Any] = {"headers": {"content-type": "application/json"}, "address": "10.0.0.1"}
    return WebhookRequest(**({"method": "POST", "query": "", "body": content, "token": token} | told | changes))


def signed(body: Any, key: str = "signing-key", request_id: str = "r1") -> WebhookRequest:
    content = json.dumps(body).encode()
    proof = hmac.new(key.encode(), content, hashlib.sha256).hexdigest()
    headers = {"content-type": "application/json", "x-signature": f"sha256={proof}", "x-request-id": request_id}
    return lead(content, "", headers=headers)


def receive(intake: Intake, hook: str, request: WebhookRequest):
    return intake.receive(intake.configuration.hooks[hook], request)


def test_an_event_is_stored_with_its_deliveries(make_intake: Callable[..., Intake], store: Store) -> None:
    """Event, delivery, job, search words: all there when the answer is given."""
    intake = make_intake()
    receipt = receive(intake, "lead", lead({"id": 1, "email": " Anna@Example.com ", "phone": "8 999 000-00-00"}))
    event = store.event(receipt.event_id or "")
    assert event is not None
    assert event.body == b'{"id": 1, "email": " Anna@Example.com ", "phone": "8 999 000-00-00"}'
    delivery = store.delivery(event.deliveries[0])
    assert delivery is not None
    assert dict(delivery.params)["lead_email"].lower() == "anna@example.com"
    assert [one.id for one in store.events(q="+7 (999) 000-00-00").items] == [event.id]


def test_a_repeat_gets_the_same_answer(make_intake: Callable[..., Intake], store: Store) -> None:
    """Same id, marked as a duplicate, no second delivery."""
    intake = make_intake(SIGNED)
    body = {"customer": {"mail": "anna@example.com"}}
    first, second = (receive(intake, "crm", signed(body)) for _ in range(2))
    assert (first.duplicate, second.duplicate) == (False, True)
    assert (first.event_id, first.answer) == (second.event_id, second.answer)
    assert first.answer.status == 202
    assert store.counts()["queued"] == 1


def test_without_an_id_the_body_is_the_key(make_intake: Callable[..., Intake], store: Store) -> None:
    """The same body twice is one event, another body is another."""
    intake = make_intake()
    for amount in ("10", "10", "20"):
        receive(intake, "order", lead({"order": "1", "email": "anna@example.com", "amount": amount}))
    assert sum(store.counts().values()) == 2


def test_a_number_posted_again_is_news(make_intake: Callable[..., Intake], store: Store) -> None:
    """Mollie posts the same number when a payment is paid and when it is refunded: neither is a repeat."""
    intake = make_intake(ASKING)
    for _ in range(2):
        headers = {"content-type": "application/x-www-form-urlencoded"}
        assert not receive(intake, "shop", lead(b"id=tr_7UhSN1zuXS", "", headers=headers)).duplicate
    assert store.counts()["queued"] == 2


def test_a_test_event_reaches_nobody(make_intake: Callable[..., Intake], store: Store) -> None:
    """It is kept and answered like any other, without a delivery."""
    receipt = receive(make_intake(SIGNED), "crm", signed({"test": True, "customer": {"mail": "a@example.com"}}))
    event = store.event(receipt.event_id or "")
    assert event is not None
    assert (event.test, event.deliveries) == (True, ())


def test_an_event_that_cannot_be_mapped_is_ours(make_intake: Callable[..., Intake], store: Store) -> None:
    """Answered with success, and a dead letter that tells field by field."""
    receipt = receive(make_intake(), "lead", lead({"id": 5, "name": "Anna"}))
    event = store.event(receipt.event_id or "")
    assert event is not None
    dead = store.delivery(event.deliveries[0])
    assert dead is not None
    assert (dead.state, dead.reason) == ("dead", "no-contact")


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_a_look_at_the_address_is_no_event(make_intake: Callable[..., Intake], store: Store, method: str) -> None:
    """200 and nothing kept."""
    receipt = receive(make_intake(), "lead", lead(b"", method=method))
    assert (receipt.answer.status, receipt.event_id) == (200, None)
    assert store.events().items == []


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (lead({"id": 1}, token=""), Unverified),
        (lead({"id": 1}, token="guess"), Unverified),
        (lead({"id": 1}, token="lead-tokén"), Unverified),
        (lead({"id": 1}, method="DELETE"), MethodNotAllowed),
        (lead(b"x" * 2000), BodyTooLarge),
        (lead(b"{not json"), Refusal),
        (lead(b"[" * 500 + b"]" * 500), Refusal),
    ],
)
def test_refusals(make_intake: Callable[..., Intake], store: Store, request_: WebhookRequest, error: type) -> None:
    """Each is refused with its status; nothing is kept."""
    with pytest.raises(error):
        receive(make_intake(max_body=1000 if error is BodyTooLarge else 10_000), "lead", request_)
    assert store.events().items == []


def test_a_wrong_signature_is_refused_and_listed_without_secrets(
    make_intake: Callable[..., Intake], store: Store
) -> None:
    """The list of refusals tells why, and never the key."""
    intake = make_intake(SIGNED)
    request = signed({"customer": {"mail": "a@example.com"}, "echo": "signing-key"}, key="wrong")
    hook = intake.configuration.hooks["crm"]
    with pytest.raises(Unverified) as refused:
        intake.receive(hook, request)
    intake.refuse(hook, request, refused.value)
    [record] = store.refusals("crm")
    assert record.status == 401
    assert "signing-key" not in repr(record)
    assert "a@example.com" in record.body


def test_the_allowance_of_a_hook(make_intake: Callable[..., Intake], store: Store) -> None:
    """The sixth in a minute is refused, and the next ones without asking the store."""
    intake = make_intake(SIGNED)
    for number in range(5):
        receive(intake, "crm", signed({"customer": {"mail": "a@example.com"}}, request_id=str(number)))
    for number in range(5, 7):
        with pytest.raises(TooManyRequests):
            receive(intake, "crm", signed({"customer": {"mail": "a@example.com"}}, request_id=str(number)))
    assert store.counts()["queued"] == 5


def test_a_clock_that_is_set_back_lengthens_no_refusal(
    make_intake: Callable[..., Intake], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set back an hour in the minute of a full allowance: a minute later the hook is open, not an hour later."""
    intake, told, passed = make_intake(SIGNED), time.time, time.monotonic
    six = [signed({"customer": {"mail": "a@example.com"}}, request_id=str(number)) for number in range(6)]
    for request in six[:5]:
        receive(intake, "crm", request)
    with pytest.raises(TooManyRequests):
        receive(intake, "crm", six[5])
    monkeypatch.setattr(time, "time", lambda: told() - 3600)
    with pytest.raises(TooManyRequests):
        receive(intake, "crm", six[5])
    monkeypatch.setattr(time, "monotonic", lambda: passed() + 61)
    assert not receive(intake, "crm", six[5]).duplicate


def test_a_store_that_is_full_is_never_success(make_intake: Callable[..., Intake], store: Store) -> None:
    """What could not be stored raises; when there is room again the same event is taken, not called a repeat."""
    intake = make_intake()
    store.redis.config_set("maxmemory", "1")
    try:
        with pytest.raises(StoreUnavailable):
            receive(intake, "lead", lead({"id": 7, "email": "a@example.com"}))
    finally:
        store.redis.config_set("maxmemory", "0")
    receipt = receive(intake, "lead", lead({"id": 7, "email": "a@example.com"}))
    assert not receipt.duplicate


def test_a_fault_of_ours_costs_no_lead(make_intake: Callable[..., Intake], store: Store) -> None:
    """A plan that no code can map (the loader would refuse it): the event is kept and answered, a person sees it."""
    intake = make_intake()
    hook = replace(intake.configuration.hooks["lead"], calls=(CallPlan("NoSuchFunction"),))
    receipt = intake.receive(hook, lead({"id": 1, "email": "anna@example.com"}))
    event = store.event(receipt.event_id or "")
    assert event is not None
    assert b"anna@example.com" in (event.body or b"")
    dead = store.delivery(event.deliveries[0])
    assert dead is not None
    assert (dead.state, dead.reason) == ("dead", "internal-error")


def test_a_provider_that_fails_costs_no_lead(make_intake: Callable[..., Intake], store: Store) -> None:
    """Settings that no reading can work with: kept word for word, to be read again when the fault is mended."""
    intake = make_intake()
    hook = replace(intake.configuration.hooks["lead"], contact={"email": object()})
    receipt = intake.receive(hook, lead({"id": 2, "email": "anna@example.com"}))
    event = store.event(receipt.event_id or "")
    assert event is not None
    assert event.deliveries
