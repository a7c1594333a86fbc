"""What the sandbox's functions do and answer; that PHP agrees is proven in tests/php/test_agreement.py."""

from __future__ import annotations

from typing import Any

import pytest

from relay.justclick.sandbox import Sandbox
from tests.support.api_call import Answered, call

EMAIL = "ivan@example.com"
LEAD = {"rid": ["webinar"], "lead_email": EMAIL, "lead_name": "Иван", "lead_phone": "+79281234567"}
ORDER = {"goods": [{"good_name": "course", "good_sum": "1500"}], "bill_email": EMAIL}
HOUR = 3600.0


def test_contact_comes_back_as_it_was_sent(sandbox: Sandbox) -> None:
    """Groups, tags, UTM, updates and leaving: reading functions answer what writing functions did."""
    utm = {"utm_source": "yandex", "utm_campaign": "осень ~*🎁*~"}
    assert call(sandbox.url, "AddLeadToGroup", {**LEAD, "rid": ["webinar", "news"], "tag": "vip", "utm": utm}).code == 0
    assert call(sandbox.url, "UpdateSubscriberData", {"lead_email": EMAIL.upper(), "lead_city": "Тула"}).code == 0
    assert call(sandbox.url, "DeleteSubscribe", {"lead_email": EMAIL, "rass_name": "news"}).code == 0
    contact = sandbox.state.contacts[EMAIL]
    assert (contact.name, contact.phone, contact.city) == ("Иван", "+79281234567", "Тула")
    assert (contact.tags, contact.utm) == (["vip"], utm)
    rows = call(sandbox.url, "GetLeadGroupStatuses", {"email": EMAIL}).result
    assert [(row["rass_name"], row["rass_status"]) for row in rows] == [
        ("news", "STATUS_UNSUBSCRIBE"),
        ("webinar", "STATUS_SUBSCRIBE"),
    ]
    assert call(sandbox.url, "GetCountSubscribe", {"group_name": "webinar"}).result == 1
    assert [row["rass_name"] for row in call(sandbox.url, "GetLeadGroups", {"email": EMAIL}).result] == ["webinar"]


@pytest.mark.parametrize(
    ("params", "code", "text"),
    [
        (LEAD, 102, "The subscriber is already registered"),
        ({**LEAD, "rid": ["nowhere"]}, 103, "Has an invalid subscriptions group"),
        ({**LEAD, "rid": ["allleads"]}, 104, "The subscriber is already registered"),
        ({**LEAD, "rid": ["nowhere", "news"]}, 103, "OK"),
        ({**LEAD, "lead_email": "nobody"}, 100, "Email is missing"),
    ],
    ids=["registered", "unknown-group", "automatic-group", "one-unknown", "no-address"],
)
def test_refusals_are_codes_in_the_docs_and_texts_in_the_field(
    sandbox: Sandbox, field: Sandbox, params: dict[str, Any], code: int, text: str
) -> None:
    """102, 103 and 104 are real codes in one dialect; in the other the code is 0 and only the text refuses."""
    for shop in (sandbox, field):
        assert call(shop.url, "AddLeadToGroup", LEAD).code == 0
    assert call(sandbox.url, "AddLeadToGroup", params).code == code
    said = call(field.url, "AddLeadToGroup", params)
    assert (said.code, said.text) == (100 if code == 100 else 0, text)


def test_activation_letter_is_asked_for_by_any_word_but_zero(sandbox: Sandbox) -> None:
    """Even the word false asks; a contact that waits is asked again, one that comes back is not."""
    waiting = call(sandbox.url, "AddLeadToGroup", {**LEAD, "activation": "false"})
    assert waiting.text == "activation email sent to subscriber"
    assert sandbox.state.contacts[EMAIL].groups["webinar"].status == "STATUS_WAIT"
    assert call(sandbox.url, "AddLeadToGroup", {**LEAD, "activation": False}).text == "ok"
    assert sandbox.state.contacts[EMAIL].groups["webinar"].status == "STATUS_SUBSCRIBE"
    call(sandbox.url, "DeleteSubscribe", {"lead_email": EMAIL, "rass_name": "webinar"})
    call(sandbox.url, "AddLeadToGroup", {**LEAD, "activation": True})
    assert sandbox.state.contacts[EMAIL].groups["webinar"].status == "STATUS_SUBSCRIBE"


def test_an_empty_group_is_the_trap_of_the_field(field: Sandbox) -> None:
    """DeleteSubscribe without rass_name answers OK and does nothing."""
    call(field.url, "AddLeadToGroup", LEAD)
    assert call(field.url, "DeleteSubscribe", {"lead_email": EMAIL, "rass_name": ""}).code == 0
    assert field.state.contacts[EMAIL].groups["webinar"].status == "STATUS_SUBSCRIBE"


