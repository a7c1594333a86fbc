"""What every provider does the same way, seen through the generic one and through small ones of the tests' own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from relay import providers
from relay.errors import UnreadableBody, Unverified
from relay.models import Good, Hook, WebhookRequest
from relay.provider import Provider
from relay.reading import EMail, Goods, Minor, Phone, ReadingSchema, Text
from relay.verifying import Secret


def request(body: bytes = b"{}", query: str = "", **headers: str) -> WebhookRequest:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return WebhookRequest("POST", query, {"content-type": "application/json"} | names, body)


def hook(**options: Any) -> Hook:
    return Hook(**{"name": "crm", "provider": "generic", "account": "school"} | options)


class Sale(ReadingSchema):
    email = EMail("buyer.mail")
    phone = Phone("buyer.tel")
    order_id = Text("number")
    currency = Text("currency")
    amount = Minor("total")
    goods = Goods("lines", name="title", price="price", quantity="count", minor=True)


SALES = Provider(
    name="sales",
    title="Sales",
    kind="shop",
    proof=(Secret(at=("header:X-Key",)),),
    schema=Sale,
    event_type="header:X-Topic",
    event_id=("kind", "number", "part?"),
    test="is_test",
    settings="-",
    arrives="-",
    on_failure="-",
)


def test_generic_guesses_nothing() -> None:
    """The body stands there for the hook's own expressions."""
    reading = providers.find("generic").read(request(b'{"email": "a@example.com"}', "a[b]=1"), hook())
    assert reading.body == {"email": "a@example.com"}
    assert reading.query == {"a": {"b": "1"}}
    assert (reading.contact.email, reading.event_type, reading.event_id, reading.test) == (None, "", None, False)


def test_generic_is_proven_as_its_hook_says() -> None:
    """By ``verify`` and nothing else."""
    generic = providers.find("generic")
    keyed = hook(verify={"token": {"header": "X-Key"}}, secrets=("s3cret",))
    generic.verify(request(x_key="s3cret"), keyed, 0)
    with pytest.raises(Unverified):
        generic.verify(request(), keyed, 0)
    assert generic.proves(keyed)
    assert not generic.proves(hook())
    assert not generic.proves(hook(verify="none"))
    assert generic.secret_places(keyed) == ("header:X-Key",)


@pytest.mark.parametrize(
    ("answer", "status", "kind", "body"),
    [
        (
            {"status": 202, "type": "application/json", "body": '{"accepted": true}'},
            202,
            "application/json",
            '{"accepted": true}',
        ),
        ({"body": "OK{{ body.InvId }}"}, 200, "text/plain; charset=utf-8", "OK10457"),
        ({"body": '{"id": {{ body.InvId }}}'}, 200, "text/plain; charset=utf-8", '{"id": 10457}'),
        ({"body": "{{ 1 / 0 }}"}, 200, "text/plain; charset=utf-8", "ok"),
        ({"body": {"id": "{{ body.InvId }}"}}, 200, "application/json", '{"id": 10457}'),
        ({"type": "text/plain\r\nX-Evil: 1"}, 200, "text/plain; charset=utf-8", "ok"),
        ({"status": Decimal("Infinity"), "body": "no"}, 200, "text/plain; charset=utf-8", "ok"),
        ({"status": "{{ 1 / 7 }}", "body": "no"}, 200, "text/plain; charset=utf-8", "ok"),
        ({"headers": {"X-Name": "{{ body.name }}"}, "body": "no"}, 200, "text/plain; charset=utf-8", "ok"),
        ({"headers": {"X Name": "{{ body.InvId }}"}, "body": "no"}, 200, "text/plain; charset=utf-8", "ok"),
        ({"type": "text/плохо", "body": "no"}, 200, "text/plain; charset=utf-8", "ok"),
        ({"headers": [], "body": "yes"}, 200, "text/plain; charset=utf-8", "yes"),
        ({"headers": ["X-Name"], "body": "no"}, 200, "text/plain; charset=utf-8", "ok"),
        ({"body": "{{ '\\ud83d' }}"}, 200, "text/plain; charset=utf-8", "ok"),
    ],
)
def test_a_hooks_own_answer_goes_first(answer: dict, status: int, kind: str, body: str) -> None:
    """With expressions over the reading; one that fails must not unsay what is stored."""
    body_ = '{"InvId": 10457, "name": "Анна"}'.encode()
    generic, sent, own = providers.find("generic"), request(body_), hook(answer=answer)
    said = generic.answer(generic.read(sent, own), sent, own)
    assert (said.status, said.content_type, said.body) == (status, kind, body)


