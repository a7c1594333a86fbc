"""Lists, and the pages of one delivery and one event: each state says what happens next, and no secret is shown."""

from __future__ import annotations

import json

import pytest

from relay import gating, keys
from relay.justclick import codes
from relay.outcomes import Accepted, Refused, Unreached
from relay.reasons import REASONS
from tests.support.making import a_delivery, keep
from tests.web.conftest import ENVIRON, Web


def text_of(web: Web, path: str, language: str = "en") -> str:
    answer = web.insider(language).get(path)
    assert answer.status_code == 200, path
    return answer.text


# ---------------------------------------------------------------- one delivery
def test_a_queued_delivery(web: Web) -> None:
    """What is sent stands there as it goes over the wire, and the signed text without the secret."""
    page = text_of(web, f"/deliveries/{web.story.lead('anna@example.com', name='Анна')}")
    assert "as soon as a worker is free" in page
    assert "<dt>rid[0]</dt><dd>webinar</dd>" in page
    assert "lead_email=anna%40example.com" in page
    assert "::demo::••••••" in page
    assert ENVIRON["JUSTCLICK_SECRET"] not in page


def test_a_delivery_being_sent(web: Web) -> None:
    """Who sends it, and an attempt without an answer yet."""
    delivery = web.story.lead("anna@example.com")
    web.story.claim()
    page = text_of(web, f"/deliveries/{delivery}")
    assert "worker-1.4711.a1b2c3 is sending it" in page
    assert "no answer yet" in page


def test_a_delivered_delivery(web: Web) -> None:
    """With what JustClick gave back."""
    order = web.story.calls_of(web.story.came("order", {"email": "a@example.com", "order": "7", "amount": "1500.00"}))[
        0
    ]
    web.story.answered(order, Accepted(0, "Order created", {"bill_id": 9001}))
    page = text_of(web, f"/deliveries/{order}")
    assert "It is in JustClick." in page
    assert "9001" in page
    assert "Replay" not in page


def test_a_dead_letter_says_why_and_offers_what_helps(web: Web) -> None:
    """Code, meaning, advice, JustClick's own words, and the three buttons."""
    delivery = web.story.lead("anna@example.com")
    web.story.answered(delivery, Refused(103, "Incorrect rass_id"))
    page, meaning = text_of(web, f"/deliveries/{delivery}"), codes.meaning("AddLeadToGroup", 103)
    assert meaning.meaning["en"] in page
    assert meaning.advice["en"] in page.replace("&#39;", "'")
    assert "Incorrect rass_id" in page
    for button in ("Replay as sent", "Map again and replay", "Discard"):
        assert button in page
    russian = text_of(web, f"/deliveries/{delivery}", "ru")
    assert meaning.meaning["ru"] in russian
    assert "Повторить как было" in russian


def test_a_delivery_that_is_tried_again(web: Web) -> None:
    """When, relative and exact, and what went wrong."""
    delivery = web.story.lead("anna@example.com")
    web.story.answered(delivery, Unreached("timeout", "No answer within 15 s.", may_have_arrived=True))
    page = text_of(web, f"/deliveries/{delivery}")
    assert "Attempt 2 follows" in page
    assert 'href="/reasons/timeout"' in page
    assert "No answer within 15 s." in page


def test_a_delivery_that_waits(web: Web) -> None:
    """For what, until when, and what cannot be signed yet."""
    delivery = web.story.calls_of(web.story.came("payment", {"order": "10457"}))[0]
    web.story.claim()
    page = text_of(web, f"/deliveries/{delivery}")
    assert "order 10457" in page
    assert "‹bill:10457›" in page
    assert "The text to be signed is known when" in page


def test_a_held_delivery(web: Web) -> None:
    """By which pause, with the way to it."""
    gating.pause(web.story.store, "account:school")
    delivery = web.story.lead("anna@example.com")
    web.story.claim()
    page = text_of(web, f"/deliveries/{delivery}")
    assert "Account school is paused" in page
    assert 'href="/#pauses"' in page


