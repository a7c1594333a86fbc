"""Adyen: standard webhooks, one signed item a request; amounts in minor units, truth values as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from relay.models import Answer
from relay.provider import Provider
from relay.reading import Answer as Passed
from relay.reading import Currency, EMail, Minor, Moment, ReadingSchema, Text, dig, mapping
from relay.reading.money import EXPONENTS
from relay.verifying import Basic, Signature

_ITEM = "notificationItems.0.NotificationRequestItem"
# Adyen's own list differs from ISO 4217 in these
_EXPONENTS = {**EXPONENTS, "CLP": 2, "CVE": 0, "IDR": 0, "ISK": 2}
_DONE = {
    "AUTHORISATION": "paid",
    "CAPTURE": "paid",
    "CANCELLATION": "cancelled",
    "REFUND": "refunded",
}
_FAILED = frozenset({"AUTHORISATION", "CAPTURE"})
_NAME = re.compile(r"first name=([^,\]]*).*last name=([^,\]]*)")


class Item(ReadingSchema):
    email = EMail(f"{_ITEM}.additionalData.shopperEmail")
    ip = Text(f"{_ITEM}.additionalData.shopperIP")
    country = Text(f"{_ITEM}.additionalData.shopperCountry")
    order_id = Text(f"{_ITEM}.merchantReference")
    payment_id = Text(f"{_ITEM}.originalReference", f"{_ITEM}.pspReference")
    amount = Minor(f"{_ITEM}.amount.value", exponents=_EXPONENTS)
    refunded = Minor(exponents=_EXPONENTS)
    currency = Currency(f"{_ITEM}.amount.currency")
    created_at = Moment(f"{_ITEM}.eventDate")

    def answers(self, body: Any) -> Iterator[Passed]:
        for name, value in mapping(body, f"{_ITEM}.additionalData").items():
            if name.startswith("metadata."):
                yield Passed(name.removeprefix("metadata."), value)

    def finish(self, found: dict[str, Any], body: Any) -> None:
        event, done = found["event_type"], str(dig(body, f"{_ITEM}.success")).lower() == "true"
        found["status"] = _DONE.get(event) if done else None
        if event == "CAPTURE_FAILED" or (event in _FAILED and not done):
            found["status"] = "failed"
        if event.startswith("REFUND"):
            found["refunded"], found["amount"] = found["amount"] if done else None, None
        if found["status"] == "paid":
            found["paid_at"] = found["created_at"]
        shopper = _NAME.search(str(dig(body, f"{_ITEM}.additionalData.shopperName")))
        if shopper:  # "[first name=Anna, infix=null, last name=Ivanova, gender=null]"
            found["first_name"], found["last_name"] = (None if one == "null" else one for one in shopper.groups())


PROVIDER = Provider(
    name="adyen",
    title="Adyen",
    kind="payment",
    proof=(
        Signature(
            at=f"field:{_ITEM}.additionalData.hmacSignature",
            mac="sha256",
            root=_ITEM,
            parts=(
                "field:pspReference",
                "field:originalReference",
                "field:merchantAccountCode",
                "field:merchantReference",
                "field:amount.value",
                "field:amount.currency",
                "field:eventCode",
                "field:success",
            ),
            join=":",
            encoding="base64",
            key="hex",
        ),
        Signature(at="header:HmacSignature", mac="sha256", encoding="base64", key="hex"),
        Basic(),
    ),
    schema=Item,
    event_type=f"{_ITEM}.eventCode",
    # duplicates are promised; only the first item of a request is read: it is the one whose signature counts
    event_id=(f"{_ITEM}.eventCode", f"{_ITEM}.pspReference", f"{_ITEM}.success?"),
    reply=Answer(body="[accepted]"),
    settings=(
        "Customer Area > Developers > Webhooks > + Webhook > Standard webhook: enter the hook's URL, method JSON, and "
        "generate an HMAC key: this is `secret` (without a key: the password of *Basic authentication*). Under "
        "*Additional settings* switch on the shopper's e-mail and name: they are not sent otherwise."
    ),
    arrives=(
        "One item a request. AUTHORISATION with success is `paid`, because Adyen captures by itself and sends nothing "
        "more then; who captures by hand maps with `event_type == 'CAPTURE'`. The signature covers references, "
        "amount, event and success, not the e-mail. No goods."
    ),
    on_failure="10 seconds; then everything queues up and is repeated, with growing pauses, for up to 7 days.",
    tests="None: the test environment has keys and webhooks of its own.",
    confidence="tested",
    sources=(
        "PyPI Adyen 16",
        "docs.adyen.com/development-resources/webhooks",
        "docs.adyen.com/development-resources/currency-codes",
    ),
)
