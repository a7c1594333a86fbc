"""What nothing proves at intake: PayPal, Mollie, Sberbank and YooKassa are asked, and only their answer counts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from relay import providers
from relay.errors import Unverified
from relay.models import Hook, WebhookRequest
from relay.outcomes import Unreached
from tests.support.samples import FIXTURES, Sample, samples
from tests.support.sender_api import SenderApi

CERTIFICATE = "https://api.paypal.com/v1/notifications/certs/CERT-1"


Ask = Callable[[WebhookRequest, Hook], Any]


def sample(provider: str, event: str) -> Sample:
    return next(one for one in samples() if (one.provider.name, one.event) == (provider, event))


def hook(provider: str, **options: str) -> Hook:
    return Hook(name="pay", provider=provider, account="school", options=options)


def test_an_ipn_goes_back_to_paypal_byte_for_byte(api: SenderApi, ask: Ask) -> None:
    """In its own charset, whatever that is, with the command in front."""
    api.answers["/cgi-bin/webscr"] = b"VERIFIED"
    request = sample("paypal", "ipn").request
    own = hook("paypal", receiver="Seller@example.com", api=api.url)
    assert ask(request, own) == {"verdict": "VERIFIED"}
    assert api.asked[0][2] == b"cmd=_notify-validate&" + request.body


def test_an_ipn_that_paypal_does_not_know_is_refused(api: SenderApi, ask: Ask) -> None:
    """INVALID is an answer, not a reason to ask again."""
    api.answers["/cgi-bin/webscr"] = b"INVALID"
    outcome = ask(sample("paypal", "ipn").request, hook("paypal", receiver="seller@example.com", api=api.url))
    assert isinstance(outcome, Unreached)
    assert (outcome.reason, outcome.permanent) == ("fetch-refused", True)


def test_an_ipn_for_somebody_else_is_not_even_asked_about(api: SenderApi, ask: Ask) -> None:
    """PayPal would confirm it: it is genuine, but the money is another's."""
    outcome = ask(sample("paypal", "ipn").request, hook("paypal", receiver="other@example.com", api=api.url))
    assert isinstance(outcome, Unreached)
    assert outcome.reason == "fetch-refused"
    assert "another receiver" in outcome.detail
    assert api.asked == []


def test_a_hook_that_trusts_its_token_asks_nothing(api: SenderApi, ask: Ask) -> None:
    """Without an option to prove by, the token in the address is all there is, and the loader has demanded it."""
    assert ask(sample("paypal", "ipn").request, replace(hook("paypal"), tokens=("t",))) == {}
    assert not providers.find("paypal").proves(hook("paypal"))
    assert api.asked == []


