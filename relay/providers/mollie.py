"""Mollie: the classic webhook is a payment's number and no more, so the API is asked; the newer one is signed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from relay.asking import question
from relay.bodies import parse_body
from relay.incoming import Incoming
from relay.models import Hook, Reading, WebhookRequest
from relay.provider import Fetch, FetchRequest, Provider
from relay.reading import (
    Currency,
    EMail,
    Goods,
    Moment,
    Money,
    Phone,
    Sale,
    Text,
    dig,
    mapping,
    numbers,
    plain,
    refund_status,
)
from relay.verifying import CallBack, Signature

_CLASSIC = r"(?:tr|ord)_[A-Za-z0-9]{4,40}"
_ENTITIES = {"pl_": "payment-links", "invoice_": "sales-invoices"}
_STATUS = {
    "open": "waiting",
    "pending": "waiting",
    "created": "created",
    "authorized": "authorized",
    "paid": "paid",
    "shipping": "paid",
    "completed": "paid",
    "failed": "failed",
    "canceled": "cancelled",
    "expired": "cancelled",
}


def _in(name: str) -> tuple[str, ...]:
    """Of the payment that was asked for, or of the thing that a signed event is about."""
    return (f"payment.{name}", f"entity.{name}", f"_embedded.entity.{name}")


def _parse(request: WebhookRequest, charset: str = "") -> Any:
    """Of a classic webhook, which anybody may have sent, the number alone."""
    body = parse_body(request, charset)
    number = plain(mapping(body).get("id"))
    return {"id": number} if number and re.fullmatch(_CLASSIC, number) else body


class Payment(Sale):
    along = _in("metadata")

    email = EMail(*_in("billingAddress.email"), *_in("billingEmail"), *_in("recipient.email"), "customer.email")
    name = Text("customer.name")
    first_name = Text(*_in("billingAddress.givenName"), *_in("recipient.givenName"))
    last_name = Text(*_in("billingAddress.familyName"), *_in("recipient.familyName"))
    phone = Phone(*_in("billingAddress.phone"), *_in("recipient.phone"))
    city = Text(*_in("billingAddress.city"))
    country = Text(*_in("billingAddress.country"))
    order_id = Text(*(path for place in _in("metadata") for path in numbers(place)), *_in("orderNumber"))
    payment_id = Text("payment.id", "entityId")
    amount = Money(*_in("amount.value"), *_in("totalAmount.value"))
    currency = Currency(*_in("amount.currency"), *_in("totalAmount.currency"))
    refunded = Money("payment.amountRefunded.value")
    goods = Goods("payment.lines", id="sku", name="name|description", price="unitPrice.value", sum="totalAmount.value")
    created_at = Moment(*_in("createdAt"))
    paid_at = Moment(*_in("paidAt"))
    subscription_id = Text("payment.subscriptionId")
    comment = Text(*_in("description"))

    def finish(self, found: dict[str, Any], body: Any) -> None:
        found["status"] = _STATUS.get(str(dig(body, *_in("status"))))
        found["refunded"] = found["refunded"] or None
        if found["refunded"]:
            found["status"] = refund_status(found["refunded"], found["amount"])
        if dig(body, "payment.sequenceType") == "recurring":  # with the metadata of the first one
            found["order_id"] = None
        found["order_id"] = found["order_id"] or found["payment_id"]


def _ask(reading: Reading, hook: Hook) -> Sequence[FetchRequest]:
    """Whatever has a payment's number is unproven, so the payment is asked for; then its customer."""
    number, entity = str(dig(reading.body, "id")), str(dig(reading.body, "entityId"))
    if re.fullmatch(_CLASSIC, number):
        kind = "payments" if number.startswith("tr_") else "orders"
        questions = [_question(hook, f"{kind}/{number}", "payment")]
        customer = plain(mapping(reading.body, "payment").get("customerId"))
        if customer:
            questions.append(_question(hook, f"customers/{customer}", "customer"))
        return questions
    place = next((place for prefix, place in _ENTITIES.items() if re.fullmatch(rf"{prefix}\w+", entity)), None)
    if place is None or dig(reading.body, "_embedded.entity"):
        return ()
    return (_question(hook, f"{place}/{entity}", "entity"),)


def _question(hook: Hook, path: str, into: str) -> FetchRequest:
    return question(hook, "https://api.mollie.com/v2", f"/{path}", into, option="api_key")


def _event_type(incoming: Incoming) -> str | None:
    status = plain(dig(incoming.body, "payment.status"))
    return f"payment.{status}" if status else plain(dig(incoming.body, "type")) or "payment"


def _event_id(incoming: Incoming) -> str | None:
    """The same number is posted at every change of a payment: only with its state is it a key."""
    body, number = incoming.body, plain(dig(incoming.body, "id"))
    if not number or not re.fullmatch(_CLASSIC, number):
        return number
    status = plain(dig(body, "payment.status"))
    return f"{number}:{status}:{dig(body, 'payment.amountRefunded.value') or ''}" if status else None


PROVIDER = Provider(
    name="mollie",
    title="Mollie",
    kind="payment",
    proof=(
        # several of these headers while a secret is rolled: they arrive joined by a comma
        Signature(at="header:X-Mollie-Signature", mac="sha256", prefix="sha256=", separator=","),
        CallBack(at="field:id", needs=("api_key",), form=_CLASSIC),
    ),
    parse=_parse,
    schema=Payment,
    event_type=_event_type,
    event_id=_event_id,
    fetch=Fetch(ask=_ask, schema=Payment, proves=True, needs=("api_key",), anew=True),
    options={
        "api_key": "live_... or test_...: for classic webhooks, which bring a number only",
        "api": "https://api.mollie.com/v2 if not said otherwise",
    },
    settings=(
        "Classic: the shop gives the hook's URL as `webhookUrl` of every payment; put the API key (Developers > API "
        "keys) into the option api_key. Newer: Developers > Webhooks > New: `secret` is the signing secret shown "
        "once. Put order_id and what else you need into the payment's metadata."
    ),
    arrives=(
        "Classic: the number of a payment (or order) at every change; the worker asks for the payment and its "
        "customer, and the event type is `payment.paid`, `payment.failed` ... A number that Mollie does not know "
        "becomes a dead letter and nothing else. Newer: `payment-link.paid` and others with the thing itself."
    ),
    on_failure="15 seconds; up to 10 tries over 26 hours.",
    tests="None: a test payment is found with the test key only.",
    confidence="documented",
    sources=("docs.mollie.com/reference/webhooks", "GitHub mollie/mollie-api-php"),
)
