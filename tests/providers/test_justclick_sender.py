"""JustClick as a sender: which hash is taken for which kind of message, and what getOrderDetails has to say to it."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from relay import hooks, providers
from relay.errors import Unverified
from relay.justclick.signing import notification_hash, query_string
from relay.mapping import map_event
from relay.models import Awaited, Configuration, Hook, WebhookRequest
from tests.support.samples import label, samples

ORDERS, CONTACTS = providers.find("justclick_orders"), providers.find("justclick_contacts")
VECTORS = json.loads((Path(__file__).parent.parent / "fixtures" / "php-query-vectors.json").read_text("utf-8"))
SECRET = "X" * 40
HOOK = Hook("orders", "justclick_orders", "shop", secrets=(SECRET,), options={"confirm": "school"})
CREATED, PAID = "1699990000", "1700000000"
MARKS = {
    "created": {"status": "new_order"},
    "cancelled": {"status": "cancel_order"},
    "paid": {"paid": PAID, "last_payment_sum": "3900.00"},
    "prepaid": {"prepayment_sum": "1000.00"},
    "returned": {"status": "moneyback"},
}


def message(time: str, query: str = "", **fields: Any) -> WebhookRequest:
    """A message of order 258367, signed over this time."""
    sent = {"id": "258367", "email": "user4@email.com", "created": CREATED, **fields}
    sent["hash"] = notification_hash("258367", "user4@email.com", time, SECRET)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return WebhookRequest("POST", query, headers, query_string(sent).encode())


def accepted(request: WebhookRequest, hook: Hook = HOOK) -> bool:
    try:
        ORDERS.verify(request, hook, 0)
    except Unverified:
        return False
    return True


@pytest.mark.parametrize("vector", VECTORS["notification_hashes"], ids=lambda vector: vector["note"])
def test_the_hash_is_that_of_php(vector: dict[str, Any]) -> None:
    """The vectors that PHP computed."""
    number, email, time = vector["parts"]
    assert notification_hash(number, email, time, vector["secret"]) == vector["hash"]


@pytest.mark.parametrize(
    ("kind", "time", "right"),
    [
        ("created", CREATED, True),
        ("created", "", True),  # the PHP line on the page takes `paid`, which a new order does not have
        ("created", PAID, False),
        ("cancelled", CREATED, True),
        ("cancelled", "", False),
        ("paid", PAID, True),
        ("paid", CREATED, False),  # the hash of the message about its creation must not make an order paid
        ("paid", "", False),
        ("prepaid", "", True),  # the three forms of what is documented in contradictory ways
        ("prepaid", CREATED, True),
        ("returned", "", True),
        ("returned", CREATED, True),
        ("returned", PAID, False),
    ],
)
def test_which_time_is_signed(kind: str, time: str, right: bool) -> None:
    """Every documented form of a kind is taken, and no other."""
    assert accepted(message(time, **MARKS[kind])) is right


def test_a_time_of_payment_that_is_sent_may_be_signed() -> None:
    """Also where the documented payload has none."""
    assert accepted(message(PAID, paid=PAID, **MARKS["prepaid"]))
    assert accepted(message(PAID, paid=PAID, **MARKS["returned"]))


@pytest.mark.parametrize("kind", MARKS)
def test_the_kind_is_told_by_the_message(kind: str) -> None:
    """One address serves all kinds; what the URL says does not overrule the message."""
    reading = ORDERS.read(message(CREATED, "a=make", **MARKS[kind]), HOOK)
    assert reading.event_type == f"order.{kind}"


@pytest.mark.parametrize(
    ("query", "fields", "event_type"),
    [
        ("a=make", {}, "order.created"),
        ("a=paid", {"paid": PAID}, "order.paid"),
        ("a=paid", {"status": "new order"}, "order.created"),
        ("", {"paid": PAID}, "order.paid"),
        ("", {"paid": "0"}, ""),
        ("a=else", {}, ""),
    ],
)
def test_the_url_tells_the_kind_where_the_message_does_not(query: str, fields: dict, event_type: str) -> None:
    """``?a=make`` and ``?a=paid``, as JustClick's pages write it; otherwise nothing is guessed."""
    reading = ORDERS.read(message(CREATED, query, **fields), HOOK)
    assert reading.event_type == event_type
    assert (reading.event_id is None) is (event_type == "")


