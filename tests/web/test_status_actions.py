"""What a person can do on the page: replay, discard, pause, resume, replay many. GET changes nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis
from werkzeug.test import TestResponse

from relay import replaying
from relay.lifecycle import State
from relay.models import Delivery
from relay.outcomes import Refused
from tests.web.conftest import Web, form_token


def press(client: FlaskClient, path: str, **fields: Any) -> TestResponse:
    return client.post(path, data={"csrf": form_token(client.get("/").text), **fields})


def dead_letter(web: Web, email: str = "anna@example.com", code: int = 103) -> str:
    delivery = web.story.lead(email)
    web.story.answered(delivery, Refused(code, "refused"))
    return delivery


def now(web: Web, delivery_id: str) -> Delivery:
    found = web.story.store.delivery(delivery_id)
    assert found is not None
    return found


@pytest.mark.parametrize("how", ["sent", "mapped"])
def test_replaying_a_dead_letter(web: Web, how: str) -> None:
    """It is queued again, and the page says so."""
    dead, client = dead_letter(web), web.insider()
    answer = press(client, f"/deliveries/{dead}/replay", **{"as": how})
    assert now(web, dead).state == State.QUEUED
    assert "Queued again" in client.get(answer.headers["Location"]).text


def test_replaying_what_is_not_dead_is_refused_in_words(web: Web) -> None:
    """Two people press at once: the second is told, and nothing happens twice."""
    dead, client = dead_letter(web), web.insider()
    press(client, f"/deliveries/{dead}/replay", **{"as": "sent"})
    again = press(client, f"/deliveries/{dead}/replay", **{"as": "sent"})
    assert again.status_code == 409
    assert "That was not done" in again.text
    assert press(client, f"/deliveries/{dead}/replay", **{"as": "nonsense"}).status_code == 400
    assert press(client, "/deliveries/dlv_unknown/replay", **{"as": "sent"}).status_code == 404


def test_mapping_again_what_still_cannot_be_mapped(web: Web) -> None:
    """The reason stands on the page, and it stays a dead letter."""
    unmapped = web.story.calls_of(web.story.came("lead", {"name": "Nobody"}))[0]
    answer = press(web.insider(), f"/deliveries/{unmapped}/replay", **{"as": "mapped"})
    assert answer.status_code == 409
    assert "still wrong" in answer.text
    assert now(web, unmapped).state == State.DEAD


def test_discarding_asks_first(web: Web) -> None:
    """Looking at the question changes nothing; the answer does."""
    dead, client = dead_letter(web), web.insider()
    assert "Discard this delivery?" in client.get(f"/deliveries/{dead}/discard").text
    assert now(web, dead).state == State.DEAD
    answer = press(client, f"/deliveries/{dead}/discard")
    assert now(web, dead).state == State.DISCARDED
    assert "Discarded" in client.get(answer.headers["Location"]).text
    assert client.get(f"/deliveries/{dead}/discard").status_code == 303
    assert press(client, f"/deliveries/{dead}/discard").status_code == 409


@pytest.mark.parametrize("gate", ["account:school", "hook:lead", "function:school:AddLeadToGroup"])
def test_pausing_and_resuming(web: Web, gate: str) -> None:
    """What a person paused goes on at once when a person resumes it."""
    client = web.insider()
    press(client, "/pauses/close", gate=gate, note="Moving <b>")
    assert web.story.store.gates()[gate].text == "Moving <b>"
    held = web.story.lead("anna@example.com")
    web.story.claim()
    assert now(web, held).state == State.HELD
    press(client, "/pauses/open", gate=gate)
    assert not web.story.store.gates()
    assert now(web, held).state == State.QUEUED


def test_resuming_what_justclick_refused_sends_one_call_first(web: Web) -> None:
    """The rest follows when it passes."""
    held = [web.story.lead(f"lead{number}@example.com") for number in range(4)]
    web.story.answered(held[0], Refused(4, "Incorrect hash"))
    client = web.insider()
    answer = press(client, "/pauses/open", gate="account:school")
    assert "One call is sent first" in client.get(answer.headers["Location"]).text
    assert web.story.store.gates()["account:school"].state == "probing"


@pytest.mark.parametrize("gate", ["account:nobody", "hook:nobody", "function:school:Nothing", "nonsense", ""])
def test_pausing_what_does_not_exist(web: Web, gate: str) -> None:
    """No gate is made up by a form."""
    assert press(web.insider(), "/pauses/close", gate=gate).status_code == 404
    assert not web.story.store.gates()


def test_replaying_many_shows_first_how_many(web: Web) -> None:
    """The count, the filter, then the progress."""
    for number in range(3):
        dead_letter(web, f"lead{number}@example.com", 103)
    other, client = dead_letter(web, "other@example.com", 100), web.insider()
    assert "3 dead letters would be replayed" in client.get("/replays/new?code=103").text
    answer = press(client, "/replays", code="103", **{"as": "sent"})
    progress = client.get(answer.headers["Location"])
    assert "Replaying 3 deliveries" in progress.text
    replaying.work_on_bulks(web.story.store, web.story.configuration)
    assert "Replayed: 3 deliveries" in client.get(answer.headers["Location"]).text
    assert now(web, other).state == State.DEAD
    assert "nothing to replay" in client.get("/replays/new?code=103").text


def test_the_filter_of_a_replay_is_told_in_the_readers_words(web: Web) -> None:
    """Every name that a filter has, in both languages."""
    dead_letter(web, "anna@example.com", 103)
    query = "/replays/new?hook=webinar&function=AddLeadToGroup&code=103&q=anna@example.com"
    for language, words in (
        ("en", ("Hook", "Function", "Code", "E-mail, phone, order, id")),
        ("ru", ("Хук", "Функция", "Код", "E-mail, телефон, заказ, id")),
    ):
        told = web.insider(language).get(query).text
        assert re.findall("<dt>(.*?)</dt>", told) == list(words)


def test_get_changes_nothing(web: Web, redis: Redis) -> None:
    """A browser that reads ahead, or a link in an e-mail, is harmless: not one key differs."""
    dead, client = dead_letter(web), web.insider()
    web.story.came("lead", {"email": "x@example.com"}, token="wrong")
    event = now(web, dead).event_id
    before = {key: redis.dump(key) for key in redis.keys("*") if b"allowance" not in key}
    for path in (
        *("/", "/deliveries", "/events", "/codes", "/search?q=anna@example.com", "/replays/new", "/inbox/lead"),
        *(f"/deliveries/{dead}", f"/deliveries/{dead}/discard", f"/events/{event}", "/inbox/lead/refusals"),
        *(f"/deliveries/{dead}/replay", "/pauses/close?gate=account:school", "/pauses/open", "/replays", "/logout"),
    ):
        client.get(path)
    assert {key: redis.dump(key) for key in redis.keys("*") if b"allowance" not in key} == before
