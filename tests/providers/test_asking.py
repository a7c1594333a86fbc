"""Questions to a sender's API, put to a local server that answers as documented: no live account can be tried here."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from relay import providers
from relay.models import Hook, WebhookRequest
from relay.outcomes import Unreached
from tests.support.samples import FIXTURES, samples
from tests.support.sender_api import SenderApi

Ask = Callable[[WebhookRequest, Hook], Any]


def sample(provider: str) -> WebhookRequest:
    return next(one.request for one in samples() if one.provider.name == provider and one.fetched)


def hook(provider: str, **options: str) -> Hook:
    return Hook(name="crm", provider=provider, account="school", options=options)


def test_a_lead_is_asked_for_and_then_its_contact(api: SenderApi, ask: Ask) -> None:
    """The second question follows from the first answer; each carries the token."""
    folder = FIXTURES / "amocrm"
    api.answers["/api/v4/leads/25399013"] = (folder / "lead_status.documented.fetched.lead.json").read_bytes()
    api.answers["/api/v4/contacts/1000101"] = (folder / "lead_status.documented.fetched.contact.json").read_bytes()
    own = hook("amocrm", api=api.url, access_token="amo-test-token")
    request = sample("amocrm")
    answers = ask(request, own)
    assert set(answers) == {"lead", "contact"}
    assert {token for _, token, _ in api.asked} == {"Bearer amo-test-token"}
    assert providers.find("amocrm").read_fetched(request, own, answers).contact.email == "buyer@example.com"


def test_a_token_goes_to_the_senders_own_hosts_only(ask: Ask) -> None:
    """A body may name any portal; ours are not asked on its word."""
    for portal in ("https://evil.example", "https://shop.amocrm.ru.evil.example", "http://shop.amocrm.ru", ""):
        body = json.dumps({"leads": {"add": [{"id": "7"}]}, "account": {"_links": {"self": portal}}}).encode()
        request = WebhookRequest("POST", "", {"content-type": "application/json"}, body)
        assert ask(request, hook("amocrm", access_token="t")) == {}


def test_a_refusal_says_what_could_not_be_fetched_but_not_the_secret(api: SenderApi, ask: Ask) -> None:
    """Bitrix24's address holds its secret: it is named by the option instead."""
    outcome = ask(sample("bitrix24"), hook("bitrix24", webhook=f"{api.url}/rest/1/s3cret/"))
    assert isinstance(outcome, Unreached)
    assert outcome.permanent
    assert outcome.detail == '<webhook>/batch answered 401: {"title":"Unauthorized"}'


def test_a_batch_that_found_nothing_is_a_failure(api: SenderApi, ask: Ask) -> None:
    """Bitrix24 answers 200 all the same; the dead letter says why."""
    nothing = {"result": {"result": [], "result_error": {"lead": {"error": "", "error_description": "Not found"}}}}
    api.answers["/rest/1/s3cret/batch"] = json.dumps(nothing).encode()
    outcome = ask(sample("bitrix24"), hook("bitrix24", webhook=f"{api.url}/rest/1/s3cret/"))
    assert isinstance(outcome, Unreached)
    assert outcome.detail == "Bitrix24 found nothing: Not found"
