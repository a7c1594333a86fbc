"""Signing against vectors that real PHP computed (tests/fixtures/php-query-vectors.json)."""

from __future__ import annotations

import json
from decimal import Decimal
from hashlib import md5
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from relay.justclick import signing

VECTORS = json.loads((Path(__file__).parent.parent / "fixtures" / "php-query-vectors.json").read_text("utf-8"))
FLOATS = {"float", "float-precision", "float-exp"}
BYTES = {"latin1"}
TEXTS = [vector for vector in VECTORS["query_vectors"] if vector["id"] not in FLOATS | BYTES]
LOGIN, SECRET = VECTORS["user_id"], VECTORS["secret"]


def exactly(value: Any) -> Any:
    """The vectors hold money as JSON numbers; a float never reaches us in production, a Decimal does."""
    return json.loads(json.dumps(value), parse_float=Decimal)


def by_id(vector: dict[str, Any]) -> str:
    return str(vector.get("id") or vector.get("function") or vector.get("note"))


@pytest.mark.parametrize("vector", TEXTS, ids=by_id)
def test_query_is_what_php_writes(vector: dict[str, Any]) -> None:
    """http_build_query, character by character."""
    params = dict(vector["params"])
    assert signing.query_string(params) == vector["query"]
    assert signing.request_hash(params, LOGIN, SECRET) == vector["request_hash"]


@pytest.mark.parametrize("vector", TEXTS, ids=by_id)
def test_only_what_the_receiver_accepts_is_signed(vector: dict[str, Any]) -> None:
    """A name that PHP would change is refused before it is sent; everything else is signed as sent."""
    params = dict(vector["params"])
    if not vector["receiver_accepts"]:
        with pytest.raises(signing.Unsignable):
            signing.signed_body(params, LOGIN, SECRET)
        return
    expected = "&".join(part for part in (vector["query"], f"hash={vector['request_hash']}") if part)
    assert signing.signed_body(params, LOGIN, SECRET) == expected.encode()


@pytest.mark.parametrize("vector", [v for v in VECTORS["query_vectors"] if v["id"] in FLOATS], ids=by_id)
def test_floats_are_refused_by_name(vector: dict[str, Any]) -> None:
    """A float has no certain text: the parameter is named."""
    name = vector["params"][0][0]
    with pytest.raises(TypeError, match=rf"^{name}: a float"):
        signing.query_string(dict(vector["params"]))


@pytest.mark.parametrize(
    "value",
    [b"\xcf", bytearray(b"x"), {"a"}, object(), 1.0, float("nan"), Decimal("NaN"), Decimal("Infinity"), 1j],
    ids=lambda value: type(value).__name__ + repr(value)[:12],
)
def test_what_has_no_text_is_refused(value: object) -> None:
    """Never a silent str() of something unknown; deep inside too."""
    with pytest.raises(TypeError, match=r"^goods\[0\]\[good_sum\]: "):
        signing.query_string({"goods": [{"good_sum": value}]})


def test_decimals_are_written_plainly() -> None:
    """No exponent, and the zeros that were given."""
    assert signing.query_string({"a": Decimal("1E+3"), "b": Decimal("99.90")}) == "a=1000&b=99.90"


def test_half_a_character_is_refused_by_name() -> None:
    """A lone surrogate from a broken JSON body has no UTF-8 form."""
    with pytest.raises(signing.Unsignable, match=r"^lead_name: "):
        signing.query_string({"lead_name": "\ud83d"})


@pytest.mark.parametrize(
    "params",
    [
        {"rid[0]": "a", "rid": "b"},
        {"a[x][1]": "1", "a[y]": "2", "a[x][2]": "3"},
        {"a": {"b]c": "1"}},
        {"a": {" ": "1"}},
        {"a": {"b\0c": "1"}},
        {"goods": {0: "a", "0": "b"}},
        {"[a]": "1"},
        {"a": {"__Host-b": "1"}},
        {"a": {"b": {"__Secure-": {"c": "1"}}}},
        {"__Secure-a": {"__Host-b": "1"}},
        {str(number): "x" for number in range(1000)},
    ],
    ids=[
        "array-then-text",
        "split-deep",
        "bracket-in-key",
        "blank-key",
        "nul",
        "same-key",
        "no-root",
        "host",
        "secure",
        "crossed",
        "too-many",
    ],
)
def test_more_names_that_php_changes(params: dict[str, Any]) -> None:
    """Cases beyond the vectors that PHP's parser would alter, cut or regroup."""
    with pytest.raises(signing.Unsignable):
        signing.signed_body(params, LOGIN, SECRET)


