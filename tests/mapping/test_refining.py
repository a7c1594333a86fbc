"""A hook's own expressions over what the provider read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from relay.models import Contact, Good, Hook, Order, Reading, Utm
from relay.refining import refine

BODY: dict[str, Any] = {
    "customer": {"mail": " Anna@Example.COM ", "name": "Анна Смирнова", "tel": "8 (999) 000-00-00", "ok": "да"},
    "total": "4 990,00",
    "state": "OK",
    "when": "14.09.2026 12:41:30",
    "lines": [{"title": "Course", "sku": "A1", "price": "1500", "qty": 2}, {"title": "Book", "sku": "B2"}],
    "mode": "test",
    "kind": "sale",
    "marks": ["a", "", "b"],
}


def refined(read: Reading | None = None, **said: Any) -> Reading:
    return refine(read or Reading(body=BODY), Hook("crm", "generic", "school", **said))


def test_a_hook_without_expressions_changes_nothing() -> None:
    """The provider's reading is taken as it is."""
    reading = Reading(body=BODY)
    assert refined(reading) is reading


def test_a_contact_is_normalised_like_every_providers() -> None:
    """E-mail in lower case, phone in E.164, name split, tick box understood, utm and custom by name."""
    contact = refined(
        contact={
            "email": "{{ body.customer.mail }}",
            "name": "{{ body.customer.name }}",
            "phone": "{{ body.customer.tel }}",
            "consent": "{{ body.customer.ok }}",
            "tags": "{{ body.marks }}",
            "city": "Москва",
            "utm": {"campaign": "{{ body.kind }}"},
            "custom": {"lines": "{{ body.lines | length }}"},
        }
    ).contact
    assert contact == Contact(
        email="anna@example.com",
        name="Анна Смирнова",
        first_name="Анна",
        last_name="Смирнова",
        phone="+79990000000",
        city="Москва",
        tags=("a", "b"),
        utm=Utm(campaign="sale"),
        consent=True,
        custom={"lines": 2},
    )


def test_an_order_has_exact_money_and_unix_times() -> None:
    """Whatever the sender writes."""
    reading = refined(
        order={
            "id": "{{ body.lines[0].sku }}",
            "amount": "{{ body.total }}",
            "currency": "rub",
            "status": "{{ 'paid' if body.state == 'OK' else 'failed' }}",
            "paid_at": "{{ body.when | unix(tz='Europe/Moscow') }}",
            "goods": {
                "each": "body.lines",
                "id": "{{ item.sku }}",
                "name": "{{ item.title }}",
                "price": "{{ item.price }}",
                "quantity": "{{ item.qty }}",
            },
        }
    )
    assert not reading.problems
    assert reading.order == Order(
        id="A1",
        amount=Decimal("4990.00"),
        currency="RUB",
        status="paid",
        paid_at=1789378890,
        goods=(Good("A1", "Course", Decimal(1500), Decimal(2)), Good("B2", "Book")),
    )


def test_goods_that_have_our_names_need_no_description() -> None:
    """A list of groups with id, name, price ..."""
    reading = Reading(body={"goods": [{"id": "A1", "price": "10.50", "colour": "red"}, "nonsense"]})
    assert refined(reading, order={"goods": "{{ body.goods }}"}).order.goods == (
        Good(id="A1", price=Decimal("10.50")),
        Good(),
    )


def test_type_test_and_id_see_the_refined_reading() -> None:
    """They are looked at in this order."""
    reading = refined(
        contact={"email": "{{ body.customer.mail }}"},
        event_type="{{ body.kind }}.{{ contact.email }}",
        test="body.mode == 'test'",
        event_id="{{ event_type }}/{{ body.lines[0].sku }}",
    )
    assert reading.event_type == "sale.anna@example.com"
    assert reading.test is True
    assert reading.event_id == "sale.anna@example.com/A1"


def test_what_is_wrong_is_nothing_and_a_problem_of_its_field() -> None:
    """With the value and the expression; never a guess."""
    reading = refined(
        contact={"email": "{{ body.kind }}", "phone": "{{ body.kind | phone }}"},
        order={"amount": "{{ body.kind }}", "status": "{{ body.state }}", "goods": "{{ body.kind }}"},
        event_id="{{ body.kind + 1 }}",
    )
    assert reading.contact == Contact()
    assert reading.order == Order()
    assert reading.event_id is None
    assert set(reading.problems) == {
        "contact.email", "contact.phone", "order.amount", "order.status", "order.goods", "event_id",
    }  # fmt: skip
    assert reading.problems["contact.email"].startswith('"sale" from {{ body.kind }}: ')
    assert "{{ body.kind | phone }}" in reading.problems["contact.phone"]


def test_what_a_hook_says_replaces_what_the_provider_read() -> None:
    """Also its problem, and also when it comes out as nothing."""
    read = Reading(
        contact=Contact(email="wrong@example.com", phone="+79990000000", city="Казань"),
        body={"real": "right@example.com"},
        problems={"contact.email": "odd", "contact.name": "odd"},
    )
    reading = refined(read, contact={"email": "{{ body.real }}", "phone": "{{ body.none }}"})
    assert reading.contact == Contact(email="right@example.com", city="Казань")
    assert reading.problems == {"contact.name": "odd"}


def test_first_and_last_name_make_a_name_and_the_other_way_round() -> None:
    """Both are wanted by JustClick's functions."""
    reading = refined(contact={"first_name": "Анна", "last_name": "Смирнова"})
    assert reading.contact.name == "Анна Смирнова"


def test_the_country_of_the_hook_counts_for_its_phones() -> None:
    """8 701 is Kazakhstan only when somebody says so."""
    reading = Reading(body={"tel": "8 701 000 00 00"})
    assert refined(reading, country="KZ", contact={"phone": "{{ body.tel }}"}).contact.phone == "+77010000000"


def test_a_value_of_the_wrong_kind_is_a_problem_and_never_an_error() -> None:
    """Whatever a stranger sends, the event is kept."""
    odd: list[Any] = [{"a": 1}, [{"a": 1}], [[1]], "\ud800", 10**30, Decimal("1E+300"), True, -5]
    fields = ("email", "phone", "name", "tags", "consent", "city")
    for value in odd:
        reading = refined(
            Reading(body={"x": value}),
            contact=dict.fromkeys(fields, "{{ body.x }}"),
            order=dict.fromkeys(("id", "amount", "status", "paid_at", "currency", "goods"), "{{ body.x }}"),
            event_id="{{ body.x }}",
        )
        assert reading.contact.email is None
        assert reading.order.status is None
