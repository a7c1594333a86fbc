"""LiqPay (PrivatBank): JSON in base64 in one form field, and a digest with the private key on both sides of it."""

from __future__ import annotations

from typing import Any

from relay.provider import Provider
from relay.reading import Currency, Goods, Moment, Money, Phone, Sale, Text, dig, refund_status
from relay.verifying import Signature

_STATUS = {
    "success": "paid",
    "sandbox": "paid",  # a test payment of the old sandbox
    "hold_wait": "authorized",
    "wait_accept": "waiting",  # the buyer has paid, LiqPay has not yet approved the shop
    "wait_secure": "waiting",
    "processing": "waiting",
    "prepared": "created",
    "failure": "failed",
    "error": "failed",
    "reversed": "refunded",
}


class Callback(Sale):
    along = ("data.info",)  # free text that comes back: what is JSON there is read

    first_name = Text("data.sender_first_name")
    last_name = Text("data.sender_last_name")
    phone = Phone("data.sender_phone")
    ip = Text("data.ip")
    order_id = Text("data.order_id")
    payment_id = Text("data.payment_id")
    amount = Money("data.amount")
    refunded = Money("data.refund_amount")
    currency = Currency("data.currency")
    goods = Goods("data.rro_info.items", id="id", price="price", quantity="amount", sum="cost")
    created_at = Moment("data.create_date")
    paid_at = Moment("data.end_date")
    comment = Text("data.description")

    def finish(self, found: dict[str, Any], body: Any) -> None:
        found["status"] = _STATUS.get(found["event_type"])
        if found["status"] == "refunded":
            found["status"] = refund_status(found["refunded"], found["amount"])
            found["refunded"] = found["refunded"] or found["amount"]
        if found["status"] != "paid":
            found["paid_at"] = None
        if dig(body, "data.action") == "regular":  # a renewal comes with the first one's number
            found["subscription_id"], found["order_id"] = found["order_id"], found["payment_id"]


PROVIDER = Provider(
    name="liqpay",
    title="LiqPay",
    kind="payment",
    proof=(
        Signature(
            at="field:signature",
            digest="sha1",
            parts=("secret", "field:data", "secret"),
            encoding="base64",
            choices=("sha1", "sha3_256"),
        ),
    ),
    unwrap={"data": "base64 json"},
    schema=Callback,
    event_type="data.status",
    event_id=("data.payment_id", "data.status", "data.refund_amount?"),
    test=lambda incoming: dig(incoming.body, "data.status") == "sandbox",
    settings=(
        "Put the hook's URL into `server_url` of every payment, or into the shop's settings (API). `secret` is the "
        "private key. There is no e-mail in a callback: put it as JSON into the payment's `info`: "
        '{"email": "...", "name": "..."}. `hash: sha3_256` where a newer version of the API signs so.'
    ),
    arrives=(
        "One callback a change of status, with phone and name of the payer. Renewals have action=regular and the "
        "first order's number: that becomes `order.subscription_id`, and the payment's number the order's."
    ),
    on_failure="Not published.",
    tests="status=sandbox. Shops in test mode (public key sandbox_...) have a key of their own: no mark.",
    confidence="tested",
    sources=("GitHub liqpay/sdk-php", "www.liqpay.ua/documentation/api/callback"),
)
