"""Fondy and Flitt: amounts in minor units as text, a digest of all fields that are not empty; both protocols."""

from __future__ import annotations

from typing import Any

from relay.incoming import Incoming
from relay.provider import Provider
from relay.reading import Choice, Currency, EMail, Minor, Moment, Phone, Sale, Text, dig, refund_status
from relay.verifying import Signature, Sorted

_STATUS = {
    "created": "created",
    "processing": "waiting",
    "approved": "paid",
    "declined": "failed",
    "expired": "cancelled",
    "reversed": "refunded",
}


def _in(*names: str) -> tuple[str, ...]:
    """Protocol 1.0 sends the fields as they are, 2.0 wraps them."""
    return (*names, *(f"response.data.order.{name}" for name in names))


class Callback(Sale):
    along = _in("merchant_data")

    email = EMail(*_in("sender_email"))
    phone = Phone(*_in("sender_cell_phone"))
    order_id = Text(*_in("order_id"))
    payment_id = Text(*_in("payment_id"))
    status = Choice(*_in("order_status"), table=_STATUS)
    amount = Minor(*_in("amount"))
    refunded = Minor(*_in("reversal_amount"))
    currency = Currency(*_in("currency"))
    created_at = Moment(*_in("order_time"), zone="Europe/Kyiv")
    subscription_id = Text(*_in("parent_order_id"))

    def finish(self, found: dict[str, Any], body: Any) -> None:
        if str(found["refunded"] or "0") == "0":
            found["refunded"] = None
        elif found["status"] == "paid":  # a part went back, and Fondy leaves the status as it was
            found["status"] = refund_status(found["refunded"], found["amount"])
        if dig(body, *_in("tran_type")) == "verification":
            found["status"] = None  # a card was checked, nothing was sold


def _event_id(incoming: Incoming) -> str | None:
    payment, *rest = (dig(incoming.body, *_in(name)) for name in ("payment_id", "order_status", "reversal_amount"))
    return ":".join(str(value or "") for value in (payment, *rest)) if payment else None


PROVIDER = Provider(
    name="fondy",
    title="Fondy, Flitt",
    kind="payment",
    proof=(
        Signature(
            at="field:signature",
            digest="sha1",
            parts=("secret", Sorted(exclude=("signature", "response_signature_string"), skip_empty=True)),
            join="|",
        ),
        Signature(at="field:response.signature", digest="sha1", parts=("secret", "field:response.data"), join="|"),
    ),
    unwrap={"response.data": "base64 json"},
    schema=Callback,
    event_type=lambda incoming: dig(incoming.body, *_in("order_status")),
    event_id=_event_id,
    settings=(
        "Put the hook's URL into `server_callback_url` of every order, or into the settings of the merchant (technical "
        "> *callback URL*); format JSON or form, not XML. `secret` is the payment key of the merchant. Put the "
        "buyer's name into `merchant_data`: it comes back from nowhere else."
    ),
    arrives=(
        "approved, declined, expired, processing, reversed; the e-mail if it was asked for. No goods. A renewal has "
        "an order number of its own, and that of the first one as `order.subscription_id`."
    ),
    on_failure="30 seconds; Flitt repeats after 2 s, 1, 5, 10 minutes, 1 hour, 24 hours. Fondy's own rule is unknown.",
    tests="None: a test merchant has a number and a key of its own.",
    confidence="tested",
    sources=("PyPI cloudipsp 1.0.4", "docs.flitt.com/api/callbacks"),
)
