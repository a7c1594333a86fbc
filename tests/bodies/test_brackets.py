"""Bracket names come out as PHP's own parser makes them."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from relay.bodies import parse_form
from tests.support import needs

PIECES = ["a", "b", "[", "]", "[]", "[0]", "[1]", "[5]", "[x]", "[-2]", "[05]", "[a b]", "0", "я"]
NAMES = some.lists(some.sampled_from(PIECES), min_size=1, max_size=6).map("".join)
FORMS = some.lists(some.lists(NAMES, min_size=1, max_size=6), min_size=1, max_size=60)
PHP = "foreach (json_decode(stream_get_contents(STDIN)) as $q) { parse_str($q, $r); $a[] = $r; } echo json_encode($a);"


@needs.program(*needs.PHP)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(FORMS)
def test_names_nest_as_in_php(forms: list[list[str]]) -> None:
    """Except that a name which begins with a bracket is kept; PHP drops it."""
    forms = [[name for name in form if not name.startswith("[")] or ["a"] for form in forms]
    queries = ["&".join(f"{name}={place}" for place, name in enumerate(form)) for form in forms]
    php = subprocess.run(["php", "-r", PHP], input=json.dumps(queries), capture_output=True, text=True, check=True)
    for query, theirs in zip(queries, json.loads(php.stdout), strict=True):
        assert _keyed(parse_form(query)) == _keyed(theirs), query


def _keyed(value: Any) -> Any:
    """PHP has one kind of array: lists and mappings are compared by their keys."""
    if isinstance(value, list):
        value = dict(enumerate(value))
    return {str(key): _keyed(below) for key, below in value.items()} if isinstance(value, dict) else value


def test_sequential_numbers_are_a_list_and_gaps_are_not() -> None:
    """A mapping says ``body.products[0].name`` either way."""
    assert parse_form("p[0]=a&p[1]=b&q[1]=c&r[]=d&r[]=e") == {"p": ["a", "b"], "q": {"1": "c"}, "r": ["d", "e"]}


def test_dots_and_blanks_of_a_name_stay() -> None:
    """PHP makes underscores of them; what the sender called data.json is called so here."""
    assert parse_form("data.json=1&My+field=2") == {"data.json": "1", "My field": "2"}
