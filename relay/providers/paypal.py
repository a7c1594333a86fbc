"""PayPal: REST webhooks, signed with a certificate that PayPal hands out, and IPN, which only PayPal can confirm."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from relay.asking import address, basic, question
from relay.errors import Unverified
from relay.incoming import Incoming
from relay.models import Answer, Hook, Reading, WebhookRequest
from relay.provider import Fetch, FetchRequest, Provider
from relay.reading import Currency, EMail, Goods, Moment, Money, Phone, Sale, Text, dig, mapping, plain, rows
from relay.reading.people import agreed
from relay.verifying import CallBack, PublicKey
from relay.verifying.publickeys import keys

_API = "https://api-m.paypal.com"
_FORM = "application/x-www-form-urlencoded"
_RECEIVER = ("receiver_email", "receiver_id", "business")
_SIGNATURE, _CERTIFICATE = "paypal-transmission-sig", "paypal-cert-url"
_PAYPALS_OWN = r"https://(?:[a-z0-9-]+\.){1,3}paypal\.com/[A-Za-z0-9/._-]+"
_RELATED = "resource.supplementary_data.related_ids.order_id"
_UNIT = "purchase_units.0"
_MONEY = {
    "COMPLETED": "paid",
    "PENDING": "waiting",
    "DENIED": "failed",
    "DECLINED": "failed",
    "REFUNDED": "refunded",
    "REVERSED": "refunded",
}
_STATUS = {
    "CHECKOUT.ORDER.APPROVED": "waiting",  # the buyer agreed, the money has not moved
    "PAYMENT.AUTHORIZATION.CREATED": "authorized",
    "PAYMENT.AUTHORIZATION.VOIDED": "cancelled",
    "BILLING.SUBSCRIPTION.PAYMENT.FAILED": "failed",
    **{f"PAYMENT.{kind}.{end}": status for kind in ("CAPTURE", "SALE") for end, status in _MONEY.items()},
}
_IPN_STATUS = {
    "Created": "created",
    "Pending": "waiting",
    "Completed": "paid",
    "Processed": "paid",
    "Canceled_Reversal": "paid",
    "Denied": "failed",
    "Failed": "failed",
    "Voided": "cancelled",
    "Expired": "cancelled",
    "Refunded": "refunded",
    "Reversed": "refunded",
}
_LINE = {"id": "item_number{}", "name": "item_name{}", "quantity": "quantity{}", "sum": "mc_gross_{}"}


def _in(name: str) -> tuple[str, ...]:
    """Of the thing that the event is about, or of the order that was asked for."""
    return (f"resource.{name}", f"order.{name}")


class Event(Sale):
    """The fields of an IPN stand at the top, those of a webhook in ``resource``."""

    along = ("resource.custom_id", "resource.custom", *_in(f"{_UNIT}.custom_id"), "custom")

    email = EMail(*_in("payer.email_address"), "resource.subscriber.email_address", "payer_email")
    first_name = Text(*_in("payer.name.given_name"), "resource.subscriber.name.given_name", "first_name")
    last_name = Text(*_in("payer.name.surname"), "resource.subscriber.name.surname", "last_name")
    phone = Phone(*_in("payer.phone.phone_number.national_number"), "contact_phone")
    city = Text("address_city")
    country = Text(*_in("payer.address.country_code"), "address_country_code", "residence_country")
    order_id = Text("resource.invoice_id", *_in(f"{_UNIT}.invoice_id"), "resource.invoice_number", "invoice")
    amount = Money("resource.amount.value", "resource.amount.total", f"resource.{_UNIT}.amount.value", "mc_gross")
    currency = Currency(
        *("resource.amount.currency_code", "resource.amount.currency"),
        *(f"resource.{_UNIT}.amount.currency_code", "mc_currency"),
    )
    goods = Goods(*_in(f"{_UNIT}.items"), id="sku", price="unit_amount.value")
    created_at = Moment("resource.create_time", "payment_date", "subscr_date")
    subscription_id = Text("resource.billing_agreement_id", "subscr_id", "recurring_payment_id")

    def finish(self, found: dict[str, Any], body: Any) -> None:
        passed = plain(dig(body, *self.along))
        if passed and passed[0] not in "{[":
            found["custom"] |= {"custom_id": passed}
        (_ipn if dig(body, "verify_sign") else _webhook)(found, body)
        if found["subscription_id"]:
            found["order_id"] = None  # the first one's: every payment of a subscription is an order of its own
        found["order_id"] = found["order_id"] or found.pop("number", None) or found["payment_id"]
        if found["status"] == "refunded":
            found["refunded"], found["amount"] = abs(found["amount"] or 0) or None, None
        if found["status"] == "paid":
            found["paid_at"] = found["created_at"]


def _webhook(found: dict[str, Any], body: Any) -> None:
    kind, number = found["event_type"], dig(body, "resource.id")
    found["status"] = _STATUS.get(kind)
    found["number"] = dig(body, _RELATED)
    found["payment_id"] = number if kind.startswith("PAYMENT.") else None
    if kind.startswith("CHECKOUT.ORDER."):
        found["number"], found["payment_id"] = number, dig(body, f"resource.{_UNIT}.payments.captures.0.id")
    elif kind.startswith("BILLING.SUBSCRIPTION."):
        found["subscription_id"] = number
    elif found["status"] == "refunded":
        ups = [dig(link, "href") for link in rows(body, "resource.links") if dig(link, "rel") == "up"]
        # what a refund is of stands in a link only
        found["payment_id"] = next((str(up).rpartition("/")[2] for up in ups), None) or dig(body, "resource.sale_id")


def _ipn(found: dict[str, Any], body: Any) -> None:
    found["status"] = _IPN_STATUS.get(str(dig(body, "payment_status")))
    found["payment_id"] = dig(body, "parent_txn_id", "txn_id")
    numbers = [str(number) for number in range(1, 101) if dig(body, f"item_name{number}")]
    found["goods"] = [
        {ours: dig(body, theirs.format(number).rstrip("_")) for ours, theirs in _LINE.items()}
        for number in (numbers or ([""] if dig(body, "item_name") else []))
    ]


def _ask(reading: Reading, hook: Hook) -> Sequence[FetchRequest]:
    """What was not proven at intake is proven by PayPal itself, or ends here. Raises Unverified."""
    headers = reading.headers
    trusting = not (hook.options.get("webhook_id") or hook.options.get("receiver"))  # its token, or `verify: none`
    if trusting or (_SIGNATURE in headers and keys(hook, "certificate")):
        return _ask_who_paid(reading, hook)  # proven at intake
    if _CERTIFICATE in headers:
        return (_ask_for_certificate(reading, hook), *_ask_who_paid(reading, hook))
    receivers = str(hook.options.get("receiver") or "").lower().replace(",", " ").split()
    if not receivers or not {str(dig(reading.body, name)).lower() for name in _RECEIVER}.intersection(receivers):
        raise Unverified("The notification is for another receiver than the hook's option `receiver` names")
    sandbox = "sandbox." if agreed(dig(reading.body, "test_ipn")) else ""
    api = address(hook, f"https://ipnpb.{sandbox}paypal.com")
    sent = b"cmd=_notify-validate&" + reading.raw  # the very bytes: PayPal compares
    form = {"Content-Type": _FORM, "User-Agent": "justclick-relay"}
    return (FetchRequest(url=f"{api}/cgi-bin/webscr", into="verdict", method="POST", headers=form, body=sent),)


def _ask_for_certificate(reading: Reading, hook: Hook) -> FetchRequest:
    """Asked again with the certificate, it checks the signature; what the event itself has under that name fails."""
    address = reading.headers[_CERTIFICATE]
    if not re.fullmatch(_PAYPALS_OWN, address) or not hook.options.get("webhook_id"):
        raise Unverified("The certificate's address is not PayPal's, or the hook has no option `webhook_id`")
    if "certificate" in mapping(reading.body):
        request = WebhookRequest("POST", "", reading.headers, reading.raw)
        replace(_PROOF, pem=str(reading.body["certificate"])).check(Incoming(request, hook), 0)
    return FetchRequest(url=address, into="certificate", headers={"Accept": "*/*"}, kept=False)


def _ask_who_paid(reading: Reading, hook: Hook) -> Sequence[FetchRequest]:
    """A capture names its order, the order names the buyer; without the app's id and secret nobody is asked."""
    order = plain(dig(reading.body, _RELATED))
    if not order or not order.isalnum() or not (hook.options.get("client_id") and hook.options.get("client_secret")):
        return ()
    app = {"Authorization": basic(hook, "client_id", "client_secret"), "Content-Type": _FORM}
    url, grant = f"{address(hook, _API)}/v1/oauth2/token", b"grant_type=client_credentials"
    token = FetchRequest(url=url, into="token", method="POST", headers=app, body=grant, kept=False)
    if not (bearer := plain(dig(reading.body, "token.access_token"))):
        return (token,)
    return (token, question(hook, _API, f"/v2/checkout/orders/{order}", "order", Authorization=f"Bearer {bearer}"))


