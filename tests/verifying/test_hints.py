"""A wrong signature explains itself, and no explanation holds a secret."""

from __future__ import annotations

import base64
import hmac
import json

import pytest

from relay.errors import Unverified
from relay.verifying import Secret, Signature

ROW = Signature(at="header:X-Signature", mac="sha256", prefix="sha256=")
BODY = '{"имя":"Анна","путь":"a/b","цена":1490}'.encode()


def digest(text: bytes = BODY, secret: str = "abc_s3cret", name: str = "sha256") -> bytes:
    return hmac.new(secret.encode(), text, name).digest()


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        (digest().hex(), "prefix 'sha256=' before the signature is missing"),
        ("sha256=" + base64.b64encode(digest()).decode(), "it came as base64, expected was hex"),
        ("sha256=" + digest(secret="abc_s3cret\n").hex(), "line end after it"),
        ("sha256=" + digest(secret="s3cret").hex(), "leaves out 'abc_'"),
        ("sha256=" + digest(BODY + b"\n").hex(), "line end that did not arrive"),
        ("sha256=" + digest(json.dumps(json.loads(BODY)).encode()).hex(), "re-serialised"),
        ("sha256=" + digest(json.dumps(json.loads(BODY), indent=2).encode()).hex(), "re-serialised"),
        ("sha256=" + digest(BODY.replace(b"/", b"\\/")).hex(), "re-serialised"),
        ("sha256=" + digest(name="sha1").hex(), "it was made with sha1"),
        ("sha256=" + digest(secret="the-old-one").hex(), "previous secret"),
        ("sha256=" + digest(secret="somebody").hex(), ""),
    ],
)
def test_a_near_miss_is_named(attempt, given: str, hint: str) -> None:
    """What would have matched is said; where nothing would, nothing is said."""
    with pytest.raises(Unverified) as refused:
        attempt(
            ROW,
            secrets=("abc_s3cret",),
            body=BODY,
            headers={"x-signature": given},
            options={"previous_secret": "the-old-one"},
        )
    assert hint in refused.value.hint
    assert bool(hint) == bool(refused.value.hint)
    assert "s3cret" not in f"{refused.value}{refused.value.hint}"


def test_a_blank_around_our_own_secret_is_seen(attempt) -> None:
    """Copied with its line end out of some settings page."""
    given = {"x-signature": "sha256=" + digest(secret="s3cret").hex()}
    with pytest.raises(Unverified) as refused:
        attempt(ROW, secrets=("s3cret\n",), body=BODY, headers=given)
    assert refused.value.hint == "there is a blank or a line end around our secret"


def test_no_time_is_spent_on_huge_bodies(attempt) -> None:
    """Whoever sends rubbish must not make us try it twenty times over."""
    body = b'"' + b"x" * 70_000 + b'"'
    with pytest.raises(Unverified) as refused:
        attempt(
            ROW, secrets=("abc_s3cret",), body=body, headers={"x-signature": "sha256=" + digest(body + b"\n").hex()}
        )
    assert refused.value.hint == ""


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("Key ", "blank"),
        ('"Key"', "quotation mark"),
        ("key", "capitals"),
        ("Token Key", "without the word 'Token'"),
        ("other", ""),
    ],
)
def test_a_static_secret_has_near_misses_too(attempt, given: str, hint: str) -> None:
    """A header with a blank, a quotation mark or a word too many."""
    with pytest.raises(Unverified) as refused:
        attempt(Secret(at=("header:X-Key",)), secrets=("Key",), headers={"x-key": given})
    assert hint in refused.value.hint
    assert bool(hint) == bool(refused.value.hint)
