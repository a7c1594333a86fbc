"""What the JSON API refuses, it refuses as JSON: a slug, and a sentence that names what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from relay.web.openapi import PREFIX
from relay.web.operations import OPERATIONS
from relay.web.security import MOST
from tests.web.conftest import Web

PATHS = [(one.method, PREFIX + one.path.replace("<", "").replace(">", "")) for one in OPERATIONS]
PATHS += [("GET", f"{PREFIX}/openapi.json"), ("GET", "/metrics")]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_nothing_without_the_token(web: Web, make_web: Callable[..., Web], method: str, path: str) -> None:
    """401 for a missing or a wrong one; 403, and how to open it, when none is configured."""
    wrong = {"": web.visitor(), "wrong": web.api("wrong"), "empty": web.api("")}
    for client in wrong.values():
        answer = client.open(path, method=method)
        assert answer.status_code == 401
        assert answer.get_json()["error"] == "unauthorized"
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    basic = web.visitor().open(path, method=method, headers={"Authorization": "Basic api-token"})
    assert basic.status_code == 401
    closed = make_web(RELAY_API_TOKEN="").api("").open(path, method=method)
    assert closed.status_code == 403
    assert "RELAY_API_TOKEN" in closed.get_json()["message"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("stat=dead", 'Unknown parameter "stat". Did you mean "state"?'),
        ("state=deed", "state:"),
        ("limit=0", "limit:"),
        ("limit=201", "limit:"),
        ("limit=ten", "limit:"),
        ("code=abc", "code:"),
        ("cursor=../../x", "cursor:"),
        ("cursor=evt_01M7ZWVXVP2RF1H2QWVV9KDAWV", "cursor:"),
        ("q=", "q:"),
        ("q=" + "x" * 201, "q:"),
        ("function=AddLeadToGruop", "AddLeadToGroup"),
    ],
)
def test_a_wrong_query(web: Web, query: str, words: str) -> None:
    """400, with the parameter named."""
    answer = web.api().get(f"{PREFIX}/deliveries?{query}")
    assert answer.status_code == 400
    assert answer.get_json()["error"] == "invalid-request"
    assert words in answer.get_json()["message"]


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("/deliveries/dlv_x/replay", {"as": "sended"}, "as:"),
        ("/deliveries/dlv_x/replay", {"is": "sent"}, 'Unknown parameter "is"'),
        ("/deliveries/dlv_x/replay", ["sent"], "JSON object"),
        ("/replays", {}, "filter:"),
        ("/replays", {"filter": {"codes": 4}}, 'Did you mean "filter.code"?'),
        ("/replays", {"filter": {"state": "queued"}}, "filter.state:"),
        ("/replays", {"filter": {}, "dry_run": "perhaps"}, "dry_run:"),
        ("/replays", {"filter": {}, "dry_run": 0}, "dry_run:"),
        ("/replays", {"filter": []}, "filter"),
        ("/replays", {"filter": {"code": 2.5}}, "filter.code:"),
        ("/replays", None, "filter:"),
        ("/accounts/school/pause", {"note": "x" * 501}, "note:"),
    ],
)
def test_a_wrong_body(web: Web, path: str, body: Any, words: str) -> None:
    """400, with the place named; nothing was done."""
    answer = web.api().post(PREFIX + path, json=body)
    assert answer.status_code == 400
    assert words in answer.get_json()["message"]
    assert not web.story.store.gates()


def test_a_body_that_is_no_json(web: Web) -> None:
    """Told as what it is."""
    answer = web.api().post(f"{PREFIX}/replays", data=b"{broken")
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid-request")


def test_addresses_and_methods_that_do_not_exist(web: Web) -> None:
    """JSON too, also without the token: there is nothing to hide."""
    assert web.api().get(f"{PREFIX}/nothing").get_json()["error"] == "not-found"
    wrong = web.api().delete(f"{PREFIX}/status")
    assert wrong.get_json()["error"] == "method-not-allowed"
    assert set(wrong.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert web.visitor().get("/api/v2").get_json()["error"] == "not-found"


def test_the_document_is_valid_and_names_every_operation(web: Web) -> None:
    """One path and method each, with an id of its own."""
    document = web.api().get(f"{PREFIX}/openapi.json").get_json()
    assert document["openapi"].startswith("3.")
    described = [(method, path) for path, methods in document["paths"].items() for method in methods]
    assert len(described) == len(OPERATIONS)
    ids = [one["operationId"] for methods in document["paths"].values() for one in methods.values()]
    assert len(set(ids)) == len(ids)


def test_answers_in_the_language_asked_for(web: Web) -> None:
    """The sentence; the slugs stay."""
    summary = web.api().get(f"{PREFIX}/status", headers={"Accept-Language": "ru"}).get_json()["summary"]
    assert summary == "Пока ничего не приходило."


@pytest.mark.parametrize("body", ["[" * 100_000, '{"filter":' * 5_000, '{"filter": 1', "[]", '"text"', b"\xff"])
def test_a_body_that_is_no_object(web: Web, body: str | bytes) -> None:
    """However deep it is nested: the caller's mistake, not ours."""
    answer = web.api().post(f"{PREFIX}/replays", data=body)
    assert (answer.status_code, answer.get_json()["message"]) == (400, "The body must be a JSON object.")


def test_a_body_beyond_all_reason(web: Web) -> None:
    """It is not read to its end."""
    answer = web.api().post(f"{PREFIX}/replays", data=b" " * (MOST + 1))
    assert (answer.status_code, answer.get_json()["error"]) == (413, "invalid-request")
