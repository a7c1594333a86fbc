"""Cognito Forms: an entry as JSON, names and addresses as objects."""

from __future__ import annotations

from typing import Any

from relay.provider import Provider
from relay.reading import Answer, FlatForm, mapping
from relay.verifying import CHOSEN, KEY_NAME


class Entry(FlatForm):
    own = frozenset({"form", "entry", "id", "order", "$version", "$etag", "$type"})

    def answer(self, key: str, value: Any) -> Answer:
        """``{"First": ..., "Last": ..., "FirstAndLast": ...}`` is a name of two parts."""
        name = mapping(value)
        if "FirstAndLast" in name:
            return Answer(key, {"first": name.get("First"), "last": name.get("Last")})
        return Answer(key, value)


PROVIDER = Provider(
    name="cognito_forms",
    title="Cognito Forms",
    kind="form",
    proof=(CHOSEN,),
    schema=Entry,
    event_type="const:lead",
    event_id=("Form.Id?", "Id", "$version?"),
    settings=(
        "Form > Settings > Post JSON data to a website: the hook's URL with a token as *Submit entry endpoint*. Name "
        "the fields Name, Email, Phone, Address."
    ),
    arrives="The whole entry by the fields' names; an address stays one answer, its city is the contact's.",
    on_failure="Not known; the entry's audit log shows what failed.",
    options=KEY_NAME,
    confidence="assumption",
    sources=("cognitoforms.com/support/66/data-integration/webhooks",),
)
