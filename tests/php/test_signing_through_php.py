"""Properties of signing, held against real PHP: what we write is what it writes, what we send is what it accepts."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relay.justclick import signing
from tests.support import needs
from tests.support.api_call import post
from tests.support.php_pages import PhpLines, PhpPage

pytestmark = needs.program(*needs.PHP)

LOGIN, SECRET = "demo_shop", "S3cr+t/Key ~*[x]|%#7"  # as in conftest.py
BOUNDED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

# Every kind of character that has ever broken a signature: blanks, PHP's escapes, Cyrillic, emoji, control characters.
awkward = st.sampled_from(
    [
        *" ~*!'()+-._&=?#%[]<>\"\\/@,:;|$",
        "\0",
        "\t",
        "\r\n",
        "\x7f",
        "\x1b",
        "ё",
        "Й",
        "и\u0306",
        "🎁",
        "👩‍💻",
        "\u2028",
        "__Host-",
        "__Secure-",
    ]
)
texts = st.lists(awkward | st.text(max_size=4), max_size=8).map("".join)
keys = st.text("abcdefghijklmnopqrstuvwxyz_0123456789", min_size=1, max_size=8)
numbers = st.integers(-(2**63), 2**63 - 1)
leaves = st.none() | st.booleans() | numbers | texts


def nested(names: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=8
    )


wild_params = st.dictionaries(texts, nested(texts), max_size=5)
plain_params = st.dictionaries(keys.filter(lambda key: key != "hash"), nested(keys), max_size=6)


def as_post(value: Any) -> Any:
    """What must stand in ``$_POST``: texts in maps, without what http_build_query leaves out (None: leave it out)."""
    if isinstance(value, dict | list):
        members = value.items() if isinstance(value, dict) else enumerate(value)
        kept = {str(key): told for key, member in members if (told := as_post(member)) is not None}
        return kept or None
    if value is None:
        return None
    return str(int(value)) if isinstance(value, bool) else str(value)


def received(receiver: PhpPage, body: bytes) -> Any:
    return json.loads(post(receiver.url, body).body)


@BOUNDED
@given(params=wild_params, login=texts, secret=texts)
def test_query_and_hash_are_php_s_own(oracle: PhpLines, params: dict[str, Any], login: str, secret: str) -> None:
    """Random names and values, nested, Cyrillic, emoji, control characters: http_build_query to the byte."""
    told = oracle.ask({"params": params, "login": login, "secret": secret})
    assert signing.query_string(params).encode() == base64.b64decode(told["query"])
    assert signing.request_hash(params, login, secret) == told["hash"]


@BOUNDED
@given(params=plain_params)
def test_signed_body_is_accepted_and_every_value_unharmed(receiver: PhpPage, params: dict[str, Any]) -> None:
    """With names as the API has them nothing is refused, PHP accepts the signature and reads every value as it was."""
    seen = received(receiver, signing.signed_body(params, LOGIN, SECRET))
    assert seen["accepted"] is True
    assert seen["post"] == (as_post(params) or {})


@BOUNDED
@given(params=wild_params)
def test_what_is_not_refused_is_accepted(receiver: PhpPage, params: dict[str, Any]) -> None:
    """With any names at all: either we refuse to sign, or PHP accepts the signature. Never a wrong one."""
    try:
        body = signing.signed_body(params, LOGIN, SECRET)
    except signing.Unsignable:
        return
    assert received(receiver, body)["accepted"] is True


@BOUNDED
@given(params=plain_params.filter(lambda params: as_post(params) is not None), flipped=st.integers(0, 31))
def test_a_changed_hash_is_refused(receiver: PhpPage, params: dict[str, Any], flipped: int) -> None:
    """The page would notice: one digit of the hash changed is a wrong signature."""
    body = bytearray(signing.signed_body(params, LOGIN, SECRET))
    place = len(body) - 32 + flipped
    body[place] = ord("0") if body[place] != ord("0") else ord("1")
    assert received(receiver, bytes(body))["accepted"] is False


@pytest.mark.parametrize("value", [1.5, b"bytes", {1, 2}, object()])
def test_values_without_a_certain_text_are_refused(value: object) -> None:
    """PHP writes floats with 14 digits and other types somehow: we refuse instead."""
    with pytest.raises(TypeError, match="goods"):
        signing.query_string({"goods": [{"good_sum": value}]})