def test_two_payments_are_two_events() -> None:
    """A repeat has the same key, another payment another one."""
    first = ORDERS.read(message(PAID, **MARKS["paid"]), HOOK).event_id
    again = ORDERS.read(message(PAID, **MARKS["paid"]), HOOK).event_id
    second = ORDERS.read(message(PAID, **{**MARKS["paid"], "paid": "1700000999"}), HOOK).event_id
    parts = {ORDERS.read(message("", prepayment_sum=amount), HOOK).event_id for amount in ("1000.00", "500.00")}
    assert first == again == "paid:258367:1700000000"
    assert second != first
    assert len(parts) == 2


def test_a_wrong_secret_gets_a_hint() -> None:
    """A blank behind the key is the commonest mistake."""
    hook = Hook("orders", "justclick_orders", "shop", secrets=(SECRET + " ",))
    with pytest.raises(Unverified) as refused:
        ORDERS.verify(message(CREATED, **MARKS["created"]), hook, 0)
    assert "blank" in refused.value.hint
    assert SECRET not in f"{refused.value} {refused.value.hint}"


# ---------------------------------------------------------------- the confirmation
def question(kind: str, hook: Hook = HOOK) -> Any:
    assert ORDERS.fetch
    [asked] = ORDERS.fetch.ask(ORDERS.read(message(CREATED, **MARKS[kind]), hook), hook)
    return asked


def test_every_message_is_confirmed_by_the_account_that_sent_it() -> None:
    """``confirm`` names it; left out it is the hook's own. No option has to be there for it."""
    asked = question("paid")
    assert (asked.account, asked.function, asked.params) == ("school", "getOrderDetails", {"bill_id": "258367"})
    assert question("created", Hook("orders", "justclick_orders", "shop", secrets=(SECRET,))).account == "shop"
    assert ORDERS.fetches(Hook("orders", "justclick_orders", "shop", secrets=(SECRET,)))


@pytest.mark.parametrize(
    ("kind", "pay_status", "believed"),
    [
        ("paid", "paid", True),
        ("paid", "waiting", False),
        ("paid", "", False),
        ("created", "waiting", True),
        ("created", "paid", True),  # it may have been paid since
        ("cancelled", "cancel", True),
        ("cancelled", "paid", False),
        ("prepaid", "waiting", True),
        ("prepaid", "cancel", False),
        ("returned", "moneyback", True),
        ("returned", "cancel", True),
        ("returned", "paid", False),
    ],
)
def test_what_the_order_has_to_show(kind: str, pay_status: str, believed: bool) -> None:
    """Status and sums are not signed: who has seen one hash can write any of them under it."""
    order = {"id": "258367", "pay_status": pay_status}
    for answer in (order, [order]):
        sentence = question(kind).refused(answer)
        assert (sentence == "") is believed
        assert believed or "258367" in sentence


@pytest.mark.parametrize("answer", [None, {}, [], "text", {"id": "7", "pay_status": "paid"}, [[]]])
def test_another_order_confirms_nothing(answer: Any) -> None:
    """Nor does none at all."""
    assert "258367" in question("paid").refused(answer)


@pytest.mark.parametrize("as_list", [False, True])
def test_what_is_confirmed_goes_before_what_was_sent(as_list: bool) -> None:
    """Items and sums of the message are not signed; those of getOrderDetails are JustClick's own."""
    sent = {"items": [{"id": "course", "title": "Course", "sum": "1.00", "price": "1.00"}], "coupon": "FORGED"}
    order = {
        "id": "258367",
        "email": "User4@email.com",
        "pay_status": "paid",
        "created": CREATED,
        "paid": PAID,
        "kupon": "OSEN10",
        "utm": {"medium": "cpc"},
        "items": [
            {"id": "course", "title": "Course", "sum": "3500.00", "price": "3900.00"},
            {"id": "book", "title": "Book", "sum": "790.00", "price": "790.00"},
        ],
    }
    request = message(PAID, **MARKS["paid"], **sent)
    reading = ORDERS.read_fetched(request, HOOK, {"confirmed": [order] if as_list else order})
    assert reading.order.amount == Decimal("4290.00")
    assert [good.id for good in reading.order.goods] == ["course", "book"]
    assert (reading.order.coupon, reading.order.paid, reading.order.paid_at) == ("OSEN10", True, int(PAID))
    assert (reading.contact.email, reading.contact.utm.medium) == ("user4@email.com", "cpc")
    assert reading.event_id == ORDERS.read(request, HOOK).event_id


