"""The overview says in one sentence how things are: each situation over a real store."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from relay import gating, keys
from relay.outcomes import Accepted, Refused, Unreached
from relay.web.facts import ALIVE_SECONDS
from tests.web.conftest import Web


def sentence(web: Web, language: str = "en") -> str:
    page = web.insider(language).get("/").text
    found = re.search(r"<h1>(?:<span[^>]*>[^<]*</span>)?\s*(.*?)</h1>", page, re.DOTALL)
    assert found
    return " ".join(found.group(1).split())


def test_nothing_has_come_in_yet(web: Web) -> None:
    """The first thing to do is told: paste this address."""
    page = web.insider().get("/").text
    assert "Nothing has come in yet." in page
    assert "http://localhost/hooks/lead/&lt;token&gt;" in page
    assert "lead-token" not in page


def test_everything_is_in_justclick(web: Web) -> None:
    """The sentence that everybody wants to read, in both languages."""
    for number in range(3):
        web.story.delivered(web.story.lead(f"lead{number}@example.com"))
    assert sentence(web) == "Everything of the last 24 hours is in JustClick: 3 calls."
    assert sentence(web, "ru") == "Всё за последние 24 часа в JustClick: 3 вызова."


def test_what_was_discarded_is_not_claimed_to_be_in_justclick(web: Web) -> None:
    """The sentence stays exact."""
    web.story.delivered(web.story.lead("a@example.com"))
    dead = web.story.lead("b@example.com")
    web.story.answered(dead, Refused(100, "Email is missing"))
    client = web.insider()
    token = re.search(r'name="csrf" value="(\w+)"', client.get("/").text)
    assert token
    client.post(f"/deliveries/{dead}/discard", data={"csrf": token.group(1)})
    assert sentence(web) == "Everything of the last 24 hours that you did not discard is in JustClick: 1 call."


def test_no_worker_is_running(make_web: Callable[..., Web]) -> None:
    """Nothing is sent then, and the page says how to start one."""
    web = make_web()
    web.story.lead("anna@example.com")
    assert sentence(web).startswith("No worker is running: nothing is being sent. 1 delivery waits.")
    assert "python -m workers" in web.insider().get("/").text


def test_a_worker_that_fell_silent_is_not_alive(web: Web) -> None:
    """Its last beat is told."""
    long_ago = int((time.time() - ALIVE_SECONDS - 5) * 1000)
    web.story.store.redis.hset(
        keys.BEATS, "gone", f'{{"beat": 1, "at": {long_ago}, "host": "h9", "pid": 7, "in_flight": 0, "slots": 1}}'
    )
    assert "silent for" in web.insider().get("/").text
    web.story.store.redis.hdel(keys.BEATS, "worker-1.4711.a1b2c3")
    assert "No worker is running" in sentence(web)


def test_dead_letters_are_counted_and_grouped_by_code(web: Web) -> None:
    """Each code with its meaning, and a link to those that it stopped."""
    for number, (code, text) in enumerate([(100, "Email is missing"), (100, "Email is missing"), (103, "Incorrect")]):
        web.story.answered(web.story.lead(f"lead{number}@example.com"), Refused(code, text))
    page = web.insider().get("/").text
    assert sentence(web) == "3 deliveries need you."
    assert sentence(web, "ru") == "3 отправки ждут вашего решения."
    assert 'href="/deliveries?state=dead&amp;code=100">2</a>' in page
    assert 'href="/codes/103"' in page
    assert "The e-mail address is missing or misspelt." in page


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        (4, "Incorrect hash", "The key of account school is wrong: 1 delivery is held."),
        (6, "Permission denied for IP 203.0.113.1", "network address"),
        (7, "Account disabled", "The JustClick account school is switched off: 1 delivery is held."),
        (8, "Limit to subscribe for this IP exided", "limit for AddLeadToGroup is used up"),
    ],
)
def test_a_refused_account_says_who_has_to_do_what(web: Web, code: int, text: str, words: str) -> None:
    """The sentence, the advice and the button that goes on."""
    web.story.answered(web.story.lead("anna@example.com"), Refused(code, text))
    page = web.insider().get("/").text
    assert words in sentence(web)
    assert f"code {code}</a>" in page
    assert ">Resume</button>" in page


def test_a_pause_by_a_person(web: Web) -> None:
    """It is told with its note, and does not look like trouble of JustClick's."""
    gating.pause(web.story.store, "hook:lead", "Moving the shop")
    web.story.lead("anna@example.com")
    web.story.claim()
    page = web.insider().get("/").text
    assert sentence(web) == "You have paused lead: 1 delivery is held."
    assert "Moving the shop" in page


