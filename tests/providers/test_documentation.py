"""What docs/ shows to whoever brings a new sender can be copied as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from relay.models import Hook, Reading
from relay.provider import Fetch, Provider
from relay.reading import ReadingSchema, load
from relay.verifying import check_options
from relay.verifying.options import GenericVerifySchema

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", (DOCS / page).read_text("utf-8"), re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def shown() -> dict[str, Any]:
    """All names that the examples of adding-a-provider.md define; each example imports what it needs."""
    names: dict[str, Any] = {}
    for block in blocks("adding-a-provider.md", "python"):
        alone: dict[str, Any] = {"__name__": "example"}
        exec(compile(block, "adding-a-provider.md", "exec"), alone)
        names |= alone
    return names


def test_the_small_provider_is_a_whole_one(shown: dict[str, Any]) -> None:
    """It reads what its comments promise: copecks, and the shop's number before the payment system's."""
    assert isinstance(shown["PROVIDER"], Provider)
    data = {"id": "p1", "total": 499000, "currency": "rub", "state": "captured", "metadata": {"order_id": "77"}}
    order = load(shown["Payment"], {"data": data}).order
    assert (order.id, order.payment_id, str(order.amount), order.paid) == ("77", "p1", "4990.00", True)


def test_the_form_knows_its_answers(shown: dict[str, Any]) -> None:
    """By type, by label, and the others by their key."""
    answers = [
        {"id": "q1", "label": "Куда писать?", "type": "email", "value": "anna@example.com"},
        {"id": "q2", "label": "Ваше имя", "type": "text", "value": "Анна"},
        {"id": "q3", "label": "Курс", "type": "list", "value": "C1"},
    ]
    schema: type[ReadingSchema] = shown["Submission"]
    contact = load(schema, {"answers": answers}).contact
    assert (contact.email, contact.name, contact.custom) == ("anna@example.com", "Анна", {"q3": "C1"})


def test_ids_are_asked_for_one_after_the_other(shown: dict[str, Any]) -> None:
    """The order first, and its buyer when it is there; an id that is none is not asked about."""
    fetch, hook = shown["FETCH"], Hook("shop", "example", "school", options=dict.fromkeys(shown["OPTIONS"], "x"))
    assert isinstance(fetch, Fetch)
    for body, wanted in (
        ({"id": "7"}, ["x/v2/orders/7"]),
        ({"id": "7", "order": {"customer_id": 5}}, ["x/v2/orders/7", "x/v2/customers/5"]),
        ({"id": "../5"}, []),
    ):
        assert [one.url for one in fetch.ask(Reading(body=body), hook)] == wanted


def test_every_verify_is_right() -> None:
    """Of all that configuration.md shows."""
    lines = [line for block in blocks("configuration.md", "yaml") for line in block.splitlines() if "verify: {" in line]
    assert len(lines) > 5
    for line in lines:
        assert check_options(yaml.safe_load(line)["verify"]) == {}, line


def test_every_key_of_verify_is_told() -> None:
    """Whoever needs one can find it."""
    told = (DOCS / "configuration.md").read_text("utf-8")
    keys = [field.data_key or name for name, field in GenericVerifySchema().fields.items()]
    assert [key for key in keys if f"`{key}" not in told] == []
