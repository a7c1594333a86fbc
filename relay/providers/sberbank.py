"""Sberbank's internet acquiring (the RBS gateway): callbacks without the buyer, who must be asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from relay.asking import address
from relay.errors import Unverified
from relay.models import Hook, Reading
from relay.provider import Fetch, FetchRequest, Provider
from relay.reading import Currency, EMail, Minor, Moment, Phone, Sale, Text, dig, plain, refund_status
from relay.verifying import CallBack, PublicKey, Signature, Sorted

_GATEWAY = "https://securepayments.sberbank.ru/payment"
_STATUS = {
    "approved": "authorized",
    "deposited": "paid",
    "reversed": "cancelled",
    "refunded": "refunded",
    "declinedByTimeout": "cancelled",
}
_STATES = {
    "0": "created",
    "1": "authorized",
    "2": "paid",
    "3": "cancelled",
    "4": "refunded",
    "5": "waiting",
    "6": "failed",
}
# which states of an order fit an operation; a part that went back leaves it at 2
_POSSIBLE = {"approved": "1234", "deposited": "24", "reversed": "3", "refunded": "24"}
_SIGNED = (Sorted(form="{k};{v};", join="", exclude=("checksum", "sign_alias")),)


class Callback(Sale):
    """``order`` is there when the gateway was asked; then its word counts, not the callback's."""

    along = ("order.merchantOrderParams",)

    email = EMail("order.payerData.email")
    phone = Phone("order.payerData.phone")
    ip = Text("order.ip")
    order_id = Text("order.orderNumber", "orderNumber")
    payment_id = Text("mdOrder")
    amount = Minor("order.amount", "amount")
    refunded = Minor("order.paymentAmountInfo.refundedAmount")
    currency = Currency("order.currency", "currency")
    created_at = Moment("order.date")
    paid_at = Moment("callbackCreationDate")
    comment = Text("order.orderDescription")

    def finish(self, found: dict[str, Any], body: Any) -> None:
        operation, done = dig(body, "operation"), str(dig(body, "status")) == "1"
        if dig(body, "order.currency", "currency") is None:
            found["currency"] = "RUB"
        found["status"] = _STATUS.get(str(operation)) if done else None
        if not done and operation in ("approved", "deposited"):
            found["status"] = "failed"
        if dig(body, "order") is not None:
            found["status"] = _STATES.get(str(dig(body, "order.orderStatus")))
            if str(found["refunded"] or "0") != "0":
                found["status"] = refund_status(found["refunded"], found["amount"])
        elif found["status"] == "refunded":
            found["refunded"], found["amount"] = found["amount"], None
        if str(found["refunded"]) == "0":
            found["refunded"] = None
        if found["status"] != "paid":
            found["paid_at"] = None


def _ask(reading: Reading, hook: Hook) -> Sequence[FetchRequest]:
    """What the callback says of a payment must fit what the gateway says, if nothing else proves the callback."""
    state = plain(dig(reading.body, "order.orderStatus"))
    if state and state not in _POSSIBLE.get(str(dig(reading.body, "operation")), state):
        raise Unverified(f"The gateway says otherwise: the order's state is {state}")
    fields = {
        "userName": hook.options["user"],
        "password": hook.options["password"],
        "orderId": dig(reading.body, "mdOrder"),
    }
    return (
        FetchRequest(
            url=f"{address(hook, _GATEWAY)}/rest/getOrderStatusExtended.do",
            into="order",
            method="POST",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(fields).encode(),
        ),
    )


def _refused(body: Any) -> str:
    code = str(dig(body, "order.errorCode") or "0")
    return "" if code == "0" else f"The gateway does not know it: {dig(body, 'order.errorMessage') or code}"


PROVIDER = Provider(
    name="sberbank",
    title="Sberbank, Alfa-Bank and other RBS gateways",
    kind="payment",
    proof=(
        PublicKey(at="field:checksum", hash="sha512", encoding="hex", parts=_SIGNED),
        Signature(at="field:checksum", mac="sha256", parts=_SIGNED),
        CallBack(at="field:mdOrder", needs=("user", "password"), form=r"[0-9A-Za-z-]{8,40}"),
    ),
    schema=Callback,
    event_type="operation",
    event_id=("mdOrder", "operation", "status", "amount?"),
    fetch=Fetch(ask=_ask, schema=Callback, proves=True, refused=_refused, needs=("user", "password")),
    options={
        "user": "login of the API (...-api): then the worker asks getOrderStatusExtended.do, e-mail included",
        "password": "its password",
        "api": f"the gateway: {_GATEWAY} if not said otherwise",
        "public_key": "the bank's key, where checksums are asymmetric; it may stand in `secret` as well",
    },
    settings=(
        "Merchant portal > Callback notifications: enter the hook's URL, choose the operations, checksum *symmetric* "
        "(`secret` is the callback token) or *asymmetric* (`secret` is the bank's public key, PEM); tick amount and "
        "date. Without a checksum give user and password of the API: then nothing counts that the gateway does not "
        "confirm."
    ),
    arrives=(
        "approved (held), deposited (paid), reversed, refunded, declinedByTimeout with number and sum. The buyer is "
        "known only by asking: payerData.email, and what the shop registered as jsonParams. No goods."
    ),
    on_failure="Anything but 200 is repeated, up to 6 times 30 seconds apart (an assumption).",
    tests="None: the test gateway has keys and addresses of its own.",
    confidence="documented",
    sources=("docs.modx.pro msp3sberbank", "ecomtest.sberbank.ru/doc"),
)
