"""Whatever a webhook holds, a page shows it as text: markup in every field, headers, addresses, refusals, notes."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from relay import gating
from relay.outcomes import Refused
from tests.web.conftest import Web

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
ALLOWED = {
    *("html", "head", "meta", "title", "link", "body", "a", "header", "div", "img", "nav", "form", "label", "input"),
    *("button", "main", "section", "h1", "h2", "h3", "span", "p", "q", "b", "br", "code", "pre", "dl", "dt", "dd"),
    *("table", "thead", "tbody", "tr", "th", "td", "details", "summary", "ul", "ol", "li", "footer", "time"),
    *("select", "option", "fieldset", "legend", "progress"),
}


class Tags(HTMLParser):
    """Fails on any element or attribute that our templates do not make."""

    def __init__(self) -> None:
        super().__init__()
        self.images: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, tag
        for name, value in attrs:
            assert not name.startswith("on"), name
            assert name != "style"
            if name in ("href", "src", "action"):
                assert value is not None
                assert value.startswith(("/", "#")), value
        if tag == "img":
            self.images.append(dict(attrs)["src"] or "")


def check(page: str) -> None:
    tags = Tags()
    tags.feed(page)
    assert all(image.startswith("/static/") for image in tags.images)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_markup_in_every_field_stays_text(web: Web, language: str) -> None:
    """The pages of a hostile event, its delivery, its lists, the search for it and what was refused."""
    story = web.story
    body = {"email": f"{EVIL}@example.com", "name": EVIL, "phone": EVIL, "tag": EVIL, "group": EVIL, EVIL: {EVIL: EVIL}}
    headers = {"x-evil": EVIL, "user-agent": EVIL}
    event = story.came("lead", body, headers=headers, query=f"utm={EVIL}")
    good = story.came("lead", {**body, "email": "anna@example.com"}, headers=headers)
    story.came("lead", {"email": EVIL}, token=EVIL, headers=headers)
    story.came("lead", ("{" + EVIL).encode(), headers=headers)
    delivery = story.calls_of(good)[0]
    story.answered(delivery, Refused(777, EVIL))
    gating.pause(story.store, "hook:payment", EVIL)
    client = web.insider(language)
    for path in (
        *("/", "/deliveries", "/deliveries?state=dead", "/events", "/inbox/lead", "/inbox/lead/refusals"),
        *(f"/events/{event}", f"/events/{good}", f"/deliveries/{delivery}", f"/deliveries/{delivery}/discard"),
        *(f"/deliveries/{one}" for one in story.calls_of(event)),
    ):
        answer = client.get(path)
        assert answer.status_code == 200, path
        check(answer.text)


@pytest.mark.parametrize(
    "path",
    [
        "/search",
        "/deliveries",
        "/events",
        "/replays/new",
        "/codes/100",
        "/login",
        "/nowhere",
        "/",
    ],
)
def test_markup_in_the_address_stays_text(web: Web, path: str) -> None:
    """Every parameter that a page shows again."""
    query = dict.fromkeys(("q", "hook", "function", "cursor", "next", "said", "as"), EVIL)
    for client in (web.insider(), web.visitor()):
        check(client.get(path, query_string=query).text)


def test_markup_in_a_path_stays_text(web: Web) -> None:
    """Names in the path too."""
    client = web.insider()
    for path in (f"/deliveries/{EVIL}", f"/events/{EVIL}", f"/inbox/{EVIL}", f"/reasons/{EVIL}", f"/{EVIL}"):
        answer = client.get(path)
        assert answer.status_code == 404
        check(answer.text)


def test_a_large_body_makes_no_large_page(web: Web) -> None:
    """A megabyte is cut on the page and says where the whole stands."""
    event = web.story.came("lead", {"email": "anna@example.com", "text": "слово " * 60_000})
    answer = web.insider().get(f"/events/{event}")
    assert answer.status_code == 200
    assert len(answer.data) < 600_000
    assert "/api/v1/events/" in answer.text
