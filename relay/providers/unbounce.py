"""Unbounce: a form with the lead twice, as JSON and as XML in one field each; every value a list."""

from __future__ import annotations

from typing import Any

from relay.incoming import Incoming, fingerprint
from relay.provider import Provider
from relay.reading import Answer, FlatForm, Text, mapping, single, text_at
from relay.verifying import CHOSEN, KEY_NAME

_LEAD = "data.json"


class Lead(FlatForm):
    root = _LEAD
    own = frozenset({"page_uuid", "variant", "time_submitted", "date_submitted", "page_url", "page_name"})
    page = Text("page_url")

    def answer(self, key: str, value: Any) -> Answer:
        return Answer(key, single(value))


def _event_id(incoming: Incoming) -> str | None:
    """A lead has no number, and its time is to the minute."""
    page, lead = text_at(incoming.body, "page_id"), mapping(incoming.body, _LEAD)
    return f"{page}:{fingerprint(lead)}" if page and lead.get("time_submitted") else None


PROVIDER = Provider(
    name="unbounce",
    title="Unbounce",
    kind="form",
    proof=(CHOSEN,),
    unwrap={_LEAD: "json"},
    schema=Lead,
    event_type="const:lead",
    event_id=_event_id,
    settings=(
        "Page > Integrations > Webhooks: the hook's URL with a token. Hidden fields named utm_source ... are filled "
        "from the page's address by Unbounce itself."
    ),
    arrives="All fields of the lead under Unbounce's names (small letters, underscores).",
    on_failure="Not confirmed.",
    options=KEY_NAME,
    sources=("snowplow/enrich UnbounceAdapter",),
)
