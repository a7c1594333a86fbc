"""PayAnyWay (MONETA.RU): the notification of the Pay URL, a plain digest of listed fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relay.models import Answer
from relay.provider import Provider
from relay.reading import Answer as Passed
from relay.reading import Currency, Money, ReadingSchema, Text, as_email, dig
from relay.verifying import Signature


class Notification(ReadingSchema):
    order_id = Text("MNT_TRANSACTION_ID")
    payment_id = Text("MNT_OPERATION_ID")
    amount = Money("MNT_AMOUNT")
    currency = Currency("MNT_CURRENCY_CODE")

    def answers(self, body: Any) -> Iterator[Passed]:
        yield from (Passed(name, dig(body, name)) for name in ("MNT_CUSTOM1", "MNT_CUSTOM2", "MNT_CUSTOM3"))

    def finish(self, found: dict[str, Any], body: Any) -> None:
        found["email"] = as_email(dig(body, "MNT_SUBSCRIBER_ID"))
        found["status"] = "paid"  # nothing else is told


PROVIDER = Provider(
    name="payanyway",
    title="PayAnyWay, MONETA.RU",
    kind="payment",
    proof=(
        Signature(
            at="field:MNT_SIGNATURE",
            digest="md5",
            parts=(
                "field:MNT_ID",
                "field:MNT_TRANSACTION_ID",
                "field:MNT_OPERATION_ID",
                "field:MNT_AMOUNT",
                "field:MNT_CURRENCY_CODE",
                "field:MNT_SUBSCRIBER_ID",
                "field:MNT_TEST_MODE",
                "secret",
            ),
        ),
    ),
    schema=Notification,
    event_type="const:pay",
    event_id=("MNT_OPERATION_ID",),
    test="MNT_TEST_MODE",
    reply=Answer(body="SUCCESS"),
    settings=(
        "Cabinet > My account > edit the extended account: Pay URL is the hook's URL, method POST; set the *data "
        "integrity code* (this is `secret`): without one nothing is signed. Leave Check URL empty: it asks a question "
        "that the relay does not answer. Give the buyer's e-mail as MNT_SUBSCRIBER_ID."
    ),
    arrives=(
        "Successful payments only, event_type is `pay`. MNT_SUBSCRIBER_ID counts as e-mail when it is one; "
        "MNT_CUSTOM1 ... 3 come back as they were. No goods, no refunds."
    ),
    on_failure="Anything but SUCCESS is repeated for 24 to 27 hours.",
    tests="MNT_TEST_MODE=1: the same code serves test and live payments.",
    confidence="documented",
    sources=("docs.moneta.ru/assistant/v1/pay-notification",),
)