def test_fields_are_read_and_problems_named() -> None:
    """What is wrong is None with a sentence; what is right is there all the same."""
    body = b"""{"buyer": {"mail": "nobody", "tel": "12"}, "number": 7, "currency": "JPY", "total": 4990, "kind": "sale",
        "lines": [{"title": "A", "price": 1500, "count": 2}, {"title": "B", "price": 1990}], "is_test": "yes"}"""
    reading = SALES.read(request(body, x_topic="sale.paid"), hook())
    assert set(reading.problems) == {"contact.email", "contact.phone"}
    assert (reading.contact.email, reading.contact.phone) == (None, None)
    assert (reading.order.id, reading.order.amount) == ("7", Decimal(4990))
    assert reading.order.goods == (
        Good(name="A", price=Decimal(1500), quantity=Decimal(2), sum=Decimal(3000)),
        Good(name="B", price=Decimal(1990)),
    )
    assert (reading.event_type, reading.event_id, reading.test) == ("sale.paid", "sale:7:", True)


def test_an_event_without_all_of_its_key_has_none() -> None:
    """Then its body is the key."""
    assert SALES.read(request(b'{"kind": "sale"}'), hook()).event_id is None


@pytest.mark.parametrize(
    "body", [b"[]", b"[1, 2]", b'"text"', b"null", b"5", b'{"buyer": [], "lines": 3, "total": {}}']
)
def test_a_body_of_another_shape_is_read_as_nothing(body: bytes) -> None:
    """It may be any JSON at all: no shape of it is our error."""
    reading = SALES.read(request(body), hook())
    assert (reading.contact.email, reading.order.id, reading.order.amount) == (None, None, None)


def test_several_events_of_one_request_are_several_readings() -> None:
    """Each with its own contact and key."""
    batch = Provider(
        name="batch", title="", kind="any", schema=Sale, event_id=("number",), each=list, settings="-", arrives="-",
        on_failure="-",
    )  # fmt: skip
    body = b'[{"number": 1, "buyer": {"mail": "a@example.com"}}, {"number": 2, "buyer": {"mail": "b@example.com"}}]'
    first = batch.read(request(body), hook())
    assert [(one.event_id, one.contact.email) for one in (first, *first.further)] == [
        ("1", "a@example.com"),
        ("2", "b@example.com"),
    ]
    assert batch.read(request(b"[]"), hook()).event_id is None


def test_what_is_wrapped_is_opened_in_place() -> None:
    """And what cannot be opened stays, with a problem instead of an error."""
    wrapped = Provider(
        name="wrapped", title="", kind="any", schema=Sale, unwrap={"buyer": "base64 json", "extra.data": "json"},
        settings="-", arrives="-", on_failure="-",
    )  # fmt: skip
    right = wrapped.read(request(b'{"buyer": "eyJtYWlsIjoiYUBleGFtcGxlLmNvbSJ9", "extra": {"data": "[1]"}}'), hook())
    assert right.contact.email == "a@example.com"
    assert right.body["extra"] == {"data": [1]}
    wrong = wrapped.read(request(b'{"buyer": "?", "extra": {"data": "{"}}'), hook())
    assert set(wrong.problems) == {"body.buyer", "body.extra.data"}
    assert wrong.body["buyer"] == "?"


def test_a_secret_sent_as_a_field_is_no_answer_of_the_visitor() -> None:
    """It must not end up as a custom field of a contact."""
    tilda, body = providers.find("tilda"), b'{"Email": "a@example.com", "my_key": "s3cret", "other": "x"}'
    reading = tilda.read(request(body), hook(secrets=("s3cret",), options={"key_name": "my_key"}))
    assert reading.contact.custom == {"other": "x"}


def test_an_unreadable_body_is_said_by_read_not_by_the_handshake() -> None:
    """Whoever cannot prove himself is refused for that first."""
    tilda = providers.find("tilda")
    assert tilda.handshake(request(b"{"), hook()) is None
    with pytest.raises(UnreadableBody):
        tilda.read(request(b"{"), hook())


def test_names_are_the_files() -> None:
    """A hyphen and an underscore are the same; what does not exist is a KeyError."""
    assert {"generic", "tilda", "typeform", "stripe", "yookassa", "cloudpayments"} <= set(providers.names())
    with pytest.raises(KeyError):
        providers.find("nobody")
