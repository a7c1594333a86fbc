"""WayForPay (Ukraine): JSON under whatever content type, and an answer that is signed with the same key."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from typing import Any

from relay.bodies import parse_body
from relay.incoming import Incoming
from relay.models import Answer, Reading, WebhookRequest
from relay.provider import Provider, json_answer
from relay.reading import Choice, Currency, EMail, Goods, Moment, Money, Phone, ReadingSchema, Text
from relay.reading.paths import single
from relay.verifying import Signature

_STATUS = {
    "Approved": "paid",
    "WaitingAuthComplete": "authorized",
    "InProcessing": "waiting",
    "Pending": "waiting",
    "Declined": "failed",
    "Expired": "cancelled",
    "Voided": "cancelled",
    "Refunded": "refunded",
}
_RENEWAL = re.compile(r"(.+)_WFPREG-\d+")


class Callback(ReadingSchema):
    email = EMail("email")
    name = Text("clientName")
    phone = Phone("phone")
    order_id = Text("orderReference")
    status = Choice("transactionStatus", table=_STATUS)
    amount = Money("amount")
    currency = Currency("currency")
    goods = Goods("products", price="price", quantity="count")
    created_at = Moment("createdDate")
    paid_at = Moment("processingDate")

    def finish(self, found: dict[str, Any], body: Any) -> None:  # noqa: ARG002
        renewal = _RENEWAL.fullmatch(found["order_id"] or "")
        found["subscription_id"] = renewal[1] if renewal else None
        if found["status"] != "paid":
            found["paid_at"] = None
        if found["status"] == "refunded":
            found["refunded"], found["amount"] = found["amount"], None


def _parse(request: WebhookRequest, charset: str = "") -> Any:
    """Some shops get it as a list of one."""
    return single(parse_body(request, charset))


def _reply(_: Reading, incoming: Incoming) -> Answer:
    said = {"orderReference": incoming.at("orderReference") or "", "status": "accept", "time": int(time.time())}
    key = next(iter(incoming.hook.secrets), "").encode()
    signature = hmac.new(key, ";".join(map(str, said.values())).encode(), hashlib.md5).hexdigest()
    return json_answer({**said, "signature": signature})


PROVIDER = Provider(
    name="wayforpay",
    title="WayForPay",
    kind="payment",
    parse=_parse,
    proof=(
        Signature(
            at="field:merchantSignature",
            mac="md5",
            parts=(
                "field:merchantAccount",
                "field:orderReference",
                "field:amount",
                "field:currency",
                "field:authCode",
                "field:cardPan",
                "field:transactionStatus",
                "field:reasonCode",
            ),
            join=";",
        ),
    ),
    schema=Callback,
    event_type="transactionStatus",
    event_id=("orderReference", "transactionStatus", "processingDate?"),
    reply=_reply,
    settings=(
        "Put the hook's URL into `serviceUrl` of every payment, or into the shop's settings (*Service URL*). `secret` "
        "is the merchant's secret key; the answer is signed with it too, so the newest one stands first while you "
        "change it."
    ),
    arrives=(
        "Approved, Declined, Expired, Refunded, Voided, InProcessing, Pending, WaitingAuthComplete (held), with "
        "e-mail, phone and often goods. The signature does not cover them. A regular payment is an order of its own, "
        "its first one's number is `order.subscription_id`."
    ),
    on_failure="Without the signed answer it is repeated for one to four days.",
    tests="None: the test merchant (test_merch_n1) has a key of its own.",
    confidence="tested",
    sources=("GitHub wayforpay/php-sdk", "wiki.wayforpay.com/en/view/852117"),
)
