"""Webhooks on the wire: what came only in part is not kept, and an address is never answered with a redirect."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

import pytest
from gunicorn.http.errors import ParseException

from tests.web.conftest import CONFIGURATION, Web

FORM = "application/x-www-form-urlencoded"


class Broken(io.RawIOBase):
    """What a server hands over when a chunk of the body is none."""

    def __init__(self, error: type[Exception]) -> None:
        self.error = error

    def read(self, size: int = -1) -> bytes:
        raise self.error(f"no chunk of {size} bytes")


@pytest.mark.parametrize(
    ("body", "environ"),
    [
        (io.BytesIO(b"email=anna@example.com&amount=15"), {"CONTENT_LENGTH": "40"}),
        (Broken(OSError), {"HTTP_TRANSFER_ENCODING": "chunked"}),
        (Broken(ParseException), {"HTTP_TRANSFER_ENCODING": "chunked"}),
    ],
)
@pytest.mark.parametrize("terminated", [True, False])  # whether the server itself ends the stream, as gunicorn does
def test_half_a_body_is_not_kept(web: Web, body: Any, environ: dict[str, str], terminated: bool) -> None:
    """The sender will send it again; half of 1500 is 15."""
    whole = {"wsgi.input": body, "wsgi.input_terminated": terminated, "CONTENT_TYPE": FORM, **environ}
    answer = web.visitor().post("/hooks/lead/lead-token", environ_overrides=whole)
    store = web.app.extensions["relay"].store
    assert answer.status_code == 400
    assert answer.json["error"] == "unreadable-body"
    assert not store.events(None, None, None, 10).items
    assert "broke before" in store.refusals("lead")[0].message


def test_a_whole_body_in_chunks_is_kept(web: Web) -> None:
    """It has no length to compare with."""
    whole = {"wsgi.input": io.BytesIO(b"email=anna@example.com"), "wsgi.input_terminated": True, "CONTENT_TYPE": FORM}
    answer = web.visitor().post("/hooks/lead/lead-token", environ_overrides=whole)
    assert (answer.status_code, answer.text) == (200, "ok")


@pytest.mark.parametrize("answer", ["{headers: {X-Name: '{{ body.name }}'}}", "{body: \"{{ '\\ud83d' }}\"}"])
def test_an_answer_that_is_no_http_unsays_nothing(make_web: Callable[..., Web], answer: str) -> None:
    """The event is kept: the sender hears so, once and for all, and the log tells of it without its words."""
    lead = "  lead:\n    provider: generic\n"
    web = make_web(CONFIGURATION.replace(lead, f"{lead}    answer: {answer}\n"), RELAY_LOG_LEVEL="warning")
    sent = {"email": "anna@example.com", "name": "Анна"}
    with redirect_stdout(io.StringIO()) as told:
        heard = web.visitor().post("/hooks/lead/lead-token", json=sent)
    assert (heard.status_code, heard.text) == (200, "ok")
    assert heard.headers["Relay-Event-Id"].startswith("evt_")
    assert "webhook.own-answer-failed hook=lead error=" in told.getvalue()
    assert "Анна" not in told.getvalue()


def test_a_doubled_slash_is_no_redirect(web: Web) -> None:
    """Senders do not follow them, and some count one as success."""
    for address in ("/hooks/lead//lead-token", "/hooks//lead/lead-token", "//hooks/lead/lead-token"):
        assert web.visitor().post(address, data={"email": "anna@example.com"}).status_code == 404


def test_the_start_tells_of_orders_whose_numbers_may_be_equal(make_web: Callable[..., Web]) -> None:
    """One line, and everything works."""
    begin, end = CONFIGURATION.index("  order:\n"), CONFIGURATION.index("  payment:\n")
    second = CONFIGURATION[begin:end].replace("  order:\n", "  other:\n", 1)
    for configuration, times in ((CONFIGURATION, 0), (CONFIGURATION + second, 1)):
        with redirect_stdout(io.StringIO()) as told:
            make_web(configuration, RELAY_LOG_LEVEL="warning")
        assert told.getvalue().count("The hooks order and other make orders in the account school") == times
