"""YooMoney wallet: incoming transfers, signed in two generations in the same request."""

from __future__ import annotations

from typing import Any

from relay.provider import Provider
from relay.reading import Currency, EMail, Moment, Money, Phone, ReadingSchema, Text, dig
from relay.reading.people import agreed
from relay.verifying import Signature, Sorted


class Transfer(ReadingSchema):
    email = EMail("email")
    first_name = Text("firstname")
    last_name = Text("lastname")
    phone = Phone("phone")
    city = Text("city")
    order_id = Text("label", "operation_id")
    payment_id = Text("operation_id")
    amount = Money("withdraw_amount", "amount")  # what the payer paid; `amount` is what is left after commission
    currency = Currency("currency")
    created_at = Moment("datetime")
    paid_at = Moment("datetime")

    def finish(self, found: dict[str, Any], body: Any) -> None:
        if not dig(body, "sign"):  # the old signature does not cover withdraw_amount
            found["amount"] = dig(body, "amount")
        held = agreed(dig(body, "unaccepted")) or agreed(dig(body, "codepro"))
        found["status"] = "waiting" if held else "paid"
        if held:
            found["paid_at"] = None


PROVIDER = Provider(
    name="yoomoney",
    title="YooMoney wallet (ЮMoney)",
    kind="payment",
    proof=(
        Signature(at="field:sign", mac="sha256", parts=(Sorted(exclude=("sign",), form="{k}={q}", join="&"),)),
        Signature(
            at="field:sha1_hash",
            digest="sha1",
            parts=(
                "field:notification_type",
                "field:operation_id",
                "field:amount",
                "field:currency",
                "field:datetime",
                "field:sender",
                "field:codepro",
                "secret",
                "field:label",
            ),
            join="&",
        ),
    ),
    schema=Transfer,
    event_type="notification_type",
    event_id=("operation_id", "unaccepted?"),
    test="test_notification",
    settings=(
        "yoomoney.ru > Settings > Transfers and payments > HTTP notifications: enter the hook's URL and show the "
        "secret (this is `secret`). Put the order's number into `label` of the payment form."
    ),
    arrives=(
        "p2p-incoming (from a wallet), card-incoming, sbp-incoming. Money in only, and nothing about the payer. "
        "`order.amount` is what was paid; what arrived after commission is `body.amount`. A transfer without a label "
        "gets the operation's number."
    ),
    on_failure="Anything but 200: two more tries, after 10 minutes and after 1 hour.",
    tests="`test_notification=true`, of the button *Test*.",
    confidence="tested",
    sources=("yoomoney.ru/docs/wallet/using-api/notification-p2p-incoming", "both published examples"),
)