def test_an_event_that_could_not_be_mapped(web: Web) -> None:
    """Field by field; replaying as sent is not offered, because nothing was ever sent."""
    delivery = web.story.calls_of(web.story.came("lead", {"name": "Nobody"}))[0]
    page = text_of(web, f"/deliveries/{delivery}")
    assert "No call could be made of this event" in page
    assert "lead_email" in page
    assert "Replay as sent" not in page
    assert "Map again and replay" in page


# ---------------------------------------------------------------- one event
def test_an_event_shows_its_whole_way(web: Web) -> None:
    """What came in, what was read, what became of it."""
    event = web.story.came("lead", {"email": "Anna@Example.com", "phone": "8 (999) 123-45-67", "name": "Анна"})
    web.story.came("lead", {"email": "Anna@Example.com", "phone": "8 (999) 123-45-67", "name": "Анна"})
    page = text_of(web, f"/events/{event}")
    assert "+79991234567" in page
    assert "AddLeadToGroup" in page
    assert "8 (999) 123-45-67" in page
    assert "Анна" in page
    assert "repeated it 1 time;" in page


def test_an_event_without_a_call_says_why(web: Web) -> None:
    """The condition that was false stands there."""
    event = web.story.came("lead", {"email": "anna@example.com", "skip": True})
    page = text_of(web, f"/events/{event}")
    assert "No call was made" in page
    assert "body.skip is not defined" in page


def test_the_hooks_secrets_are_hidden_in_what_came_in(web: Web) -> None:
    """A sender that repeats its token in the body or the address does not bring it onto the page."""
    event = web.story.came("lead", {"email": "a@example.com", "note": "lead-token"}, query="key=lead-token")
    page = text_of(web, f"/events/{event}")
    assert "lead-token" not in page
    assert "[hidden]" in page


def test_a_body_that_is_no_text(web: Web) -> None:
    """Bytes are shown as bytes, and what cannot be read any more says why."""
    event = keep(web.story.store, hook="lead", body=b"\xff\xfe{").event_id
    page = text_of(web, f"/events/{event}")
    assert "\\xff\\xfe{" in page
    assert "It can no longer be read:" in page


def test_what_is_gone_is_told(web: Web) -> None:
    """A body that retention removed, a hook that left the configuration."""
    store = web.story.store
    event = web.story.came("lead", {"email": "a@example.com"})
    store.redis.hdel(keys.EVENT + event, "body", "zbody")
    store.redis.hset(keys.EVENT + event, "body_removed", "1")
    assert "Its body was removed because its time was over." in text_of(web, f"/events/{event}")
    left = keep(store, a_delivery(hook="old"), hook="old").event_id
    assert "The hook old is no longer in the configuration" in text_of(web, f"/events/{left}")
    assert "old" in text_of(web, "/deliveries?hook=old")


# ---------------------------------------------------------------- lists
def test_a_list_is_filtered_by_its_address(web: Web) -> None:
    """State, hook, function, code and the search box of the list."""
    ids = [web.story.lead(f"lead{number}@example.com") for number in range(4)]
    web.story.answered(ids[0], Refused(100, "Email is missing"))
    web.story.answered(ids[1], Refused(103, "Incorrect rass_id"))
    web.story.delivered(ids[2])

    def shown(query: str) -> set[str]:
        page = text_of(web, f"/deliveries?{query}")
        return {one for one in ids if one in page}

    assert shown("") == set(ids)
    assert shown("state=dead") == {ids[0], ids[1]}
    assert shown("state=dead&code=103") == {ids[1]}
    assert shown("state=delivered&hook=lead&function=AddLeadToGroup") == {ids[2]}
    assert shown("hook=order") == set()
    assert shown("q=lead3@example.com") == {ids[3]}
    assert shown("state=nonsense&code=abc&cursor=../..") == set(ids)


def test_a_long_list_has_pages(web: Web) -> None:
    """Every delivery stands on exactly one of them."""
    ids = [web.story.lead(f"lead{number}@example.com") for number in range(120)]
    client, path, seen = web.insider(), "/deliveries?state=queued", list[str]()
    while path:
        page = client.get(path).text
        seen += [one for one in ids if f'href="/deliveries/{one}"' in page]
        following = page.partition('rel="next" href="')[2].partition('"')[0]
        path = following.replace("&amp;", "&")
    assert sorted(seen) == sorted(ids)


