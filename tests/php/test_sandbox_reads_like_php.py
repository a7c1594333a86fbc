"""The sandbox's own PHP, held against the real one: any body at all ends in the same ``$_POST``, the same query."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relay.justclick.sandbox.php_post import http_build_query, parse_post
from tests.support import needs
from tests.support.api_call import post
from tests.support.php_pages import PhpPage

pytestmark = needs.program(*needs.PHP)

# The pieces that PHP's parser does something special with, put together at random.
PIECES = [
    *(
        "[",
        "]",
        "[]",
        "[0]",
        "[a]",
        "[ ]",
        "%5B",
        "%5D",
        "a[b",
        "&",
        "=",
        "&&",
        ".",
        "+",
        "%20",
        " ",
        "_",
        "%",
        "%zz",
        "%00",
    ),
    *(
        "a",
        "b",
        "rid",
        "0",
        "1",
        "01",
        "-0",
        "-5",
        "%09",
        "%0A",
        "%0B",
        "%D0%9F",
        "%FF",
        "~",
        "hash",
        "__Host-",
        "_.Secure-",
    ),
    *("9223372036854775807", "9223372036854775808", "-9223372036854775808", "[9223372036854775807]", "x=1&", "a[]=1&"),
]
bodies = st.lists(st.sampled_from(PIECES), max_size=14).map(lambda pieces: "".join(pieces).encode())
BOUNDED = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def php_query(receiver: PhpPage, body: bytes) -> bytes:
    return base64.b64decode(json.loads(post(receiver.url, body).body)["query"])


def sandbox_query(body: bytes) -> bytes:
    array = parse_post(body)
    array.pop("hash", None)
    return http_build_query(array).encode("ascii")


@BOUNDED
@given(body=bodies | st.binary(max_size=60))
def test_any_body_is_read_as_php_reads_it(receiver: PhpPage, body: bytes) -> None:
    """Brackets, renumbering, mangled names, repeated names, broken escapes, bytes that are no UTF-8."""
    assert sandbox_query(body) == php_query(receiver, body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"&".join(b"a%d=1" % number for number in range(1201)),
        b"&" * 1100 + b"a=1",
        b"z=1&a" + b"[b]" * 64 + b"=1",
        b"z=1&a=1&a" + b"[b]" * 65 + b"=1",
        b"z=1&a" + b"[b]" * 64 + b"[x=1",
        b"rid=a&rid[0]=b&rid[]=c&rid=d&rid[]=e",
        b"a[__Host-x]=1&__Host-a[__Host-b]=2&b[x][__Secure-y]=3&_[Host-c=4",
    ],
    ids=[
        "empty",
        "max_input_vars",
        "empty-variables-count",
        "depth-64",
        "depth-65",
        "depth-open",
        "scalar-array",
        "cookie-prefix",
    ],
)
def test_limits_are_php_s(receiver: PhpPage, body: bytes) -> None:
    """What is cut off, and where."""
    assert sandbox_query(body) == php_query(receiver, body)
