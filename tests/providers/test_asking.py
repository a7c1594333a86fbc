"""Questions to a sender's API, put to a local server that answers as documented: no live account can be tried here."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from relay import fetching, providers
from relay.justclick.client import new_pool
from relay.models import Hook, Unreached, WebhookRequest
from tests.support.samples import FIXTURES, samples


class Api(BaseHTTPRequestHandler):
    answers: dict[str, Path]
    asked: list[tuple[str, str]]

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Authorization", "")))
        path = self.answers.get(self.path.partition("?")[0])
        self.send_response(200 if path else 401)
        self.end_headers()
        self.wfile.write(path.read_bytes() if path else b'{"title":"Unauthorized"}')

    do_POST = do_GET

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def api() -> Iterator[tuple[str, type[Api]]]:
    class Own(Api):
        pass

    Own.answers, Own.asked = {}, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Own)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", Own
    server.shutdown()
    server.server_close()


def asked(provider: str, request: WebhookRequest, hook: Hook) -> Any:
    declared = providers.find(provider)
    assert declared.fetch is not None
    pool = new_pool(1)
    try:
        return fetching.ask(declared.fetch, declared.read(request, hook), hook, {}, pool)
    finally:
        pool.manager.clear()


def sample(provider: str) -> WebhookRequest:
    return next(one.request for one in samples() if one.provider.name == provider and one.fetched)


def hook(provider: str, **options: str) -> Hook:
    return Hook(name="crm", provider=provider, account="school", options=options)


def test_a_lead_is_asked_for_and_then_its_contact(api: tuple[str, type[Api]]) -> None:
    """The second question follows from the first answer; each carries the token."""
    address, server = api
    folder = FIXTURES / "amocrm"
    server.answers["/api/v4/leads/25399013"] = folder / "lead_status.documented.fetched.lead.json"
    server.answers["/api/v4/contacts/1000101"] = folder / "lead_status.documented.fetched.contact.json"
    own = hook("amocrm", api=address, access_token="amo-test-token")
    request = sample("amocrm")
    answers = asked("amocrm", request, own)
    assert set(answers) == {"lead", "contact"}
    assert {token for _, token in server.asked} == {"Bearer amo-test-token"}
    assert providers.find("amocrm").read_fetched(request, own, answers).contact.email == "buyer@example.com"


def test_a_token_goes_to_the_senders_own_hosts_only() -> None:
    """A body may name any portal; ours are not asked on its word."""
    for portal in ("https://evil.example", "https://shop.amocrm.ru.evil.example", "http://shop.amocrm.ru", ""):
        body = json.dumps({"leads": {"add": [{"id": "7"}]}, "account": {"_links": {"self": portal}}}).encode()
        request = WebhookRequest("POST", "", {"content-type": "application/json"}, body)
        assert asked("amocrm", request, hook("amocrm", access_token="t")) == {}


def test_a_refusal_says_what_could_not_be_fetched_but_not_the_secret(api: tuple[str, type[Api]]) -> None:
    """Bitrix24's address holds its secret: it is named by the option instead."""
    address, _ = api
    outcome = asked("bitrix24", sample("bitrix24"), hook("bitrix24", webhook=f"{address}/rest/1/s3cret/"))
    assert isinstance(outcome, Unreached)
    assert outcome.permanent
    assert outcome.detail == '<webhook>/batch answered 401: {"title":"Unauthorized"}'


def test_a_batch_that_found_nothing_is_a_failure(api: tuple[str, type[Api]], tmp_path: Path) -> None:
    """Bitrix24 answers 200 all the same; the dead letter says why."""
    address, server = api
    nothing = {"result": {"result": [], "result_error": {"lead": {"error": "", "error_description": "Not found"}}}}
    (tmp_path / "nothing.json").write_text(json.dumps(nothing))
    server.answers["/rest/1/s3cret/batch"] = tmp_path / "nothing.json"
    outcome = asked("bitrix24", sample("bitrix24"), hook("bitrix24", webhook=f"{address}/rest/1/s3cret/"))
    assert isinstance(outcome, Unreached)
    assert outcome.detail == "Bitrix24 found nothing: Not found"
