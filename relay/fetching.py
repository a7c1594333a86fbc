"""Questions to the sender of an event that brought ids only: asked by the worker, before anything is mapped.

Knows the providers' declarations and HTTP; stores nothing. Only https is spoken, but on loopback.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from relay.errors import Unverified
from relay.justclick import codes
from relay.justclick.answers import retry_after, storable
from relay.justclick.client import JustClick, Pool
from relay.justclick.transport import HttpAnswer, post
from relay.models import Hook, Reading
from relay.outcomes import Accepted, Refused, Unreached
from relay.provider import Fetch, FetchRequest, JustClickQuestion
from relay.reading import mapping

FETCH = "Fetch"  # stands where other deliveries name a function of JustClick
TIMEOUT = 15.0  # seconds
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def ask(
    fetch: Fetch, reading: Reading, hook: Hook, clients: Mapping[str, JustClick], pool: Pool
) -> dict[str, Any] | Unreached:
    """All answers by their names, or what came between. A declaration may raise Unverified: the event is not true."""
    try:
        return _ask_all(fetch, reading, hook, clients, pool)
    except Unverified as error:
        return _refused(str(error))


def _ask_all(
    fetch: Fetch, reading: Reading, hook: Hook, clients: Mapping[str, JustClick], pool: Pool
) -> dict[str, Any] | Unreached:
    answers: dict[str, Any] = {}
    passing: set[str] = set()
    hidden = {str(hook.options[name]).rstrip("/"): name for name in fetch.needs if hook.options.get(name)}
    # asked again with what has come: an answer may say what else to ask for
    while questions := [one for one in fetch.ask(reading, hook) if one.into not in answers]:
        for question in questions:
            if isinstance(question, JustClickQuestion):
                answer = _ask_justclick(question, clients)
            else:
                answer = _ask_sender(question, pool, hidden)
                passing |= set() if question.kept else {question.into}
            if isinstance(answer, Unreached):
                return answer
            answers[question.into] = answer
        reading = replace(reading, body={**mapping(reading.body), **answers})
    if fetch.refused and (sentence := fetch.refused(answers)):
        return _refused(sentence)
    return {into: answer for into, answer in answers.items() if into not in passing}


def _ask_sender(question: FetchRequest, pool: Pool, hidden: Mapping[str, str]) -> Any:
    address = urlsplit(question.url)
    where = f"{address.scheme}://{address.netloc}{address.path}"  # the query may hold a token
    for secret, name in hidden.items():
        where = where.replace(secret, f"<{name}>")  # and so may the path: Bitrix24's incoming webhook
    if address.scheme != "https" and address.hostname not in LOOPBACK:
        return _failed(f"{where} is not asked, because it is not https.")
    headers = {"Accept": "application/json", **question.headers}
    answer = post(pool.manager, question.url, question.body, headers, TIMEOUT, method=question.method)
    if isinstance(answer, Unreached):
        return Unreached(answer.reason, f"{where}: {answer.detail}", may_have_arrived=False)
    return _content(answer, where)


def _content(answer: HttpAnswer, where: str) -> Any:
    if answer.status >= 500 or answer.status in (408, 425, 429):
        detail, patience = f"{where} answered {answer.status}", retry_after(answer.headers)
        return Unreached("http-status", detail, may_have_arrived=False, status=answer.status, retry_after=patience)
    if not 200 <= answer.status < 300:
        told = answer.content[:200].decode("utf-8", "replace")
        return _failed(f"{where} answered {answer.status}: {told}", answer.status)
    text = answer.content.decode("utf-8", "replace")
    try:
        return storable(json.loads(text, parse_float=str))  # money never becomes a float
    except RecursionError:
        detail = f"{where} answered JSON that is nested beyond reason"
        return Unreached("not-json", detail, may_have_arrived=False, status=answer.status)
    except ValueError:
        return text  # PayPal answers VERIFIED


def _ask_justclick(question: JustClickQuestion, clients: Mapping[str, JustClick]) -> Any:
    client = clients.get(question.account)
    if client is None:
        return _failed(f"There is no account {question.account!r} in the configuration to ask.")
    outcome = client.send(question.function, question.params)
    if isinstance(outcome, Accepted):
        sentence = question.refused(outcome.result) if question.refused else ""
        return _refused(sentence) if sentence else outcome.result
    if isinstance(outcome, Refused):
        said = f"{question.function} of {question.account}: code {outcome.code}, {outcome.text}"
        if codes.meaning(question.function, outcome.code, outcome.text).pauses:
            return Unreached("fetch-failed", said, may_have_arrived=False)  # until a person has mended the account
        return _failed(said)
    return outcome


def _refused(sentence: str) -> Unreached:
    return Unreached("fetch-refused", sentence, may_have_arrived=False, permanent=True)


def _failed(detail: str, status: int | None = None) -> Unreached:
    return Unreached("fetch-failed", detail, may_have_arrived=False, status=status, permanent=True)