def test_order_from_its_making_to_its_payment(sandbox: Sandbox) -> None:
    """The number, the look-up by e-mail, the details, the payment, and a second payment that is counted."""
    number = call(sandbox.url, "CreateOrder", {**ORDER, "bill_domain": "https://shop.example"}).result["bill_id"]
    assert call(sandbox.url, "GetBills", {"email": EMAIL, "pay_status": "waiting"}).result == {
        str(number): {"12545": {"good_name": "course", "good_title": "Курс / Course"}}
    }
    paid = {"bill_id": number, "status": "paid", "date": "1700000000"}
    assert [call(sandbox.url, "UpdateOrderStatus", paid).code for _ in range(2)] == [0, 0]
    told = call(sandbox.url, "getOrderDetails", {"bill_id": number}).result
    assert (told["pay_status"], told["paid"], told["price"]) == ("paid", "1700000000", "1500.00")
    assert told["link"] == f"http://shop.example/order/{number}/"
    assert told["items"][0] | {"partners": 0} == {
        "id": "course",
        "title": "Курс / Course",
        "sum": "1500.00",
        "price": "3900.00",
        "pincode": "",
        "partners": 0,
    }
    assert sandbox.state.orders[number].payments == 2
    assert [row["id"] for row in call(sandbox.url, "getOrdersWithGoods", {}).result] == [str(number)]


def test_the_same_order_within_an_hour_is_601(sandbox: Sandbox) -> None:
    """Same e-mail, same products, unpaid: 601 with the first number. Later, paid or with other products: a new one."""
    began = sandbox.default.clock()
    first = call(sandbox.url, "CreateOrder", ORDER).result["bill_id"]
    again = call(sandbox.url, "CreateOrder", {**ORDER, "bill_email": EMAIL.upper()})
    assert (again.code, again.result) == (601, {"bill_id": first})
    other = call(sandbox.url, "CreateOrder", {**ORDER, "goods": [{"good_name": "consulting"}]})
    assert (other.code, other.result) == (0, {"bill_id": first + 1})
    sandbox.default.clock = lambda: began + HOUR + 5
    assert call(sandbox.url, "CreateOrder", ORDER).result == {"bill_id": first + 2}
    call(sandbox.url, "UpdateOrderStatus", {"bill_id": first + 2, "status": "paid", "date": "1700000000"})
    assert call(sandbox.url, "CreateOrder", ORDER).result == {"bill_id": first + 3}


def test_price_of_nothing_or_zero_is_the_shop_s(sandbox: Sandbox) -> None:
    for price in ("", "0"):
        number = call(
            sandbox.url,
            "CreateOrder",
            {"goods": [{"good_name": "course", "good_sum": price}], "bill_email": f"a{price}@b.ru"},
        )
        assert sandbox.state.orders[number.result["bill_id"]].total == "3900.00"


def test_update_without_a_price_makes_it_zero(sandbox: Sandbox) -> None:
    """As the vendor's page warns; groups that a product names are made with it."""
    call(sandbox.url, "UpdateGood", {"good_name": "course", "good_client_rassilki": "buyers,webinar"})
    goods = {row["good_name"]: row for row in call(sandbox.url, "GetAllGoods", {}).result}
    assert goods["course"]["good_sum"] == "0.00"
    assert "buyers" in sandbox.state.groups


def test_what_is_empty_is_told_as_documented(sandbox: Sandbox, field: Sandbox) -> None:
    """501, 400 and 700 for empty answers in the docs; in the field an empty shop is [], no orders are 401."""

    def told(answer: Answered) -> tuple[int, Any]:
        return answer.code, answer.result

    for shop in (sandbox, field):
        shop.state.groups.clear()
        shop.state.goods.clear()
        assert told(call(shop.url, "GetAllGroups", {})) == (501, None)
        assert told(call(shop.url, "GetBills", {"email": EMAIL})) == (400, None)
    assert told(call(sandbox.url, "GetAllGoods", {})) == (700, None)
    assert told(call(field.url, "GetAllGoods", {})) == (0, [])
    assert told(call(sandbox.url, "getOrdersWithGoods", {})) == (0, [])
    assert told(call(field.url, "getOrdersWithGoods", {})) == (401, None)


def test_orders_are_filtered_by_day_product_and_payment(sandbox: Sandbox) -> None:
    """Days are Moscow's, a span longer than a month loses its beginning, products go by their number."""
    days = {"course": "1760000000", "consulting": "1762500000"}  # 9 October and 7 November 2025
    sandbox.default.clock = lambda: 1762600000.0
    for name, created in days.items():
        call(sandbox.url, "CreateOrder", {"goods": [{"good_name": name}], "bill_email": EMAIL, "bill_created": created})

    def found(function: str, **asked: Any) -> list[str]:
        return [row["created"] for row in call(sandbox.url, function, asked).result]

    assert found("getOrdersWithGoods", begin_date="09.10.2025", end_date="09.10.2025") == [days["course"]]
    assert found("getOrdersWithGoods", begin_date="08.10.2025") == list(days.values())
    assert found("getOrdersWithGoods", begin_date="01.01.2025", end_date="07.12.2025") == [days["consulting"]]
    assert found("getOrdersWithGoods", begin_date="08.10.2025", goods=["12546"]) == [days["consulting"]]
    assert found("GetOrders", date_s="1", goods="12545") == [days["course"]]
    assert found("GetOrders", date_s="1", paid="false") == []
