"""JSON of templates that escape nothing: read where it is plain what was meant, and refused where it is not."""

from __future__ import annotations

import time

import pytest

from relay.errors import UnreadableBody
from relay.mending import mend, parse_mended
from relay.models import WebhookRequest


def request(body: str) -> WebhookRequest:
    return WebhookRequest("POST", "", {"content-type": "application/json"}, body.encode())


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ('{"name": "Анна "Аня" Смирнова", "city": "Казань"}', {"name": 'Анна "Аня" Смирнова', "city": "Казань"}),
        ('{\n"a": "two\nlines",\n"b": 5,\n"c": true}', {"a": "two\nlines", "b": "5", "c": "true"}),
        ('{"a": "say "hi", he said"}', {"a": 'say "hi", he said'}),
        ('{"a": "\\u0410\\n", "b": "C:\\dir", "c": "x"y"}', {"a": "А\n", "b": "C:\\dir", "c": 'x"y'}),
        ('{"a": "", "b": ""x""}', {"a": "", "b": '"x"'}),
    ],
)
def test_what_was_meant_is_read(text: str, fields: dict[str, str]) -> None:
    """A quotation mark that no next name and no end follows is one of the answer's own."""
    assert mend(text) == fields


@pytest.mark.parametrize(
    "text", ["", "[1]", "{}", '{"a": "x"', '{"a": {"b": "c"d"}}', '{"a": "x"} and more', "{'a': 'x'}", '{"a" "x"}']
)
def test_anything_else_stays_unreadable(text: str) -> None:
    """Nothing is guessed about lists, objects within and half a body."""
    assert mend(text) == {}


def test_right_json_is_not_touched() -> None:
    """And what was mended says so."""
    assert parse_mended(request('{"a": [1]}')) == {"a": [1]}
    assert parse_mended(request('{"a": "x"y"}')) == {"a": 'x"y', "mended": True}
    with pytest.raises(UnreadableBody):
        parse_mended(request('{"a": ['))


def test_nobody_burns_our_time_with_it() -> None:
    """A megabyte made to go back and forth takes no longer than any other."""
    began = time.process_time()
    for text in (
        '{"a":"' * 150_000,
        '{"a":"' + '","x' * 200_000,
        '{"a":"' + '"} ' * 300_000 + "x",
        '{"a":"' + '",   ' * 200_000,
    ):
        assert mend(text) == {}
    assert time.process_time() - began < 2
