"""Gravity Forms (Webhooks add-on): the whole entry by numbers of fields, or the keys that the owner typed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from relay.provider import Provider
from relay.reading import Answer, FlatForm, Text, plain
from relay.verifying import CHOSEN, KEY_NAME

_NUMBER = re.compile(r"(\d+)(?:\.(\d+))?")
_OWN = frozenset(
    {
        *("id", "form_id", "post_id", "date_created", "date_updated", "is_starred", "is_read", "ip"),
        *("source_url", "user_agent", "currency", "payment_status", "payment_date", "payment_amount"),
        *("payment_method", "transaction_id", "is_fulfilled", "created_by", "transaction_type", "status"),
    }
)
_NAME = frozenset({"2", "3", "4", "6", "8"})  # prefix, first, middle, last, suffix
_ADDRESS = frozenset({"1", "2", "3", "4", "5", "6"})  # street, line 2, city, state, zip, country


class Entry(FlatForm):
    own = _OWN
    page = Text("source_url")
    ip = Text("ip")

    def answers(self, body: Any) -> Iterator[Answer]:
        parts: dict[str, dict[str, Any]] = defaultdict(dict)
        alone: dict[str, Any] = {}
        for answer in super().answers(body):
            number = _NUMBER.fullmatch(answer.key)
            if not number:
                yield answer
            elif number.group(2):
                parts[number.group(1)][number.group(2)] = answer.value
            else:
                alone[answer.key] = answer.value
        yield from _self_evident(alone)
        for key, inputs in parts.items():
            yield from _compound(key, inputs)


def _self_evident(fields: dict[str, Any]) -> Iterator[Answer]:
    """An entry has no labels; the one e-mail address and the one international number in it speak for themselves."""
    kinds = {key: _kind(plain(value) or "") for key, value in fields.items()}
    for key, value in fields.items():
        alone = list(kinds.values()).count(kinds[key]) == 1
        yield Answer(key, value, role=kinds[key] if alone else "")


def _kind(text: str) -> str:
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        return "email"
    return "phone" if re.fullmatch(r"\+[\d ()-]{10,25}", text) else ""


def _compound(key: str, inputs: dict[str, Any]) -> Iterator[Answer]:
    """A field of several inputs is known by their numbers, as Gravity Forms gives them out; else it is tick boxes."""
    said = {number: text for number, value in inputs.items() if (text := plain(value))}
    if inputs.keys() <= _NAME and inputs.keys() & {"3", "6"}:
        yield Answer(key, said.get("3"), role="first_name")
        yield Answer(key, said.get("6"), role="last_name")
    elif inputs.keys() == {"1", "2", "3"} and said.get("1") in (None, "1") and said.get("3", "1").isdecimal():
        yield Answer(key, said.get("1"), role="consent")
    elif inputs.keys() <= _ADDRESS and re.search(r"\d{3}", said.get("5", "")) and "1" in said:
        yield Answer(key, said.get("3"), role="city")
        yield Answer(f"{key}.1", said["1"])
    else:
        yield Answer(key, list(said.values()))


PROVIDER = Provider(
    name="gravityforms",
    title="Gravity Forms",
    kind="form",
    proof=(CHOSEN,),
    schema=Entry,
    event_type="const:lead",
    event_id=("form_id", "id"),
    settings=(
        "Form > Settings > Webhooks > Add new: the hook's URL, method POST, format JSON, a request header "
        "`X-Api-Key: <secret>`. Best *Select fields* with the keys email, name, phone, city, utm_source ..., form_id, "
        "id: they say what they are."
    ),
    arrives=(
        "With *All fields* the whole entry by the numbers of its fields. Name, address and consent are known by their "
        "inputs, the e-mail and a phone with a + by themselves; anything else is in `contact.custom` by its number, "
        "and the hook may say better: `contact: {phone: \"{{ body['3'] }}\"}`. UTM marks come from `source_url`."
    ),
    on_failure="About 5 seconds; the status is not looked at and nothing is repeated.",
    options=KEY_NAME,
    sources=("class-gf-webhooks.php of the Webhooks add-on 1.4", "the layout of entries is from memory"),
)