# ---------------------------------------------------------------- contacts
def test_contacts_prove_nothing_by_themselves() -> None:
    """So the configuration demands a token in the URL."""
    assert not CONTACTS.proves(Hook("contacts", "justclick_contacts", "shop", secrets=(SECRET,)))


@pytest.mark.parametrize("status", ["3", "", "paid", None])
def test_an_unknown_status_is_no_kind(status: str | None) -> None:
    """Nothing is guessed."""
    body = query_string({"email": "a@example.com", "status": status}).encode()
    request = WebhookRequest("POST", "", {"content-type": "application/x-www-form-urlencoded"}, body)
    assert CONTACTS.read(request, Hook("contacts", "justclick_contacts", "shop")).event_type == ""


# ---------------------------------------------------------------- the example of two accounts
@pytest.fixture
def two_accounts(tmp_path: Path) -> Configuration:
    """The configuration that docs/two-accounts.md shows."""
    page = (Path(__file__).parents[2] / "docs" / "two-accounts.md").read_text("utf-8")
    [shown] = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    path = tmp_path / "relay.yaml"
    path.write_text(shown, "utf-8")
    return hooks.load(path, {"SCHOOL_SECRET": SECRET, "SHOP_SECRET": "shop-key", "SCHOOL_TOKEN": "guess-me-not"})


@pytest.mark.parametrize(
    ("sample", "function", "params"),
    [
        ("subscribed", "AddLeadToGroup", {"rid": ["webinar"], "lead_email": "user4@email.com"}),
        ("activated", "AddLeadToGroup", {"rid": ["webinar"], "lead_phone": "+79990000000"}),
        ("unsubscribed", "DeleteSubscribe", {"rass_name": "webinar", "lead_email": "user4@email.com"}),
    ],
)
def test_a_contact_of_one_account_goes_to_the_other(
    two_accounts: Configuration, sample: str, function: str, params: dict[str, Any]
) -> None:
    """As the page promises; each message becomes one call."""
    hook = two_accounts.hooks["school-contacts"]
    [found] = [one for one in samples() if label(one) == f"justclick_contacts.{sample}"]
    [call] = map_event(CONTACTS.read(found.request, hook), hook, two_accounts)
    assert (hook.account, call.function, call.problems) == ("shop", function, {})
    assert {name: call.params[name] for name in params} == params


@pytest.mark.parametrize(
    ("sample", "function", "params"),
    [
        ("created", "CreateOrder", {"bill_email": "user4@email.com", "bill_surname": "Соколова"}),
        ("paid", "UpdateOrderStatus", {"status": "paid", "date": 1700000000, "bill_id": Awaited("bill:258367")}),
        ("cancelled", "UpdateOrderStatus", {"status": "cancel", "bill_id": Awaited("bill:258367")}),
    ],
)
def test_an_order_of_one_account_goes_to_the_other(
    two_accounts: Configuration, sample: str, function: str, params: dict[str, Any]
) -> None:
    """The payment finds the order by the number that it has in the first account."""
    hook = two_accounts.hooks["school-orders"]
    [found] = [one for one in samples() if label(one) == f"justclick_orders.{sample}"]
    ORDERS.verify(found.request, hook, 0)
    [asked] = ORDERS.fetch.ask(ORDERS.read(found.request, hook), hook) if ORDERS.fetch else []
    assert asked.account == "school"
    [call] = map_event(ORDERS.read(found.request, hook), hook, two_accounts)
    assert (hook.account, call.function, call.problems) == ("shop", function, {})
    assert {name: call.params[name] for name in params} == params
    if function == "CreateOrder":
        assert call.order_id == "258367"
        assert [good["good_name"] for good in call.params["goods"]] == ["course", "book"]
