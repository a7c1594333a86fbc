"""CloudPayments (TipTopPay): the kind of a notification stands in the URL, the customer in the text of ``Data``."""

from __future__ import annotations

from typing import Any

from relay.incoming import Incoming
from relay.provider import Provider, json_answer
from relay.reading import Currency, EMail, Goods, Moment, Money, Phone, ReadingSchema, Text, dig, email
from relay.verifying import Signature

_STATUS = {
    "check": "waiting",
    "confirm": "paid",
    "fail": "failed",
    "refund": "refunded",
    "cancel": "cancelled",
}
_READ = frozenset({"phone", "first_name", "last_name", "firstName", "lastName", "name", "email", "cloudPayments"})


class Notification(ReadingSchema):
    # `Name` is the card holder in Latin capitals: not how a person wants to be called
    email = EMail("Email", "Data.email")
    name = Text("Data.name")
    first_name = Text("Data.first_name", "Data.firstName")
    last_name = Text("Data.last_name", "Data.lastName")
    phone = Phone("Data.phone", "Data.Phone", "Phone")
    ip = Text("IpAddress")
    order_id = Text("InvoiceId")
    payment_id = Text("PaymentTransactionId", "TransactionId")
    amount = Money("Amount")
    currency = Currency("Currency")
    goods = Goods("Data.cloudPayments.customerReceipt.items", name="label", price="price", sum="amount")
    subscription_id = Text("SubscriptionId")
    comment = Text("Description")
    created_at = Moment("DateTime", "CreatedDateIso", "StartDateIso")

    def finish(self, found: dict[str, Any], body: Any) -> None:
        kind = found["event_type"]
        found["status"] = _STATUS.get(kind)
        if kind == "pay":
            found["status"] = "authorized" if dig(body, "Status") == "Authorized" else "paid"
        if kind == "recurrent":
            found["subscription_id"], found["payment_id"] = dig(body, "Id"), None
        if kind == "refund":
            found["refunded"], found["amount"] = found["amount"], None
        if found["status"] == "paid":
            found["paid_at"] = found["created_at"]
        if not found.get("email"):
            found["email"] = _account(body)
        passed = dig(body, "Data")
        if isinstance(passed, dict):
            found["custom"] |= {name: value for name, value in passed.items() if name not in _READ}


def _account(body: Any) -> str | None:
    """The user's id at the shop: very often the e-mail address, never promised to be one."""
    try:
        return email(dig(body, "AccountId"))
    except ValueError:
        return None


def _kind(incoming: Incoming) -> str:
    """``?type=`` of the URL; without it by the fields, and "" when they fit several kinds."""
    body = incoming.body
    told = str(incoming.at("query:type") or "").lower()
    if told:
        return told
    if dig(body, "PaymentTransactionId"):
        return "refund"
    if str(dig(body, "Id") or "").startswith("sc_"):
        return "recurrent"
    if dig(body, "AuthCode", "GatewayName"):
        return "pay"
    return "fail" if dig(body, "ReasonCode") else ""


def _event_id(incoming: Incoming) -> str | None:
    """A recurrent one has no number of its own: what it says is its number."""
    kind = _kind(incoming)
    names = ("Id", "Status", "NextTransactionDate") if kind == "recurrent" else ("TransactionId",)
    values = [str(value) for name in names if (value := dig(incoming.body, name)) is not None]
    return ":".join((kind, *values)) if kind and values else None


PROVIDER = Provider(
    name="cloudpayments",
    title="CloudPayments, TipTopPay",
    kind="payment",
    proof=(Signature(at="header:Content-HMAC", mac="sha256", encoding="base64"),),
    unwrap={"Data": "json", "JsonData": "json"},
    schema=Notification,
    event_type=_kind,
    event_id=_event_id,
    test="TestMode",
    reply=json_answer({"code": 0}),
    settings=(
        "Site settings > Notifications: for each kind enter the hook's URL with its name behind it: ?type=pay, "
        "?type=fail, ?type=confirm, ?type=refund, ?type=recurrent, ?type=cancel; format CloudPayments or JSON, UTF-8. "
        "Leave *Check* off: it asks before charging, and the relay always says yes. "
        "`secret` is the API secret of the site."
    ),
    arrives=(
        "One notification a kind. The name on the card is no contact name: pass first_name, last_name and phone in the "
        "widget's `data`. A renewal brings pay (with SubscriptionId) and recurrent: map one of them."
    ),
    on_failure='Anything but {"code":0} is repeated, up to 100 times.',
    tests="TestMode=1: the same secret and URL serve test and live payments.",
    confidence="tested",
    sources=("npm cloudpayments 6", "developers.cloudpayments.ru"),
)