def test_justclick_cannot_be_reached(web: Web) -> None:
    """Nobody has to do anything, and the page says so."""
    web.story.answered(
        web.story.lead("anna@example.com"), Unreached("no-connection", "refused", may_have_arrived=False)
    )
    assert sentence(web) == "1 delivery has no usable answer from JustClick yet; it is tried again by itself."


def test_something_is_on_its_way(web: Web) -> None:
    """A burst is not trouble."""
    web.story.lead("anna@example.com")
    web.story.lead("boris@example.com")
    assert sentence(web) == "2 deliveries are on their way to JustClick."


def test_a_hook_that_refuses_everything(web: Web) -> None:
    """A wrong token is found by looking, not by guessing."""
    web.story.came("lead", {"email": "anna@example.com"}, token="wrong")
    page = web.insider().get("/").text
    assert sentence(web) == "What is sent to hook lead is being refused."
    assert 'href="/inbox/lead/refusals"' in page
    web.story.delivered(web.story.lead("anna@example.com"))
    assert "is being refused" not in sentence(web)


def test_a_periodic_task_that_stands_still(web: Web) -> None:
    """Visible within a minute."""
    web.story.store.redis.hset(keys.HEARTBEATS, "sweeper", int((time.time() - 180) * 1000))
    assert sentence(web) == "The sweeper has not run for 3 minutes: retries and pauses stand still."


def test_a_payment_that_waits_for_its_order(web: Web) -> None:
    """It is no dead letter, and the sentence says what it waits for."""
    web.story.came("payment", {"order": "10457"})
    web.story.claim()
    assert sentence(web) == "1 delivery waits for its order."
    web.story.answered(
        web.story.calls_of(web.story.came("order", {"email": "a@example.com", "order": "10457", "amount": "9"}))[0],
        Accepted(0, "OK", {"bill_id": 77}),
    )
    assert sentence(web) == "1 delivery is on its way to JustClick."


def test_a_store_that_forgets_or_evicts_is_told(web: Web) -> None:
    """The tests' Redis keeps nothing on disk."""
    redis = web.story.store.redis
    redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        page = web.insider().get("/").text
    finally:
        redis.config_set("maxmemory-policy", "noeviction")
    assert "Redis keeps nothing on disk" in page
    assert "may throw away events" in page


def test_a_full_store_turns_webhooks_away(web: Web) -> None:
    """The worst of all: it is told before the dead letters."""
    web.story.answered(web.story.lead("anna@example.com"), Refused(100, "Email is missing"))
    web.story.store.redis.set(keys.ROOM, 0)
    assert sentence(web) == "The store is full: webhooks are being turned away."
    assert web.visitor().get("/readyz").get_json()["error"] == "store-full"


def test_the_store_is_away(web: Web) -> None:
    """A page that says so, with 503, instead of a stack trace; what Redis said is for insiders."""
    client = web.insider()
    pool = web.story.store.redis.connection_pool
    pool.disconnect()
    before = pool.connection_kwargs["path"]
    pool.connection_kwargs["path"] = "/nowhere/redis.sock"
    try:
        pool.reset()
        answers = [client.get(path) for path in ("/", "/deliveries", "/search?q=a@example.com", "/codes")]
    finally:
        pool.connection_kwargs["path"] = before
        pool.reset()
    for answer in answers:
        assert answer.status_code == 503
        assert "The store is away" in answer.text
        assert "Traceback" not in answer.text
    assert client.get("/").status_code == 200
