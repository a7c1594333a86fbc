"""Each of the 20 functions with random parameters: what our classes let through, PHP signs the same and accepts."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from relay.justclick import signing
from relay.justclick.functions import FUNCTIONS, find
from relay.justclick.functions.arrays import CommaList, ListOf, Members, Numbers, Words
from relay.justclick.functions.fields import (
    Choice,
    Day,
    Domain,
    Email,
    Flag,
    Link,
    Money,
    Parameter,
    Timer,
    UnixTime,
    Whole,
    Word,
)
from tests.support import needs
from tests.support.api_call import post
from tests.support.php_pages import PhpLines, PhpPage

pytestmark = needs.program(*needs.PHP)

LOGIN, SECRET = "demo_shop", "S3cr+t/Key ~*[x]|%#7"  # as in conftest.py
CALLS = 60  # of each function
PIECES = [
    *" ~*!'()+-._&=?#%[]<>\"\\/@,:;|$",
    "\t",
    "\r\n",
    "\0",
    "ё",
    "Анна",
    "и\u0306",
    "🎁",
    "\u2028",
    "%20",
    "&amp;",
    "a",
    "0",
    "Z9",
]


def a_text(chance: random.Random) -> str:
    return "x" + "".join(chance.choices(PIECES, k=chance.randrange(12)))


def a_word(chance: random.Random) -> str:
    return a_text(chance).strip() + "x"


def a_number(chance: random.Random, least: int = 0) -> Any:
    number = chance.randrange(max(least, 1), 10**10)
    return chance.choice([number, str(number)])


KINDS: list[tuple[type[Parameter], Callable[[random.Random, Any], Any]]] = [  # the special ones before the general
    (ListOf, lambda chance, field: [some(chance, field.named) for _ in range(chance.randrange(1, 4))]),
    (Members, lambda chance, field: some(chance, field.named)),
    (Numbers, lambda chance, _: [a_number(chance) for _ in range(chance.randrange(1, 4))]),
    (CommaList, lambda chance, _: [f"g{chance.randrange(99)}" for _ in range(chance.randrange(1, 4))]),
    (Words, lambda chance, _: [a_word(chance) for _ in range(chance.randrange(1, 4))]),
    (Choice, lambda chance, field: chance.choice(field.of)),
    (Day, lambda chance, field: "15.01.2026" if field.notation.startswith("%d") else "2026-01-15"),
    (Domain, lambda chance, _: f"shop{chance.randrange(99)}.example"),
    (Email, lambda chance, _: f"p{chance.randrange(999)}+{chance.choice('~*!x')}'a@example.com"),
    (Link, lambda chance, _: "https://example.com/?a=1&b[]=" + a_word(chance)),
    (Flag, lambda chance, _: chance.choice([True, False, 0, "1", "нет"])),
    (Money, lambda chance, _: chance.choice(["990", "0.10", "1500,5", 7])),
    (Timer, lambda chance, _: chance.choice([0, 1, 1_800_000_000])),
    (UnixTime, lambda chance, _: chance.randrange(1, 2_000_000_000)),
    (Whole, lambda chance, field: a_number(chance, field.least)),
    (Word, lambda chance, _: a_word(chance)),
    (Parameter, lambda chance, _: a_text(chance)),
]


def a_value(chance: random.Random, field: Parameter) -> Any:
    return next(make for kind, make in KINDS if isinstance(field, kind))(chance, field)


def some(chance: random.Random, named: Any) -> dict[str, Any]:
    """What is required, and of the rest about half; in any order."""
    names = [name for name, field in named.items() if field.required or chance.random() < 0.5]
    chance.shuffle(names)
    return {name: a_value(chance, named[name]) for name in names}


def random_call(name: str, chance: random.Random) -> dict[str, Any]:
    """Parameters that the function's class accepts, prepared as they will be sent."""
    function = find(name)
    given = some(chance, function.parameters())
    if name == "CreateOrder":
        given.pop("bill_middle_name", None)  # one of two names for the same
    if name == "UpdateOrderStatus":
        given |= {"date": 1_700_000_000, "rpo": a_word(chance)}
    if name == "GetOrders":
        given.pop("date_e", None)
    return function.prepare(given)


def as_php_reads(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: as_php_reads(member) for name, member in value.items()}
    if isinstance(value, list):
        return {str(place): as_php_reads(member) for place, member in enumerate(value)}
    return str(value)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_php_recomputes_the_signature(oracle: PhpLines, receiver: PhpPage, name: str) -> None:
    """http_build_query to the byte, the hash, and a receiver that rebuilds the query from $_POST."""
    chance = random.Random(name)
    seen: set[str] = set()
    for _ in range(CALLS):
        params = random_call(name, chance)
        seen |= set(params)
        told = oracle.ask({"params": params, "login": LOGIN, "secret": SECRET})
        assert signing.query_string(params).encode() == base64.b64decode(told["query"])
        assert signing.request_hash(params, LOGIN, SECRET) == told["hash"]
        received = json.loads(post(receiver.url, signing.signed_body(params, LOGIN, SECRET)).body)
        assert received["accepted"] is True, params
        assert received["post"] == as_php_reads(params)
    assert seen == set(find(name).parameters()) - ({"bill_middle_name"} if name == "CreateOrder" else set()) - (
        {"date_e"} if name == "GetOrders" else set()
    )
