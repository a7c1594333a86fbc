"""Robokassa's ResultURL: a digest in the shop's choice of algorithm, and an answer that names the order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relay.incoming import Incoming
from relay.models import Answer, Reading
from relay.provider import Provider
from relay.reading import NUMBERS, EMail, Money, ReadingSchema, Text, dig
from relay.reading import Answer as Passed
from relay.reading.people import agreed
from relay.verifying import Signature, Sorted

_OWN = "shp_"  # in either case: old shops write it small


def _unnumbered(body: Any) -> bool:
    """Robokassa may count by itself; the shop's number is 0 or empty then."""
    return str(dig(body, "InvId") or "0") == "0"


class Result(ReadingSchema):
    email = EMail("EMail", "Email")  # so it comes, and so it stands in the documentation
    order_id = Text("InvId")
    amount = Money("OutSum")
    comment = Text("InvDesc")

    def answers(self, body: Any) -> Iterator[Passed]:
        for name, value in body.items():
            if name.lower().startswith(_OWN) and name[len(_OWN) :] not in NUMBERS:
                yield Passed(name[len(_OWN) :], value)

    def finish(self, found: dict[str, Any], body: Any) -> None:
        found["status"] = "paid"  # nothing else is told
        found["currency"] = "RUB"
        if found["amount"] is not None and found["amount"] == round(found["amount"], 2):
            found["amount"] = round(found["amount"], 2)  # six digits are usual
        if _unnumbered(body):
            found["order_id"] = dig(body, *(f"{own}_{name}" for own in ("Shp", "shp") for name in NUMBERS))


def _event_id(incoming: Incoming) -> str | None:
    number = "SignatureValue" if _unnumbered(incoming.body) else "InvId"
    value = dig(incoming.body, number)
    # a number used up by a test payment must not hide the real one
    return f"{value}:test" if value and agreed(dig(incoming.body, "IsTest")) else value


def _reply(_: Reading, incoming: Incoming) -> Answer:
    return Answer(body=f"OK{dig(incoming.body, 'InvId') or ''}")


PROVIDER = Provider(
    name="robokassa",
    title="Robokassa",
    kind="payment",
    proof=(
        Signature(
            at="field:SignatureValue",
            digest="md5",
            parts=("field:OutSum", "field:InvId", "secret", Sorted(prefix=_OWN, form="{k}={v}")),
            join=":",
            choices=("md5", "ripemd160", "sha1", "sha256", "sha384", "sha512"),
        ),
    ),
    schema=Result,
    event_type="const:result",
    event_id=_event_id,
    test="IsTest",
    reply=_reply,
    settings=(
        "Shop > technical settings: Result URL is the hook's URL, method POST. `secret` is password #2; `hash:` is the "
        "algorithm chosen there (md5 if you say nothing). Test payments have passwords of their own: put password #2 "
        "of the test as a second secret. Pass what you need to know as Shp_name, Shp_phone, Shp_product ..."
    ),
    arrives=(
        "Successful payments only, event_type is `result`: sum, number, e-mail, your Shp_* parameters. No currency: it "
        "is taken for roubles (KZT shops: `order: {currency: KZT}`). No goods, no refunds. ResultUrl2 signs in another "
        "way and is not read."
    ),
    on_failure="Anything but OK<InvId> is repeated; no timetable is published.",
    tests="IsTest=1.",
    confidence="documented",
    sources=("docs.robokassa.ru/ru/notifications-and-redirects",),
)
