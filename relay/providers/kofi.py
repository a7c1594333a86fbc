"""Ko-fi: one form field with a JSON text in it, and the proof inside that text."""

from __future__ import annotations

from typing import Any

from relay.incoming import Incoming
from relay.provider import Provider
from relay.reading import Currency, EMail, Goods, Moment, Money, Phone, ReadingSchema, Text, dig
from relay.verifying import Secret

_TEST_PAYMENT = "00000000-1111-2222-3333-444444444444"


class Payment(ReadingSchema):
    email = EMail("data.email")
    name = Text("data.from_name", "data.shipping.full_name")
    phone = Phone("data.shipping.telephone")
    city = Text("data.shipping.city")
    country = Text("data.shipping.country_code", "data.shipping.country")
    order_id = Text("data.kofi_transaction_id")
    payment_id = Text("data.kofi_transaction_id")
    amount = Money("data.amount")
    currency = Currency("data.currency")
    goods = Goods("data.shop_items", id="direct_link_code", name="variation_name")
    paid_at = Moment("data.timestamp")
    comment = Text("data.message")

    def finish(self, found: dict[str, Any], body: Any) -> None:
        found["status"] = "paid"  # nothing else is told
        tier = dig(body, "data.tier_name")
        if tier:
            found["custom"] |= {"tier": tier}


def _test(incoming: Incoming) -> bool:
    return bool(dig(incoming.body, "data.kofi_transaction_id") == _TEST_PAYMENT)


PROVIDER = Provider(
    name="kofi",
    title="Ko-fi",
    kind="shop",
    proof=(Secret(at=("data.verification_token",)),),
    unwrap={"data": "json"},
    schema=Payment,
    event_type="data.type",
    event_id=("data.message_id",),
    test=_test,
    settings=(
        "Settings > API > Webhooks: enter the hook's URL; `secret` is the *verification token* under *Advanced* on the "
        "same page."
    ),
    arrives=(
        "`Donation`, `Subscription` (`body.data.is_first_subscription_payment` tells the first from a renewal), `Shop "
        "Order`, `Commission`. Shop items come without name and price: their link code is the good's id. No refunds, "
        "no cancelled subscriptions. Do not publish the message where `body.data.is_public` is false."
    ),
    on_failure="Anything but 200 is repeated a few times with the same message_id.",
    tests=f"The button *Send test* sends the payment {_TEST_PAYMENT} (an assumption).",
    confidence="documented",
    sources=("ko-fi.com/manage/webhooks",),
)
