"""Unitpay: everything in the query string, an answer in the form of JSON-RPC."""

from __future__ import annotations

from typing import Any

from relay.provider import Provider, json_answer
from relay.reading import Choice, Currency, EMail, Moment, Money, Phone, ReadingSchema, Text
from relay.verifying import Signature, Sorted

_STATUS = {"check": "waiting", "preauth": "authorized", "pay": "paid", "error": "failed", "refund": "refunded"}


class Notification(ReadingSchema):
    email = EMail("params.customerEmail")
    phone = Phone("params.customerPhone", "params.phone")
    ip = Text("params.ip")
    order_id = Text("params.account")
    payment_id = Text("params.unitpayId")
    status = Choice("method", table=_STATUS)
    amount = Money("params.orderSum", "params.sum")
    currency = Currency("params.orderCurrency")
    created_at = Moment("params.date", zone="Europe/Moscow")
    comment = Text("params.errorMessage")

    def finish(self, found: dict[str, Any], body: Any) -> None:  # noqa: ARG002
        if found["status"] == "paid":
            found["paid_at"] = found["created_at"]
        if found["status"] == "refunded":
            found["refunded"], found["amount"] = found["amount"], None


PROVIDER = Provider(
    name="unitpay",
    title="Unitpay",
    kind="payment",
    proof=(
        Signature(
            at="field:params.signature",
            digest="sha256",
            parts=("field:method", Sorted(within="params", exclude=("signature", "sign")), "secret"),
            join="{up}",
        ),
    ),
    schema=Notification,
    event_type="method",
    event_id=("method", "params.unitpayId", "params.test?"),
    test="params.test",
    reply=json_answer({"result": {"message": "ok"}}),
    settings=(
        "Project > Settings: *handler URL* is the hook's URL; `secret` is the project's secret key. `check` asks "
        "before charging, and the relay always says yes."
    ),
    arrives=(
        "check, pay (paid), error (failed; a later pay is possible), refund. `order.amount` is what the shop asked "
        "for; what was charged stands in `body.params.payerSum`. E-mail and phone when Unitpay knows them. No goods."
    ),
    on_failure="Without a result the payment stays unconfirmed and is repeated; no timetable is published.",
    tests="params[test]=1: the same key serves test and live payments.",
    confidence="tested",
    sources=("GitHub unitpay/php-sdk", "help.unitpay.ru"),
)
