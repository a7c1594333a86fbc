"""Answers that follow from the request, and orders that several events have in common."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace

import pytest

from relay.models import Reading
from tests.support.samples import samples

ALL = {(one.provider.name, one.event): one for one in samples()}


def reading(provider: str, event: str) -> Reading:
    sample = ALL[provider, event]
    return sample.provider.read(sample.request, sample.hook)


def test_wayforpays_answer_is_signed_with_the_newest_secret() -> None:
    """Over order, status and time, with the key of the request."""
    sample = ALL["wayforpay", "Approved"]
    hook = replace(sample.hook, secrets=("the-new-one", *sample.hook.secrets))
    answer = sample.provider.answer(sample.provider.read(sample.request, hook), sample.request, hook)
    said = json.loads(answer.body)
    text = f"{said['orderReference']};{said['status']};{said['time']}".encode()
    assert said["signature"] == hmac.new(b"the-new-one", text, hashlib.md5).hexdigest()


@pytest.mark.parametrize(
    ("provider", "events"),
    [
        ("tinkoff", ("AUTHORIZED", "CONFIRMED", "REFUNDED.documented", "PARTIAL_REFUNDED.documented")),
        ("adyen", ("AUTHORISATION", "CAPTURE.documented", "REFUND.documented")),
        ("bepaid", ("successful", "refund.successful.documented")),
        ("unitpay", ("pay", "refund.documented")),
        ("fondy", ("approved", "reversed.documented", "reversed-in-part.documented")),
        ("razorpay", ("payment.captured", "order.paid.documented", "refund.processed.documented")),
        ("paypal", ("PAYMENT.CAPTURE.COMPLETED", "PAYMENT.CAPTURE.REFUNDED.documented")),
        ("gumroad", ("sale", "refund.documented")),
        ("lemonsqueezy", ("order_created", "order_refunded.documented")),
    ],
)
def test_the_events_of_one_payment_name_one_order(provider: str, events: tuple[str, ...]) -> None:
    """So that one order results in JustClick; yet none of them is taken for a repeat of another."""
    readings = [reading(provider, event) for event in events]
    assert len({(one.order.id, one.order.payment_id) for one in readings}) == 1
    assert readings[0].order.id == "10457"
    assert len({one.event_id for one in readings}) == len(events)


@pytest.mark.parametrize(
    ("provider", "first", "renewal"),
    [
        ("gumroad", "sale", "renewal.documented"),
        ("lemonsqueezy", "order_created", "subscription_payment_success.documented"),
        ("liqpay", "success", "regular.documented"),
        ("paddle", "transaction.completed", "transaction.billed.documented"),
        ("prodamus", "subscription.payment.documented", "subscription.auto_payment.documented"),
        ("wayforpay", "Approved", "Approved-regular.documented"),
    ],
)
def test_a_renewal_is_an_order_of_its_own(provider: str, first: str, renewal: str) -> None:
    """Also where the sender repeats what the shop passed along with the first payment."""
    orders = [reading(provider, event).order for event in (first, renewal)]
    assert orders[0].id == "10457"
    assert orders[1].id not in (None, "10457")
    assert orders[1].subscription_id


def test_a_used_number_of_a_test_payment_does_not_hide_the_real_one() -> None:
    """Robokassa counts test and live payments of a shop by the shop's own number."""
    test, live = reading("robokassa", "result-sha256.documented"), reading("robokassa", "result")
    assert (test.order.id, test.test, live.test) == (live.order.id, True, False)
    assert test.event_id != live.event_id
