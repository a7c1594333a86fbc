"""Tilda: forms and carts. The proof is an API key of the owner's choice; labels are the owner's too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relay.incoming import Incoming
from relay.models import Answer, Utm
from relay.provider import Provider
from relay.reading import Answer as FormAnswer
from relay.reading import Goods, Money, ReadingSchema, Text, dig, gather_utm
from relay.verifying import Secret

_OWN = frozenset({"cookies", "tranid", "formid", "formname", "payment", "test", "api_key", "token", "referer"})


class Submission(ReadingSchema):
    event_id = Text("tranid")
    order_id = Text("payment.orderid")
    payment_id = Text("payment.systranid")
    amount = Money("payment.amount")
    coupon = Text("payment.promocode")
    goods = Goods("payment.products", id="sku", price="price", sum="amount")

    def answers(self, body: Any) -> Iterator[FormAnswer]:
        for key, value in body.items():
            if key.lower() not in _OWN and not key.startswith("tildaspec-"):
                yield FormAnswer(key, value)

    def utm(self, body: Any) -> Utm:
        return gather_utm(body, body.get("COOKIES"))

    def finish(self, found: dict[str, Any], body: Any) -> None:
        found["event_type"] = "order" if isinstance(dig(body, "payment"), dict) else "lead"
        if found.get("order_id"):
            found["status"] = "created"  # the same is sent before and after payment, by the owner's setting


def _greet(incoming: Incoming) -> Answer | None:
    return Answer() if incoming.parsed == {"test": "test"} else None


PROVIDER = Provider(
    name="tilda",
    title="Tilda",
    kind="form",
    proof=(
        Secret(
            at=(
                "header:X-Api-Key",
                "header:Api-Key",
                "authorization:Bearer",
                "field:api_key",
                "field:token",
                "query:token",
                "query:api_key",
            ),
            named_by="key_name",
        ),
    ),
    schema=Submission,
    greet=_greet,
    options={"key_name": "the name that you gave the API key in Tilda, if it is not X-Api-Key, api_key or token"},
    settings=(
        "Site settings > Forms > Webhook: enter the hook's URL, press *API key* and choose a name (X-Api-Key), a value "
        "(this is `secret`) and *send in the header*. Tick *send cookies* to get UTM marks. Then choose the webhook in "
        "every form and publish the pages again."
    ),
    arrives="Every form sent, with the fields as the owner named them; a cart's order in `payment`.",
    on_failure="5 seconds, then two more tries a minute apart; then the lead is only in Tilda's own list.",
    tests="`test=test`, which Tilda sends when the webhook is added, is answered and never kept.",
    confidence="documented",
    sources=("help-ru.tilda.cc/formsscript", "help-ru.tilda.cc/forms/marketplace/tech"),
)
