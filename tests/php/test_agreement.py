"""The sandbox and the JustClick written in PHP: the same calls get the same verdicts, texts and shapes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from hashlib import md5
from typing import Any

import pytest

from relay.justclick.sandbox import Sandbox
from relay.justclick.signing import answer_hash, genuine, signed_body
from tests.support import needs
from tests.support.api_call import FORM, Answered, call, post, request
from tests.support.php_justclick import PhpJustClick

pytestmark = needs.program(*needs.PHP)

LEAD = {
    "rid": ["webinar"],
    "lead_email": "Ivan+Test@Example.com",
    "lead_name": "Иван ~*🎁*~",
    "utm": {"utm_source": "ya"},
}
ORDER = {"goods": [{"good_name": "course", "good_sum": "1500"}], "bill_email": "ivan@example.com"}
POSTAL = {
    "bill_first_name": "Иван",
    "bill_surname": "Ильин",
    "bill_country": "RUS",
    "bill_city": "Тула",
    "bill_address": "а/я 1",
}
NEW_GOOD = {"good_name": "extra", "good_type": "digital", "good_title": "Ещё", "good_sum": "10"}
BILL = object()  # stands for the number of the order made last
NOW = str(int(time.time()))

SEQUENCE: list[tuple[str, dict[str, Any]]] = [
    ("GetAllGroups", {}),
    ("GetAllGoods", {}),
    ("GetLeadGroups", {"email": "ivan+test@example.com"}),
    ("AddLeadToGroup", {**LEAD, "lead_email": ""}),
    ("AddLeadToGroup", {**LEAD, "lead_email": "no address"}),
    ("AddLeadToGroup", {**LEAD, "rid": ["nowhere"]}),
    ("AddLeadToGroup", {**LEAD, "rid": ["webinar", "nowhere"]}),
    ("AddLeadToGroup", {**LEAD, "rid": []}),
    ("AddLeadToGroup", {**LEAD, "rid": ["allleads"]}),
    ("AddLeadToGroup", LEAD),
    ("AddLeadToGroup", LEAD),
    ("AddLeadToGroup", {**LEAD, "rid": "news"}),
    ("AddLeadToGroup", {**LEAD, "rid": ["clients"], "activation": "false"}),
    ("AddLeadToGroup", {**LEAD, "rid": ["clients"], "activation": 0}),
    ("GetLeadGroupStatuses", {"email": "ivan+test@example.com"}),
    ("GetLeadGroupStatuses", {"email": "nobody@example.com"}),
    ("GetLeadGroupStatuses", {"email": "nobody"}),
    ("GetLeadGroups", {"email": "ivan+test@example.com"}),
    ("GetCountSubscribe", {"group_name": "webinar"}),
    ("GetCountSubscribe", {"group_name": "unique"}),
    ("GetCountSubscribe", {"group_name": "all"}),
    ("GetCountSubscribe", {"group_name": "alls"}),
    ("GetCountSubscribe", {"group_name": "nowhere"}),
    ("GetCountSubscribe", {"group_name": ""}),
    ("UpdateSubscriberData", {"lead_email": "ivan+test@example.com", "lead_city": "Тула", "lead_tags": "a,b"}),
    ("UpdateSubscriberData", {"lead_email": "nobody@example.com", "lead_city": "Тула"}),
    ("UpdateSubscriberData", {"lead_city": "Тула"}),
    ("DeleteSubscribe", {"lead_email": "ivan+test@example.com", "rass_name": ""}),
    ("DeleteSubscribe", {"lead_email": "ivan+test@example.com", "rass_name": "nowhere"}),
    ("DeleteSubscribe", {"lead_email": "nobody@example.com", "rass_name": "webinar"}),
    ("DeleteSubscribe", {"lead_email": "ivan+test@example.com", "rass_name": "webinar"}),
    ("DeleteSubscribe", {"lead_email": "ivan+test@example.com", "rass_name": "webinar"}),
    ("AddLeadToGroup", {**LEAD, "activation": 1}),
    ("AddGood", NEW_GOOD),
    ("AddGood", NEW_GOOD),
    ("AddGood", {**NEW_GOOD, "good_name": "other", "good_type": 0}),
    ("AddGood", {**NEW_GOOD, "good_name": "other", "good_sum": 0}),
    ("UpdateGood", {"good_name": "extra", "good_sum": "20"}),
    ("UpdateGood", {"good_name": "missing", "good_sum": "20"}),
    ("UpdateGood", {"good_sum": "20"}),
    ("DeleteGood", {"good_name": "extra"}),
    ("DeleteGood", {"good_name": "extra"}),
    ("DeleteGood", {}),
    ("GetBills", {"email": "ivan@example.com"}),
    ("GetBills", {"email": "nobody"}),
    ("getOrdersWithGoods", {}),
    ("GetOrders", {"date_s": "1", "date_e": NOW}),
    ("CreateOrder", {**ORDER, "bill_email": "wrong"}),
    ("CreateOrder", {**ORDER, "goods": []}),
    ("CreateOrder", {**ORDER, "goods": "course"}),
    ("CreateOrder", {**ORDER, "goods": [{"good_name": "курс"}]}),
    ("CreateOrder", {**ORDER, "goods": [{"good_name": "book"}]}),
    ("CreateOrder", {**ORDER, **POSTAL, "goods": [{"good_name": "book"}]}),
    ("CreateOrder", ORDER),
    ("CreateOrder", ORDER),
    ("CreateOrder", {**ORDER, "goods": [{"good_name": "course", "good_sum": "1"}, {"good_name": "consulting"}]}),
    ("GetBills", {"email": "ivan@example.com"}),
    ("GetBills", {"email": "ivan@example.com", "pay_status": "paid"}),
    ("getOrderDetails", {"bill_id": BILL}),
    ("getOrderDetails", {"bill_id": BILL, "good_info": 1}),
    ("getOrderDetails", {"bill_id": 1}),
    ("GetOrderInfo", {"bill_id": BILL}),
    ("GetOrderInfo", {"bill_id": 1}),
    ("UpdateOrderStatus", {"status": "paid", "date": NOW}),
    ("UpdateOrderStatus", {"bill_id": "x", "status": "paid", "date": NOW}),
    ("UpdateOrderStatus", {"bill_id": BILL}),
    ("UpdateOrderStatus", {"bill_id": BILL, "status": "paid"}),
    ("UpdateOrderStatus", {"bill_id": BILL, "status": "sent", "date": NOW}),
    ("UpdateOrderStatus", {"bill_id": 1, "status": "paid", "date": NOW}),
    ("UpdateOrderStatus", {"bill_id": BILL, "status": "eaten", "date": NOW}),
    ("UpdateOrderStatus", {"bill_id": BILL, "status": "paid", "date": NOW}),
    ("UpdateOrderStatus", {"bill_id": BILL, "status": "paid", "date": NOW}),
    ("UpdateOrderStatus", {"bill_id": BILL, "status": "sent", "date": NOW, "rpo": "RA1"}),
    ("GetBills", {"email": "ivan@example.com", "pay_status": "paid"}),
    ("getOrdersWithGoods", {"paid": 1}),
    ("getOrdersWithGoods", {}),
    ("GetOrders", {"date_s": "1", "date_e": str(int(NOW) + 60)}),
    ("CreateOrder", ORDER),
    ("UpdateOrderStatus", {"bill_id": BILL, "status": "cancel"}),
    ("UpdateOrderStatus", {"bill_id": BILL, "status": "paid", "date": NOW}),
    ("DeleteOrder", {"bill_id": BILL}),
    ("DeleteOrder", {"bill_id": BILL}),
    ("DeleteOrder", {}),
    ("GetPartnerStats", {"partner": "partner1", "date_from": "2026-01-01", "date_to": "2026-02-01"}),
    ("GetPartnerStats", {"partner": "nobody", "date_from": "2026-01-01", "date_to": "2026-02-01"}),
    ("GetPartnerStats", {"partner": "partner1"}),
]


@pytest.fixture
def sandbox(php_justclick: PhpJustClick) -> Iterator[Sandbox]:
    """A sandbox that speaks the dialect of the PHP server beside it."""
    with Sandbox(dialect=php_justclick.environment["JUSTCLICK_DIALECT"]) as sandbox:
        yield sandbox


def shape(value: Any) -> Any:
    """Names and types without the values: bill numbers, product numbers and times may differ."""
    if isinstance(value, dict):
        return {("#" if name.isdecimal() else name): shape(member) for name, member in sorted(value.items())}
    if isinstance(value, list):
        return [shape(member) for member in value]
    return type(value).__name__


def play(url: str) -> list[tuple[str, int, str, Any]]:
    verdicts, bill = [], 0
    for function, params in SEQUENCE:
        answer = call(url, function, {name: bill if value is BILL else value for name, value in params.items()})
        assert genuine(answer.code, answer.text, answer.json["hash"], "sandbox-secret")
        if function == "CreateOrder" and answer.result:
            bill = answer.result["bill_id"]
        verdicts.append((function, answer.code, answer.text, shape(answer.result)))
    return verdicts


def test_every_function_gets_the_same_verdict(sandbox: Sandbox, php_justclick: PhpJustClick) -> None:
    """All functions, good and bad parameters, in both dialects: code, text and the shape of the result."""
    assert play(sandbox.url) == play(php_justclick.url)
    assert [call.code for call in sandbox.calls] == [call.code for call in php_justclick.calls]
    contact = sandbox.state.contacts["ivan+test@example.com"]
    twin = php_justclick.contacts["ivan+test@example.com"]
    assert (contact.name, contact.city, contact.tags, contact.utm) == (
        twin["name"],
        twin["city"],
        twin["tags"],
        twin["utm"],
    )
    assert {name: member.status for name, member in contact.groups.items()} == {
        name: member["status"] for name, member in twin["groups"].items()
    }
    payments = [(order.pay_status, order.payments) for order in sandbox.state.orders.values()]
    assert payments == [(order["pay_status"], order["payments"]) for order in php_justclick.orders]


def general(url: str) -> list[Answered]:
    """Calls that fail before any function is asked, or whose body is written in another way."""
    address = f"{url}/api/GetAllGroups"
    body = signed_body({}, "demo", "sandbox-secret")
    lead = signed_body(LEAD, "demo", "sandbox-secret")
    return [
        post(address, b""),
        post(address, b"a=1"),
        post(address, b"a=1&hash="),
        post(address, b"hash=0"),
        post(address, b"hash[]=1"),
        post(address, body[:-1] + b"!"),
        post(address, body.replace(b"hash=", b"hash=1&hash=")),
        post(address, body.upper().replace(b"HASH", b"hash")),
        post(address, signed_body({}, "Demo", "sandbox-secret")),
        post(address, signed_body({}, "demo", "sandbox-secret ")),
        post(address, body, host="nobody.justclick.test"),
        post(address, body, host="demo.justclick.test"),
        post(address, b"{}", media="application/json"),
        post(address, body, media=f"{FORM}; charset=utf-8"),
        request("GET", f"{address}?{body.decode()}"),
        post(f"{url}/api/AddLeadToGroup", lead.replace(b"%5B", b"[").replace(b"+", b"%20").replace(b"%7E", b"~")),
        post(f"{url}/api/AddLeadToGroup", lead.replace(b"rid%5B0%5D", b"rid%5B%5D")),
        post(f"{url}/api/AddLeadToGroup", b"&".join(b"a%d=1" % number for number in range(1100)) + b"&" + lead),
    ]


def test_general_checks_agree(sandbox: Sandbox, php_justclick: PhpJustClick) -> None:
    """5 before 2 before 1 before 4; how the body is escaped does not matter; code 5 is signed with an empty secret."""
    ours, theirs = general(sandbox.url), general(php_justclick.url)
    assert [(answer.code, answer.text) for answer in ours] == [(answer.code, answer.text) for answer in theirs]
    assert [answer.code for answer in ours][:12] == [2, 1, 1, 1, 4, 4, 0, 4, 4, 4, 5, 0]
    for answer in (*ours, *theirs):
        assert answer.json["hash"] == answer_hash(
            answer.code, answer.text, "" if answer.code == 5 else "sandbox-secret"
        )


def test_answers_are_the_same_bytes(sandbox: Sandbox, php_justclick: PhpJustClick) -> None:
    """Escapes as PHP's json_encode writes them: Cyrillic as \\u, a slash as \\/, control characters, broken UTF-8."""
    for name in ("курс/🎁\"'\t\x7f\x01", "<b>&\\", "\u2028"):
        params = {**ORDER, "goods": [{"good_name": name}]}
        ours, theirs = (call(url, "CreateOrder", params).body for url in (sandbox.url, php_justclick.url))
        assert ours == theirs
    # json_encode gives up where a text that it has to echo is no UTF-8: an empty body
    broken = b"goods[0][good_name]=%FF&bill_email=a@b.ru"
    signed = "goods%5B0%5D%5Bgood_name%5D=%FF&bill_email=a%40b.ru::demo::sandbox-secret"
    body = broken + b"&hash=" + md5(signed.encode()).hexdigest().encode()
    assert [post(f"{url}/api/CreateOrder", body).body for url in (sandbox.url, php_justclick.url)] == [b"", b""]
