"""``verify:`` of a generic hook: the same proofs by configuration alone, and every mistake in it told by its key."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import pytest

from relay.errors import Unverified
from relay.verifying import check_options, proofs_of

BODY = b'{"a": 1, "b": {"c": "x"}, "sign": "SIGN"}'


def mac(text: bytes, name: str = "sha256") -> bytes:
    return hmac.new(b"s3cret", text, name).digest()


@pytest.mark.parametrize(
    ("options", "request_"),
    [
        (
            {"hmac": "sha256", "encoding": "hex", "header": "X-Signature", "prefix": "sha256=", "secret": "s3cret"},
            {"headers": {"x-signature": "sha256=" + mac(BODY).hex()}},
        ),
        (
            {"hmac": "sha512", "encoding": "base64", "query": "sig"},
            {"query": "sig=" + base64.b64encode(mac(BODY, "sha512")).decode().replace("+", "%2B")},
        ),
        (
            {
                "hmac": "sha256",
                "header": "X-Sig",
                "separator": ",",
                "items": ["v1"],
                "timestamp": {"item": "t"},
                "parts": ["timestamp", "body"],
                "join": ".",
            },
            {"headers": {"x-sig": "t=1000,v1=" + mac(b"1000." + BODY).hex()}},
        ),
        (
            {
                "hmac": "sha256",
                "header": "X-Sig",
                "timestamp": {"header": "X-Time", "unit": "ms"},
                "parts": ["header:X-Id", "timestamp", "body"],
                "join": ".",
            },
            {"headers": {"x-id": "m1", "x-time": "1000000", "x-sig": mac(b"m1.1000000." + BODY).hex()}},
        ),
        (
            {"hmac": "sha256", "header": "X-Sig", "timestamp": {"field": "at"}},
            {"body": b'{"at": 1000}', "headers": {"x-sig": mac(b'{"at": 1000}').hex()}},
        ),
        (
            {"digest": "md5", "fields": ["a", "b.c", "secret"], "join": ":", "header": "X-Sig"},
            {"headers": {"x-sig": hashlib.md5(b"1:x:s3cret").hexdigest().upper()}},
        ),
        (
            {"digest": "sha1", "sorted": True, "fields": ["secret"], "join": "|", "query": "sign"},
            {"body": b"b=2&a=1&c=", "kind": "application/x-www-form-urlencoded"}
            | {"query": "sign=" + hashlib.sha1(b"1|2||s3cret").hexdigest()},
        ),
        (
            {"digest": "sha256", "sorted": {"secret_as": "Password", "scalars": True}, "field": "Token"},
            {"body": b'{"Token": "%s", "b": 2, "a": 1}' % hashlib.sha256(b"s3cret12").hexdigest().encode()},
        ),
        (
            {"hmac": "sha256", "sorted": {"form": "{k}={q}", "join": "&"}, "field": "sign"},
            {
                "body": b"b=+&a=%D1%8F&sign=" + mac(b"a=%D1%8F&b=%20").hex().encode(),
                "kind": "application/x-www-form-urlencoded",
            },
        ),
        ({"token": {"header": "X-Key"}}, {"headers": {"x-key": "s3cret"}}),
        ({"token": "X-Key"}, {"headers": {"x-key": "s3cret"}}),
        ({"token": "bearer"}, {"headers": {"authorization": "Bearer s3cret"}}),
        ({"token": {"field": "b.c"}}, {"body": b'{"b": {"c": "s3cret"}}'}),
        ({"basic": "relay"}, {"headers": {"authorization": "Basic " + base64.b64encode(b"relay:s3cret").decode()}}),
        ({"token": "X-Key", "addresses": ["203.0.113.0/24"]}, {"headers": {"x-key": "s3cret"}}),
    ],
    ids=lambda value: "-".join(map(str, value)) if "headers" not in value else "",
)
def test_a_sender_is_proven_by_configuration_alone(attempt, options: Mapping[str, Any], request_: dict) -> None:
    """The right secret passes, another one does not."""
    assert check_options(options) == {}
    rows = proofs_of(options)
    attempt(*rows, **({"body": BODY} | request_))
    with pytest.raises(Unverified):
        attempt(*rows, secrets=("another",), **({"body": BODY} | request_))


def test_addresses_are_demanded_beside_the_secret(attempt) -> None:
    """Not instead of it."""
    rows = proofs_of({"token": "X-Key", "addresses": ["10.0.0.0/8"]})
    with pytest.raises(Unverified, match="address"):
        attempt(*rows, headers={"x-key": "s3cret"})
    with pytest.raises(Unverified, match="missing"):
        attempt(*rows, address="10.0.0.1")
    attempt(*proofs_of({"addresses": ["10.0.0.0/8"]}), address="10.0.0.1")


@pytest.mark.parametrize(
    ("options", "key", "told"),
    [
        ({"hmac": "sha257", "header": "X"}, "hmac", "sha256"),
        ({"hmac": "sha256"}, "hmac", "where the signature stands"),
        ({"hmac": "sha256", "header": "X", "query": "y"}, "hmac", "one of"),
        ({"hmac": "sha256", "token": "X", "header": "X"}, "token", "exclude each other"),
        ({"headr": "X"}, "headr", "Unknown"),
        ({}, "hmac", "needed"),
        ({"digest": "md5", "header": "X"}, "digest", "needs"),
        ({"digest": "md5", "header": "X", "fields": ["a"]}, "digest", "proves nothing"),
        ({"hmac": "sha256", "header": "X", "parts": ["bdy"]}, "parts", "'bdy'"),
        ({"hmac": "sha256", "header": "X", "encoding": "hexx"}, "encoding", "hex"),
        ({"token": {"heder": "X"}}, "token", "header"),
        ({"addresses": ["10.0.0.1/8"]}, "addresses", "host bits"),
        ({"hmac": "sha256", "header": "X", "sorted": {"foo": 1}}, "sorted.foo", "Unknown"),
        ({"hmac": "sha256", "header": "X", "sorted": {"form": "{x}"}}, "sorted.form", "{k}"),
        ({"hmac": "sha256", "header": "X", "timestamp": {"hedder": "X"}}, "timestamp", "header"),
        ({"hmac": "sha256", "header": "X", "timestamp": {"header": "T"}}, "parts", "timestamp"),
        ({"hmac": "sha256", "header": "X", "timestamp": "T"}, "timestamp", "{header: NAME}"),
        ({"hmac": "sha256", "header": "X", "timestamp": {"unit": "ms"}}, "timestamp", "{header: NAME}"),
        ({"hmac": "sha256", "header": "X", "timestamp": {"header": "T", "unit": "h"}}, "timestamp", "unit: ms"),
        ({"hmac": "sha256", "header": "X", "timestamp": {"field": "t"}, "fields": ["a"]}, "parts", "timestamp"),
        ({"rsa": "sha256", "header": "X"}, "public_key", "needed"),
        ({"rsa": "sha256", "header": "X", "prefix": "v1="}, "prefix", "not looked at"),
        ({"rsa": "sha256", "header": "X", "public_key": "PEM?"}, "public_key", "cannot be read"),
    ],
)
def test_a_mistake_is_told_by_its_key(options: Mapping[str, Any], key: str, told: str) -> None:
    """The configuration's loader puts file and line to it."""
    problems = check_options(options)
    assert [name for name in problems if name == key or name.startswith(f"{key}.")], problems
    assert told in " ".join(sentence for name, told_ in problems.items() if name.startswith(key) for sentence in told_)