def _refused(answers: Mapping[str, Any]) -> str:
    verdict = str(answers.get("verdict", "VERIFIED")).strip()
    return "" if verdict == "VERIFIED" else f"PayPal says {verdict[:40]}: it is none of its notifications"


def _event_id(incoming: Incoming) -> str | None:
    """The same transaction goes from Pending to Completed; a subscription's beginning and end have none."""
    body = incoming.body
    if not dig(body, "verify_sign"):
        return plain(dig(body, "id"))
    number = plain(dig(body, "txn_id"))
    return f"{number}:{dig(body, 'payment_status')}" if number else plain(dig(body, "ipn_track_id"))


_PROOF = PublicKey(
    at="header:PAYPAL-TRANSMISSION-SIG",
    parts=("header:PAYPAL-TRANSMISSION-ID", "header:PAYPAL-TRANSMISSION-TIME", "option:webhook_id", "crc32"),
    join="|",
    key_option="certificate",
)

PROVIDER = Provider(
    name="paypal",
    title="PayPal: webhooks and IPN",
    kind="payment",
    proof=(
        _PROOF,
        CallBack(at="header:PAYPAL-CERT-URL", needs=("webhook_id",), form=_PAYPALS_OWN),
        CallBack(at="field:verify_sign", needs=("receiver",)),
    ),
    schema=Event,
    event_type=lambda incoming: plain(dig(incoming.body, "event_type", "txn_type", "payment_status")),
    event_id=_event_id,
    test="test_ipn",
    reply=lambda _, incoming: Answer(body="") if dig(incoming.body, "verify_sign") else Answer(),
    fetch=Fetch(ask=_ask, schema=Event, proves=True, refused=_refused),
    options={
        "webhook_id": "webhooks: the id that PayPal gave the webhook; it is a part of what is signed",
        "certificate": "webhooks: PayPal's certificate (PEM), if it is not to be fetched from PayPal for every event",
        "client_id": "webhooks: of the app; with it and client_secret the worker asks who paid",
        "client_secret": "webhooks: of the app",
        "receiver": "IPN: your e-mail address or merchant id at PayPal; several with commas",
        "api": "https://api-m.paypal.com for webhooks, https://ipnpb.paypal.com for IPN, if not said otherwise",
    },
    settings=(
        "Webhooks: developer.paypal.com > Apps & Credentials > your app > Add webhook: enter the hook's URL, choose "
        "PAYMENT.CAPTURE.COMPLETED and REFUNDED, CHECKOUT.ORDER.APPROVED; put the webhook's id into the option "
        "webhook_id. IPN: Account settings > Notifications > Instant payment notifications: the hook's URL; choose "
        "UTF-8 under *PayPal button language encoding*; put your address into the option receiver. There is no secret."
    ),
    arrives=(
        "Webhooks: a capture tells no e-mail (give client_id and client_secret), CHECKOUT.ORDER.APPROVED does; both "
        "have the same `order.id`: the shop's invoice_id, else PayPal's order. Subscriptions: BILLING.SUBSCRIPTION.* "
        "with the subscriber, PAYMENT.SALE.COMPLETED for each payment. IPN: buyer, goods and sum; the event type is "
        "txn_type. Nothing is done before the certificate's signature, or PayPal's VERIFIED, has confirmed an event."
    ),
    on_failure="Webhooks: up to 25 tries over 3 days. IPN: up to 15 over 4 days.",
    tests="test_ipn=1: anybody's sandbox may send IPN here. The dashboard's simulator signs nothing and is refused.",
    confidence="documented",
    sources=("developer.paypal.com/api/rest/webhooks", "developer.paypal.com/api/nvp-soap/ipn"),
)
