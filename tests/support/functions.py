"""Calls that a function of JustClick refuses to prepare, and goods for those that take some."""

from __future__ import annotations

from typing import Any

import pytest

from relay.errors import InvalidCall
from relay.justclick.functions import find
from relay.models import Reading

GOOD = {"good_name": "book", "good_type": "digital", "good_title": "Book", "good_sum": "990"}


def refused(function: str, params: dict[str, Any], reading: Reading | None = None) -> dict[str, str]:
    """What is wrong with each parameter of a call that cannot be made."""
    with pytest.raises(InvalidCall) as caught:
        find(function).prepare(params, reading)
    assert caught.value.function == function
    return {name: " ".join(sentences) for name, sentences in caught.value.problems.items()}