@pytest.mark.parametrize(
    "state", ["queued", "waiting", "held", "sending", "retrying", "delivered", "dead", "discarded"]
)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_an_empty_list_says_so(web: Web, state: str, language: str) -> None:
    """No empty table."""
    assert 'class="empty' in text_of(web, f"/deliveries?state={state}", language)


def test_events_of_a_hook(web: Web) -> None:
    """Newest first, with the hook in the address."""
    first, second = web.story.came("lead", {"email": "a@example.com"}), web.story.came("payment", {"order": "1"})
    assert second in text_of(web, "/events")
    page = text_of(web, "/events?hook=lead")
    assert first in page
    assert second not in page


# ---------------------------------------------------------------- where is my lead?
@pytest.mark.parametrize("words", ["anna@example.com", " ANNA@example.com ", "8 (999) 123-45-67", "+7 999 123 45 67"])
def test_a_lead_is_found_by_what_one_knows_of_it(web: Web, words: str) -> None:
    """An e-mail address or a phone number, however it is written."""
    delivery = web.story.lead("anna@example.com", phone="89991234567")
    page = text_of(web, "/search?q=" + words.replace("+", "%2B"))
    assert delivery in page


def test_an_id_leads_straight_to_its_page(web: Web) -> None:
    """No list of one."""
    delivery = web.story.lead("anna@example.com")
    assert web.insider().get(f"/search?q={delivery}").headers["Location"] == f"/deliveries/{delivery}"


def test_a_lead_without_a_call_is_found_with_the_reason(web: Web) -> None:
    """The event is there although no delivery is."""
    event = web.story.came("lead", {"email": "skip@example.com", "skip": 1})
    page = text_of(web, "/search?q=skip@example.com")
    assert event in page
    assert "body.skip is not defined" in page


def test_a_lead_that_was_refused_is_found_too(web: Web) -> None:
    """Its webhook came, and was turned away: with the reason."""
    web.story.came("lead", {"email": "lost@example.com"}, token="wrong")
    page = text_of(web, "/search?q=lost@example.com")
    assert "It came, and was refused 1 time" in page
    assert "The token at the end of the address is wrong." in page


def test_a_lead_that_nobody_knows(web: Web) -> None:
    """What may be the cause is told."""
    page = text_of(web, "/search?q=nobody@example.com")
    assert "Nothing was accepted with" in page
    assert "What may be the cause" in page


# ---------------------------------------------------------------- refusals, codes, reasons
def test_refusals_explain_themselves(web: Web) -> None:
    """Reason, advice, headers without secrets, the beginning of the body, when."""
    web.story.came("lead", {"email": "a@example.com"}, token="wrong", headers={"authorization": "Bearer hush"})
    web.story.came("lead", b"{broken")
    page = text_of(web, "/inbox/lead/refusals")
    assert "The token at the end of the address is wrong." in page
    assert "{broken" in page
    assert "hush" not in page
    assert 'href="/reasons/wrong-token"' in page


def test_no_refusals(web: Web) -> None:
    """That is good, and said."""
    assert "Nothing was refused" in text_of(web, "/inbox/lead/refusals")
    assert web.insider().get("/inbox/nobody/refusals").status_code == 404


def test_every_code_and_reason_has_its_page(web: Web) -> None:
    """One click from the menu to the table, every row of it leads to its explanation."""
    client = web.insider()
    table = client.get("/codes").text
    for row in codes.TABLE:
        assert f'href="/codes/{row.code}"' in table
        page = client.get(f"/codes/{row.code}").text
        assert row.advice["en"] in page.replace("&#39;", "'").replace("&#34;", '"')
    for slug in REASONS:
        assert f'href="/reasons/{slug}"' in table
        assert client.get(f"/reasons/{slug}").status_code == 200
    assert "no documentation" in client.get("/codes/98765").text
    assert client.get("/reasons/unheard-of").status_code == 404


def test_the_page_of_a_hook(web: Web) -> None:
    """What it does, what came last, and its address."""
    event = web.story.came("lead", {"email": "a@example.com"})
    page = text_of(web, "/inbox/lead")
    assert event in page
    assert "body.skip is not defined" in page
    assert json.dumps("lead-token") not in page
    assert web.insider().get("/inbox/nobody").status_code == 404
