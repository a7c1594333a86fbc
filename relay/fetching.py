"""Questions to the sender of an event that brought ids only: asked by the worker, before anything is mapped.

Knows the providers' declarations and HTTP; stores nothing. Only https is spoken, but on loopback.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from relay.justclick.client import JustClick, Pool
from relay.justclick.transport import HttpAnswer, post
from relay.models import Accepted, Hook, Reading, Refused, Unreached
from relay.provider import Fetch, FetchRequest, JustClickQuestion

FETCH = "Fetch"  # stands where other deliveries name a function of JustClick
TIMEOUT = 15.0  # seconds
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def ask(
    fetch: Fetch, reading: Reading, hook: Hook, clients: Mapping[str, JustClick], pool: Pool
) -> dict[str, Any] | Unreached:
    """All answers by their names, or what came between."""
    answers: dict[str, Any] = {}
    for question in fetch.ask(reading, hook):
        if isinstance(question, JustClickQuestion):
            answer = _ask_justclick(question, clients)
        else:
            answer = _ask_sender(question, pool)
        if isinstance(answer, Unreached):
            return answer
        answers[question.into] = answer
    if fetch.refused and (sentence := fetch.refused(answers)):
        return Unreached("fetch-refused", sentence, may_have_arrived=False, permanent=True)
    return answers


def _ask_sender(question: FetchRequest, pool: Pool) -> Any:
    address = urlsplit(question.url)
    where = f"{address.scheme}://{address.netloc}{address.path}"  # the query may hold a token
    if address.scheme != "https" and address.hostname not in LOOPBACK:
        return _failed(f"{where} is not asked, because it is not https.")
    headers = {"Accept": "application/json", **question.headers}
    answer = post(pool.manager, question.url, question.body, headers, TIMEOUT, method=question.method)
    if isinstance(answer, Unreached):
        return Unreached(answer.reason, f"{where}: {answer.detail}", may_have_arrived=False)
    return _content(answer, where)


def _content(answer: HttpAnswer, where: str) -> Any:
    if answer.status >= 500 or answer.status in (408, 425, 429):
        wait = answer.headers.get("Retry-After", "")
        patience = float(wait) if wait.isdigit() else None
        detail = f"{where} answered {answer.status}"
        return Unreached("http-status", detail, may_have_arrived=False, status=answer.status, retry_after=patience)
    if not 200 <= answer.status < 300:
        told = answer.content[:200].decode("utf-8", "replace")
        return _failed(f"{where} answered {answer.status}: {told}", answer.status)
    text = answer.content.decode("utf-8", "replace")
    try:
        return json.loads(text, parse_float=str)  # money never becomes a float
    except ValueError:
        return text  # PayPal answers VERIFIED


def _ask_justclick(question: JustClickQuestion, clients: Mapping[str, JustClick]) -> Any:
    client = clients.get(question.account)
    if client is None:
        return _failed(f"There is no account {question.account!r} in the configuration to ask.")
    outcome = client.send(question.function, question.params)
    if isinstance(outcome, Accepted):
        return outcome.result
    if isinstance(outcome, Refused):
        return _failed(f"{question.function} of {question.account}: code {outcome.code}, {outcome.text}")
    return outcome


def _failed(detail: str, status: int | None = None) -> Unreached:
    return Unreached("fetch-failed", detail, may_have_arrived=False, status=status, permanent=True)