@pytest.mark.parametrize("params", [{"__Host-a": "1"}, {"__Host-a": {"__Host-b": "1"}}, {"a": {" __Host-b": "1"}}])
def test_names_that_only_look_like_it_are_signed(params: dict[str, Any]) -> None:
    """PHP looks at the beginning of the whole name too, and at capitals and blanks."""
    assert signing.signed_body(params, LOGIN, SECRET)


def test_as_many_variables_as_php_reads() -> None:
    """999 and the hash are 1000: still read whole."""
    body = signing.signed_body({f"n{number}": 1 for number in range(999)}, LOGIN, SECRET)
    assert body.count(b"=") == 1000


def test_deeper_than_php_reads_is_refused() -> None:
    """A bound that ends the recursion too."""
    deep: Any = "x"
    for _ in range(500):
        deep = {"a": deep}
    with pytest.raises(signing.Unsignable, match="deeper"):
        signing.query_string({"a": deep})


@pytest.mark.parametrize("vector", VECTORS["signed_requests"], ids=by_id)
def test_signed_requests(vector: dict[str, Any]) -> None:
    """Whole requests of documented functions: text to sign, hash, and the bytes of the body."""
    params = exactly(dict(vector["params"]))
    login, secret = vector["user_id"], vector["secret"]
    assert signing.canonical(params, login, secret) == vector["string_to_sign"]
    assert signing.request_hash(params, login, secret) == vector["hash"]
    assert signing.signed_body(params, login, secret) == vector["body"].encode()


@pytest.mark.parametrize("vector", [v for v in VECTORS["wire_vectors"] if "receiver_query" in v], ids=by_id)
def test_only_accepted_forms_are_ever_signed(vector: dict[str, Any]) -> None:
    """A signature over any other form than PHP's is rejected; ours is always the receiver's own form."""
    pairs = dict(parse_qsl(vector["receiver_query"], keep_blank_values=True))
    ours = signing.query_string(pairs)
    assert ours == vector["receiver_query"]
    assert (ours == vector["signed_query"]) is vector["receiver_accepts"]


@pytest.mark.parametrize("vector", VECTORS["signed_responses"], ids=by_id)
def test_signed_responses(vector: dict[str, Any]) -> None:
    """The hash under an answer; code 5 is signed with an empty secret."""
    answer = json.loads(vector["body"])
    secret = "" if int(answer["error_code"]) == 5 else vector["secret"]
    assert signing.answer_hash(answer["error_code"], answer["error_text"], secret) == vector["hash"]
    assert signing.genuine(answer["error_code"], answer["error_text"], answer["hash"], secret)
    assert not signing.genuine(answer["error_code"], answer["error_text"], answer["hash"], secret + " ")


@pytest.mark.parametrize("given", [None, 0, 12, True, [], "", "ё", "\ud800"])
def test_a_hash_that_is_no_hash_is_not_genuine(given: object) -> None:
    """Whatever JSON holds there: no exception, no belief."""
    assert signing.genuine(0, "OK", given, SECRET) is False


def test_answer_hash_takes_any_text() -> None:
    """Bytes that were not UTF-8 are hashed as they came; half characters do not raise."""
    raw = b"\xcf\xf0".decode("utf-8", "surrogateescape")
    assert signing.answer_hash(600, raw, "s") == md5(b"600::\xcf\xf0::s").hexdigest()
    assert len(signing.answer_hash(600, "\ud83d", "s")) == 32


@pytest.mark.parametrize("vector", VECTORS["notification_hashes"], ids=by_id)
def test_notification_hashes(vector: dict[str, Any]) -> None:
    """What JustClick signs when it is the sender itself."""
    assert signing.notification_hash(*vector["parts"], vector["secret"]) == vector["hash"]
