"""bePaid (Belarus): a transaction in minor units, signed with RSA by the shop's own key pair; or HTTP Basic alone."""

from __future__ import annotations

from typing import Any

from relay.incoming import Incoming
from relay.provider import Provider
from relay.reading import Currency, EMail, Minor, Moment, Phone, ReadingSchema, Text, dig
from relay.verifying import Basic, PublicKey

_STATUS = {"failed": "failed", "expired": "cancelled", "pending": "waiting", "incomplete": "waiting"}
_DONE = {
    "payment": "paid",
    "charge": "paid",
    "capture": "paid",
    "authorization": "authorized",
    "refund": "refunded",
    "void": "cancelled",
}
_TURNS_BACK = frozenset({"refund", "void"})  # their failure leaves the payment as it was


def _in(*names: str) -> tuple[str, ...]:
    """A transaction comes as it is; that of a subscription within ``last_transaction``."""
    return tuple(f"{place}{name}" for name in names for place in ("transaction.", "last_transaction.", ""))


class Notification(ReadingSchema):
    email = EMail(*_in("customer.email"))
    ip = Text(*_in("customer.ip"))
    first_name = Text(*_in("billing_address.first_name", "customer.first_name"))
    last_name = Text(*_in("billing_address.last_name", "customer.last_name"))
    phone = Phone(*_in("billing_address.phone", "customer.phone"))
    city = Text(*_in("billing_address.city"))
    country = Text(*_in("billing_address.country"))
    order_id = Text("transaction.tracking_id", "tracking_id")
    payment_id = Text("transaction.parent_uid", "transaction.uid", "last_transaction.uid")
    amount = Minor("transaction.amount", "last_transaction.amount", "plan.plan.amount")
    refunded = Minor()
    currency = Currency("transaction.currency", "last_transaction.currency", "plan.currency")
    created_at = Moment(*_in("created_at"))
    paid_at = Moment("transaction.paid_at")
    comment = Text("transaction.description", "plan.title")

    def finish(self, found: dict[str, Any], body: Any) -> None:
        kind, state = _kind(body), dig(body, "transaction.status", "last_transaction.status")
        found["status"] = _DONE.get(kind) if state == "successful" else _STATUS.get(str(state))
        if kind in _TURNS_BACK and state != "successful":
            found["status"] = None
        if kind == "refund":
            found["refunded"], found["amount"] = found["amount"], None
        if kind == "subscription":
            found["subscription_id"] = dig(body, "id")
            found["status"] = "paid" if state == "successful" else found["status"]
            # every charge of a subscription is an order of its own
            found["order_id"] = found["payment_id"] or found["order_id"]


def _kind(body: Any) -> str:
    return "subscription" if dig(body, "transaction") is None else str(dig(body, "transaction.type"))


def _event_type(incoming: Incoming) -> str:
    state = dig(incoming.body, "transaction.status", "state")
    return f"{_kind(incoming.body)}.{state}"


def _event_id(incoming: Incoming) -> str | None:
    names = ("transaction.uid", "transaction.status", "id", "state", "last_transaction.uid", "last_transaction.status")
    values = [str(value) for name in names if (value := dig(incoming.body, name)) is not None]
    return ":".join(values) if len(values) > 1 else None


PROVIDER = Provider(
    name="bepaid",
    title="bePaid",
    kind="payment",
    proof=(PublicKey(at="header:Content-Signature"), Basic()),
    schema=Notification,
    event_type=_event_type,
    event_id=_event_id,
    test="transaction.test",
    options={"public_key": "the shop's public key, if it does not stand in `secret`", "user": "the shop's id"},
    settings=(
        "Put the hook's URL into `notification_url` of every checkout, or into the settings of the module. `secret` is "
        "the shop's public key (cabinet > shop > *public key*, with its BEGIN and END lines if it has them, else as "
        "the option public_key); or the shop's secret key, which then is checked as the password of HTTP Basic."
    ),
    arrives=(
        "The transaction with the payer; the event type is kind and status: `payment.successful`, `payment.failed`, "
        "`refund.successful` ...; of a subscription `subscription.<state>`. No goods."
    ),
    on_failure="Anything but 200 is repeated; bePaid publishes no timetable.",
    tests="`transaction.test`: a shop's test payments come with the same key.",
    confidence="documented",
    sources=("docs.bepaid.by/ru/dev_tools/webhooks",),
)
