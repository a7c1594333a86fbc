"""Webhooks on the wire: what came only in part is not kept, and an address is never answered with a redirect."""

from __future__ import annotations

import io
from typing import Any

import pytest
from gunicorn.http.errors import ParseException

from tests.web.conftest import Web

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


def test_a_doubled_slash_is_no_redirect(web: Web) -> None:
    """Senders do not follow them, and some count one as success."""
    for address in ("/hooks/lead//lead-token", "/hooks//lead/lead-token", "//hooks/lead/lead-token"):
        assert web.visitor().post(address, data={"email": "anna@example.com"}).status_code == 404
