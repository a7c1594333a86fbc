"""Try it: the last real event or a pasted one becomes calls before one's eyes, and nothing is sent or kept."""

from __future__ import annotations

from redis import Redis

from relay import keys
from relay.fetching import FETCH
from tests.support.making import a_delivery, keep
from tests.web.conftest import ENVIRON, Web, form_token


def paste(web: Web, hook: str, **fields: str) -> str:
    client = web.insider()
    answer = client.post(f"/inbox/{hook}/try", data={"csrf": form_token(client.get("/").text), **fields})
    assert answer.status_code == 200
    return answer.text


def test_the_last_event_is_there_already(web: Web) -> None:
    """Its reading, and the exact request, without the account's secret."""
    web.story.came("lead", {"email": "anna@example.com", "name": "Анна", "phone": "8 (999) 123-45-67"})
    page = web.insider().get("/inbox/lead/try").text
    assert "+79991234567" in page
    assert "lead_email=anna%40example.com" in page
    assert "&amp;hash=" in page
    assert ENVIRON["JUSTCLICK_SECRET"] not in page


def test_an_event_of_ones_choice(web: Web) -> None:
    """From the page of any event; one of another hook is not taken for it."""
    first = web.story.came("lead", {"email": "first@example.com"})
    web.story.came("lead", {"email": "second@example.com"})
    assert "first@example.com" in web.insider().get(f"/inbox/lead/try?event={first}").text
    assert "first@example.com" not in web.insider().get(f"/inbox/order/try?event={first}").text


def test_without_any_event_one_pastes(web: Web) -> None:
    """JSON or a form; the empty page explains itself."""
    assert "Body of a webhook" in web.insider().get("/inbox/lead/try").text
    assert "anna@example.com" in paste(web, "lead", body='{"email": "anna@example.com"}')
    assert "anna@example.com" in paste(web, "lead", body="email=anna%40example.com&name=Anna\r\n")
    assert web.insider().get("/inbox/nobody/try").status_code == 404


def test_a_call_that_is_not_made_says_why(web: Web) -> None:
    """The condition, with its line in the file."""
    page = paste(web, "lead", body='{"email": "anna@example.com", "skip": 1}')
    assert "Not made:" in page
    assert "body.skip is not defined" in page
    assert "of relay.yaml" in page


def test_a_call_that_would_be_a_dead_letter_says_why(web: Web) -> None:
    """Field by field."""
    page = paste(web, "lead", body='{"name": "Nobody"}')
    assert "It would need you at once" in page
    assert "lead_email" in page


def test_a_call_that_waits_for_another(web: Web) -> None:
    """It cannot be signed yet."""
    page = paste(web, "payment", body='{"order": "10457"}')
    assert "The text to be signed is known when" in page


def test_a_body_that_cannot_be_read(web: Web) -> None:
    """With the place."""
    assert "It cannot be read:" in paste(web, "lead", body='{"email": ')


def test_trying_sends_and_keeps_nothing(web: Web, redis: Redis) -> None:
    """Not one key differs."""
    web.story.came("lead", {"email": "anna@example.com"})
    before = {key: redis.dump(key) for key in redis.keys("*") if not key.startswith(keys.ALLOWANCE.encode())}
    paste(web, "lead", body='{"email": "anna@example.com"}', headers="X-Signature: wrong")
    web.insider().get("/inbox/lead/try")
    assert {key: redis.dump(key) for key in redis.keys("*") if not key.startswith(keys.ALLOWANCE.encode())} == before


def test_a_question_to_a_sender_of_ids(web: Web) -> None:
    """It stands among the deliveries, and is no call of JustClick's."""
    asks = a_delivery(hook="lead", function=FETCH, params={})
    keep(web.story.store, asks, hook="lead")
    page = web.insider().get(f"/deliveries/{asks.id}").text
    assert "The sender brought ids only." in page
    assert "/api/Fetch" not in page
    assert asks.id in web.insider().get(f"/deliveries?function={FETCH}").text
    assert web.api().get(f"/api/v1/deliveries?function={FETCH}").get_json()["items"][0]["function"] == FETCH


def test_a_body_of_most_of_a_megabyte(web: Web) -> None:
    """The web framework's own limit of half a megabyte a form field is not ours."""
    body = '{"email": "anna@example.com", "text": "' + "x" * 700_000 + '"}'
    assert "anna@example.com" in paste(web, "lead", body=body)
