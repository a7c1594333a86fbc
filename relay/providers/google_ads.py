"""Google Ads lead forms: answers as columns, a key inside the body, ids of the click instead of UTM marks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relay.provider import Provider, json_answer
from relay.reading import Answer, ReadingSchema, dig, rows, text_at
from relay.verifying import Secret

_KEPT = {"gclid": ("gcl_id", "gclid"), "campaign_id": ("campaign_id",), "form_id": ("form_id",)}


class Lead(ReadingSchema):
    def answers(self, body: Any) -> Iterator[Answer]:
        for column in rows(body, "user_column_data"):
            name, label = text_at(column, "column_id") or "", text_at(column, "column_name") or ""
            yield Answer(name, dig(column, "string_value"), label)

    def finish(self, found: dict[str, Any], body: Any) -> None:
        kept = {name: text_at(body, *paths) for name, paths in _KEPT.items()}
        found["custom"] |= {name: value for name, value in kept.items() if value}


PROVIDER = Provider(
    name="google_ads",
    title="Google Ads lead forms",
    kind="form",
    proof=(Secret(at=("field:google_key",)),),
    schema=Lead,
    event_type="const:lead",
    event_id=("lead_id",),
    test="is_test",
    reply=json_answer({}),
    settings=(
        "Lead form asset > Export leads > Webhook integration: the hook's URL and a key of your choice; the key is "
        "`secret`. *Send test data* must show a success."
    ),
    arrives="All columns by their ids. No UTM marks: gclid, campaign_id and form_id stand in `contact.custom`.",
    on_failure="4xx counts as rejected, 5xx is repeated (from memory).",
    tests="`is_test: true` of the button *Send test data*.",
    sources=("developers.google.com/google-ads/webhook/docs/implementation",),
)
