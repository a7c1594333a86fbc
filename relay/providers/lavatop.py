"""lava.top: sales of info products; the proof is a key of the seller's own, or HTTP Basic."""

from __future__ import annotations

from typing import Any

from relay.models import Utm
from relay.provider import Provider
from relay.reading import Choice, Currency, EMail, Goods, Moment, Money, ReadingSchema, Text, dig, gather_utm, mapping
from relay.verifying import Basic, Secret

_STATUS = {
    "payment.success": "paid",
    "payment.failed": "failed",
    "subscription.recurring.payment.success": "paid",
    "subscription.recurring.payment.failed": "failed",
}


class Payment(ReadingSchema):
    email = EMail("buyer.email")
    order_id = Text("contractId")
    payment_id = Text("contractId")
    subscription_id = Text("parentContractId")
    status = Choice("eventType", table=_STATUS)
    amount = Money("amount")
    currency = Currency("currency")
    goods = Goods(id="product.id", name="product.title", sum="amount", quantity="")
    created_at = Moment("timestamp")
    comment = Text("errorMessage")

    def utm(self, body: Any) -> Utm:
        return gather_utm(mapping(body, "clientUtm"))

    def finish(self, found: dict[str, Any], body: Any) -> None:
        if found["status"] == "paid":
            found["paid_at"] = found["created_at"]
        if not found["subscription_id"] and str(dig(body, "status")).startswith("subscription"):
            found["subscription_id"] = found["order_id"]


PROVIDER = Provider(
    name="lavatop",
    title="lava.top",
    kind="shop",
    proof=(Secret(at=("header:X-Api-Key",)), Basic()),
    schema=Payment,
    event_type="eventType",
    # whether a renewal has a contract of its own is told in both ways: the time makes sure
    event_id=("eventType", "contractId", "timestamp?"),
    settings=(
        "Profile > Integrations > Webhooks: add the hook's URL twice, for *payment result* and *recurring payment*. "
        "Authorization *API key* of your own choice: that is `secret`; or *Basic*: `secret` is the password, or "
        "user:password."
    ),
    arrives=(
        "payment.success, payment.failed, subscription.recurring.payment.success and .failed, subscription.cancelled, "
        "with e-mail, product and UTM marks; no name, no phone. The order's number is the contract's."
    ),
    on_failure="A 5xx is repeated, by one report 20 times; no timetable is published.",
    tests="None.",
    confidence="documented",
    sources=("developers.lava.top/ru", "PyPI lava-top-sdk 1.1.1"),
)