def unpinned(body: bytes | None = None, **headers: str) -> tuple[WebhookRequest, Hook]:
    """A webhook of PayPal's to a hook without a stored certificate."""
    request = sample("paypal", "PAYMENT.CAPTURE.REFUNDED.documented").request
    changed = {**request.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
    body = request.body if body is None else body
    return replace(request, body=body, headers=changed), hook("paypal", webhook_id="1JE4291016473214C")


def check(request: WebhookRequest, own: Hook, certificate: str) -> None:
    """The second question: what the worker does when PayPal has handed out its certificate."""
    paypal = providers.find("paypal")
    assert paypal.fetch is not None
    reading = paypal.read(request, own)
    paypal.fetch.ask(replace(reading, body={**reading.body, "certificate": certificate}), own)


def test_a_webhook_is_checked_with_the_certificate_that_was_fetched() -> None:
    """It is taken in on trust; changed by one byte it fails before anything is done."""
    certificate = (FIXTURES / "paypal" / "own.cert.pem").read_text()
    request, own = unpinned()
    providers.find("paypal").verify(request, own, 0)
    check(request, own, certificate)
    with pytest.raises(Unverified, match="does not fit"):
        check(replace(request, body=request.body.replace(b"19.00", b"49.00")), own, certificate)
    with pytest.raises(Unverified, match="does not fit"):
        check(request, replace(own, options={"webhook_id": "another"}), certificate)
    with pytest.raises(Unverified):
        check(request, own, "<html>not a certificate</html>")
    with pytest.raises(Unverified):
        check(request, own, "")


@pytest.mark.parametrize(
    "address",
    [
        "https://api.paypal.com.evil.example/cert",
        "https://evil.example/paypal.com/cert",
        "http://api.paypal.com/cert",
        "https://api.paypal.com@evil.example/cert",
        "https://evilpaypal.com/cert",
        "https://api.paypal.com/cert?next=//evil.example",
    ],
)
def test_a_certificate_from_elsewhere_is_refused_at_intake(address: str) -> None:
    """Whoever names his own certificate can sign whatever he likes."""
    request, own = unpinned(paypal_cert_url=address)
    with pytest.raises(Unverified):
        providers.find("paypal").verify(request, own, 0)


def test_a_certificate_inside_the_event_is_no_certificate() -> None:
    """The question is put all the same, and PayPal's answer takes its place."""
    forged = json.dumps({"id": "WH-1", "certificate": (FIXTURES / "paypal" / "cert.pem").read_text()}).encode()
    request, own = unpinned(forged)
    paypal = providers.find("paypal")
    assert paypal.fetch is not None
    with pytest.raises(Unverified):
        paypal.fetch.ask(paypal.read(request, own), own)


def test_an_ipn_cannot_pass_as_a_webhook_nor_the_other_way_round() -> None:
    """Each way of proving needs its own option, and ends in its own question."""
    ipn = sample("paypal", "ipn").request
    dressed = replace(ipn, headers={**ipn.headers, "paypal-cert-url": CERTIFICATE})
    paypal = providers.find("paypal")
    assert paypal.fetch is not None
    only_ipn, only_webhooks = hook("paypal", receiver="seller@example.com"), hook("paypal", webhook_id="1JE")
    with pytest.raises(Unverified):
        paypal.verify(ipn, only_webhooks, 0)
    with pytest.raises(Unverified):
        paypal.fetch.ask(paypal.read(dressed, only_ipn), only_ipn)
    assert [one.into for one in paypal.fetch.ask(paypal.read(dressed, only_webhooks), only_webhooks)] == ["certificate"]


def test_an_access_token_is_not_kept(api: SenderApi, ask: Ask) -> None:
    """It serves the next question, and is in no event afterwards."""
    api.answers["/v1/oauth2/token"] = b'{"access_token": "A21AA"}'
    api.answers["/v2/checkout/orders/1AB23456CD789012E"] = b'{"payer": {"email_address": "buyer@example.com"}}'
    pinned = sample("paypal", "PAYMENT.CAPTURE.COMPLETED")
    options = {**pinned.hook.options, "client_id": "app", "client_secret": "s", "api": api.url}
    answers = ask(pinned.request, replace(pinned.hook, options=options))
    assert set(answers) == {"order"}
    assert [token for _, token, _ in api.asked] == ["Basic YXBwOnM=", "Bearer A21AA"]


def test_of_an_unproven_number_nothing_else_is_read(api: SenderApi, ask: Ask) -> None:
    """Whoever posts a number of Mollie's may write what he likes beside it: the API's answer is all that counts."""
    forged = (
        b"id=tr_7UhSN1zuXS&email=evil%40example.com&payment%5Bstatus%5D=paid&customer%5Bemail%5D=evil%40example.com"
    )
    api.answers["/payments/tr_7UhSN1zuXS"] = b'{"id": "tr_7UhSN1zuXS", "status": "open", "customerId": "cst_1"}'
    api.answers["/customers/cst_1"] = b'{"email": "buyer@example.com"}'
    request = WebhookRequest("POST", "", {"content-type": "application/x-www-form-urlencoded"}, forged)
    own = hook("mollie", api_key="live_1", api=api.url)
    mollie = providers.find("mollie")
    mollie.verify(request, own, 0)
    reading = mollie.read_fetched(request, own, ask(request, own))
    assert (reading.contact.email, reading.order.status) == ("buyer@example.com", "waiting")
    assert {token for _, token, _ in api.asked} == {"Bearer live_1"}


def test_a_number_that_mollie_does_not_know_ends_as_a_failed_question(api: SenderApi, ask: Ask) -> None:
    """It was answered 200, so that nobody learns which numbers exist; nothing is done with it."""
    api.otherwise = (404, b'{"title": "Not Found"}')
    request = WebhookRequest("POST", "", {"content-type": "application/x-www-form-urlencoded"}, b"id=tr_guessed")
    outcome = ask(request, hook("mollie", api_key="live_1", api=api.url))
    assert isinstance(outcome, Unreached)
    assert (outcome.reason, outcome.status) == ("fetch-failed", 404)


@pytest.mark.parametrize(
    ("event", "path", "answer"),
    [
        ("sberbank deposited-asked.documented", "/rest/getOrderStatusExtended.do", {"orderStatus": 1}),
        ("sberbank deposited-asked.documented", "/rest/getOrderStatusExtended.do", {"errorCode": "6"}),
        ("yookassa payment.succeeded", "/payments/2e7a3c51-000f-5001-8000-1b2c3d4e5f60", {"status": "pending"}),
    ],
)
def test_who_says_paid_is_not_believed_against_the_bank(
    api: SenderApi, ask: Ask, event: str, path: str, answer: dict
) -> None:
    """A forged `paid` becomes a dead letter that says so."""
    api.answers[path] = json.dumps(answer).encode()
    options = {"user": "shop-api", "password": "p", "shop_id": "1", "api_key": "k", "api": api.url}
    provider, name = event.split()
    outcome = ask(sample(provider, name).request, hook(provider, **options))
    assert isinstance(outcome, Unreached)
    assert (outcome.reason, outcome.permanent) == ("fetch-refused", True)
    assert len(api.asked) == 1
