"""Questions to a sender whose API answers strangely: they are asked again, and never end in an internal error."""

from __future__ import annotations

from typing import Any

import pytest

from relay import fetching
from relay.justclick.client import new_pool
from relay.models import Hook, Reading
from relay.outcomes import Unreached
from relay.provider import Fetch, FetchRequest
from relay.reading.schema import ReadingSchema

HOOK = Hook(name="pay", provider="any", account="school")


def asked(url: str) -> Any:
    fetch = Fetch(ask=lambda *_: [FetchRequest(url=url, into="order")], schema=ReadingSchema)
    return fetching.ask(fetch, Reading(), HOOK, {}, new_pool(1))


@pytest.mark.parametrize(
    ("wish", "seconds"), [("37", 37.0), ("1.5", 1.5), *((bad, None) for bad in ("\xb2", "soon", "-1", "9" * 400))]
)
def test_how_long_to_wait(wire: Any, wish: str, seconds: float | None) -> None:
    """What cannot be read says nothing: a small 2 is a digit, and no number."""
    head = f"HTTP/1.1 503 Busy\r\nRetry-After: {wish}\r\nContent-Length: 0\r\n\r\n".encode("latin-1")
    outcome = asked(wire(lambda exchange: exchange.sock.sendall(head)).url)
    assert isinstance(outcome, Unreached)
    assert (outcome.reason, outcome.permanent, outcome.retry_after) == ("http-status", False, seconds)


@pytest.mark.parametrize("depth", [900, 100_000])
def test_json_nested_beyond_reason(wire: Any, depth: int) -> None:
    """Deeper than the parser goes, or than what comes behind it: tried again."""
    outcome = asked(wire(lambda exchange: exchange.answer("[" * depth + "]" * depth)).url)
    assert isinstance(outcome, Unreached)
    assert (outcome.reason, outcome.permanent, outcome.may_have_arrived) == ("not-json", False, False)


def test_an_answer_as_it_should_be(wire: Any) -> None:
    """Money is no float, and half characters can be stored."""
    told = asked(wire(lambda exchange: exchange.answer('{"sum": 10.10, "name": "A\\ud83d"}')).url)
    assert told == {"order": {"sum": "10.10", "name": "A\ufffd"}}
