"""YooKassa: notifications without a signature; the proof is the network that they come from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from relay.asking import basic, question
from relay.errors import Unverified
from relay.models import Hook, Reading
from relay.provider import Fetch, FetchRequest, Provider
from relay.reading import Currency, EMail, Moment, Money, Phone, ReadingSchema, Text, dig, mapping, plain, refund_status
from relay.verifying import Networks

_PUBLISHED = (
    "185.71.76.0/27",
    "185.71.77.0/27",
    "77.75.153.0/25",
    "77.75.154.128/25",
    "77.75.156.11",
    "77.75.156.35",
    "2a02:5180:0:1509::/64",
    "2a02:5180:0:1533::/64",
    "2a02:5180:0:2655::/64",
    "2a02:5180:0:2669::/64",
)
_STATUS = {
    "payment.succeeded": "paid",
    "payment.waiting_for_capture": "authorized",
    "payment.canceled": "cancelled",
    "refund.succeeded": "refunded",
}
_POSSIBLE = {
    "payment.succeeded": ("succeeded",),
    "payment.waiting_for_capture": ("waiting_for_capture", "succeeded", "canceled"),
    "payment.canceled": ("canceled",),
    "refund.succeeded": ("succeeded",),
}
_NUMBER = r"[0-9A-Za-z-]{8,64}"
_READ = frozenset({"email", "name", "phone", "order_id", "orderNumber", "order_number"})


def _in(name: str) -> tuple[str, ...]:
    """Of the thing as the API tells it, where it was asked, else as the notification does."""
    return (f"confirmed.{name}", f"object.{name}")


def _meta(*names: str) -> tuple[str, ...]:
    """A refund has no metadata: they are those of its payment."""
    return tuple(path for name in names for path in (*_in(f"metadata.{name}"), f"payment.metadata.{name}"))


class Notification(ReadingSchema):
    email = EMail(*_meta("email", "customer_email", "custEmail"))
    name = Text(*_meta("name", "customer_name", "custName"))
    phone = Phone(*_meta("phone", "customer_phone"))
    order_id = Text(*_meta("order_id", "orderNumber", "order_number"))
    payment_id = Text(*_in("payment_id"), *_in("id"))
    amount = Money(*_in("amount.value"))
    currency = Currency(*_in("amount.currency"))
    refunded = Money(*_in("refunded_amount.value"))
    created_at = Moment(*_in("created_at"))
    paid_at = Moment(*_in("captured_at"))
    comment = Text(*_in("description"))

    def finish(self, found: dict[str, Any], body: Any) -> None:
        event = str(dig(body, "event"))
        found["status"] = _STATUS.get(event)
        if event.startswith("refund."):
            found["refunded"], found["amount"] = found["amount"], None  # the object is a refund: the sum is its own
            back, whole = (dig(body, f"payment.{name}.value") for name in ("refunded_amount", "amount"))
            found["status"] = refund_status(back, whole)
        elif not found.get("refunded"):
            found["refunded"] = None
        metadata = mapping(dig(body, *_in("metadata"), "payment.metadata"))
        found["custom"] |= {name: value for name, value in metadata.items() if name not in _READ}


def _ask(reading: Reading, hook: Hook) -> Sequence[FetchRequest]:
    """The thing itself, and a refund's payment. Raises Unverified for a state that the event cannot come from."""
    kind, number = str(dig(reading.body, "event")).partition(".")[0], plain(dig(reading.body, "object.id"))
    if kind not in ("payment", "refund") or not number or not re.fullmatch(_NUMBER, number):
        return ()  # a payout, a deal: nothing that is asked about, and its network has proven it
    state = plain(dig(reading.body, "confirmed.status"))
    if state and state not in _POSSIBLE.get(str(dig(reading.body, "event")), (state,)):
        raise Unverified(f"YooKassa says otherwise: the state of {number} is {state}")
    paid = plain(dig(reading.body, "confirmed.payment_id"))
    if kind == "payment" or not paid or not re.fullmatch(_NUMBER, paid):
        return (_question(hook, f"{kind}s/{number}", "confirmed"),)
    return (_question(hook, f"refunds/{number}", "confirmed"), _question(hook, f"payments/{paid}", "payment"))


def _question(hook: Hook, path: str, into: str) -> FetchRequest:
    own = basic(hook, "shop_id", "api_key")
    return question(hook, "https://api.yookassa.ru/v3", f"/{path}", into, Authorization=own)


PROVIDER = Provider(
    name="yookassa",
    title="YooKassa (ЮKassa)",
    kind="payment",
    proof=(Networks(_PUBLISHED),),
    schema=Notification,
    event_type="event",
    event_id=("event", "object.id"),
    test="object.test",
    fetch=Fetch(ask=_ask, schema=Notification, proves=True, needs=("shop_id", "api_key")),
    options={
        "shop_id": "with api_key: the worker asks YooKassa, and only its answer counts",
        "api_key": "of the shop (Integration > API keys)",
        "api": "https://api.yookassa.ru/v3 if not said otherwise",
    },
    settings=(
        "Integration > HTTP notifications: enter the hook's URL (https, port 443 or 8443) and tick payment.succeeded, "
        "payment.waiting_for_capture, payment.canceled, refund.succeeded. There is no secret; behind a proxy set "
        "RELAY_TRUSTED_PROXIES. Whoever makes the payment must put order_id, email, name and phone into its metadata: "
        "nothing else tells who paid."
    ),
    arrives="The whole payment or refund. No e-mail and no order number unless they stand in the metadata; no goods.",
    on_failure="Anything but 200 is repeated for 24 hours.",
    tests="Payments of a test shop (`object.test`): test and live ones come to the same URL without a secret.",
    confidence="tested",
    sources=("yookassa.ru/developers/using-api/webhooks", "PyPI yookassa 3.13.0"),
)
