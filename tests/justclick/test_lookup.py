"""Looking before repeating, against the sandbox: the answer is lost after the work, or before it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from relay.justclick.client import JustClick, new_pool
from relay.justclick.functions import find
from relay.justclick.lookup import SKEW, Absent, Found, Unclear, look_up
from relay.justclick.sandbox import Sandbox
from relay.models import Account
from relay.outcomes import Accepted, Refused, Unreached

ORDER = find("CreateOrder").prepare({"goods": [{"good_name": "course"}], "bill_email": "Anna@example.com"})
SOME = {"email": "anna@example.com"}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        if "course" not in sandbox.state.goods:
            sandbox.state.add_good("course", "Course", "990.00")
        sandbox.state.add_good("other", "Other", "10.00")
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> JustClick:
    return JustClick(Account("demo", "demo", ("sandbox-secret",), sandbox.url, timeout=2), new_pool(2))


def now() -> int:
    return int(time.time() * 1000)


def order(client: JustClick, **changes: Any) -> str:
    made = client.send("CreateOrder", {**ORDER, **changes})
    assert isinstance(made, Accepted)
    return str(made.result["bill_id"])


def aged(sandbox: Sandbox, number: str, seconds: int) -> None:
    sandbox.state.orders[int(number)].created -= seconds
    sandbox.state.orders[int(number)].made_at -= seconds


# ---------------------------------------------------------------- CreateOrder
def test_the_answer_was_lost_behind_the_work(sandbox: Sandbox, client: JustClick) -> None:
    """The order is there: found, with its number, and both facts in words."""
    sandbox.trouble(function="CreateOrder", shape="cut", acts=True, times=1)
    began = now()
    lost = client.send("CreateOrder", ORDER)
    assert isinstance(lost, Unreached)
    assert lost.may_have_arrived
    seen = look_up(client, "CreateOrder", ORDER, began)
    [number] = sandbox.state.orders
    assert isinstance(seen, Found)
    assert seen.result == {"bill_id": str(number)}
    assert "was lost" in seen.note
    assert str(number) in seen.note


def test_the_call_was_lost_before_the_work(sandbox: Sandbox, client: JustClick) -> None:
    """No order of this e-mail at all: surely absent."""
    sandbox.trouble(function="CreateOrder", shape="cut", times=1)
    began = now()
    assert isinstance(client.send("CreateOrder", ORDER), Unreached)
    seen = look_up(client, "CreateOrder", ORDER, began)
    assert isinstance(seen, Absent)
    assert "no order of this e-mail" in seen.note
    assert sandbox.state.orders == {}


def test_other_goods_and_old_orders_do_not_count(sandbox: Sandbox, client: JustClick) -> None:
    """An order of other goods, or of last week, is not the lost one."""
    order(client, goods=[{"good_name": "other"}])
    aged(sandbox, order(client, goods=[{"good_name": "other"}, {"good_name": "course"}]), 7 * 86400)
    aged(sandbox, order(client), 7 * 86400)
    seen = look_up(client, "CreateOrder", ORDER, now())
    assert isinstance(seen, Absent)


def test_the_clocks_may_differ(sandbox: Sandbox, client: JustClick) -> None:
    """JustClick's clock may be some minutes behind ours."""
    number = order(client)
    aged(sandbox, number, SKEW - 60)
    seen = look_up(client, "CreateOrder", ORDER, now())
    assert isinstance(seen, Found)


@pytest.mark.parametrize("getbills_is_refused", [False, True])
def test_our_clock_may_have_been_wrong(sandbox: Sandbox, client: JustClick, getbills_is_refused: bool) -> None:
    """It was an hour ahead when the call was made: the order looks older than the call, so a person decides."""
    if getbills_is_refused:
        sandbox.trouble(function="GetBills", code=3)
    number = order(client)
    seen = look_up(client, "CreateOrder", ORDER, now() + 3_600_000)
    assert isinstance(seen, Unclear)
    assert number in seen.note
    aged(sandbox, number, 2 * 3600)
    assert isinstance(look_up(client, "CreateOrder", ORDER, now() + 3_600_000), Absent)


def test_a_call_that_dates_its_order_itself(sandbox: Sandbox, client: JustClick) -> None:
    """bill_created lies in the past: the order with exactly this date is the lost one."""
    dated = {**ORDER, "bill_created": 1_600_000_000}
    number = order(client, bill_created=1_600_000_000)
    assert look_up(client, "CreateOrder", dated, now()) == Found({"bill_id": number}, _any_note(client, dated))
    assert isinstance(look_up(client, "CreateOrder", {**dated, "bill_created": 1_600_086_400}, now()), Absent)


def _any_note(client: JustClick, params: dict[str, Any]) -> str:
    seen = look_up(client, "CreateOrder", params, now())
    assert isinstance(seen, Found)
    return seen.note


def test_two_orders_that_fit_are_unclear(sandbox: Sandbox, client: JustClick) -> None:
    """Nobody can tell which is ours; the numbers are named."""
    began = now()
    first = order(client)
    sandbox.state.orders[int(first)].pay_status = "paid"
    second = order(client)
    seen = look_up(client, "CreateOrder", ORDER, began)
    assert isinstance(seen, Unclear)
    assert first in seen.note
    assert second in seen.note


def test_the_other_way_when_getbills_is_refused(sandbox: Sandbox, client: JustClick) -> None:
    """getOrdersWithGoods tells as well: found and absent."""
    sandbox.trouble(function="GetBills", code=3)
    began = now()
    assert isinstance(look_up(client, "CreateOrder", ORDER, began), Absent)
    number = order(client)
    seen = look_up(client, "CreateOrder", ORDER, began)
    assert isinstance(seen, Found)
    assert seen.result == {"bill_id": number}


@pytest.mark.parametrize("function", ["GetBills", "getOrderDetails"])
def test_no_answer_now_is_no_verdict(sandbox: Sandbox, client: JustClick, function: str) -> None:
    """JustClick is away: ask again later. A forged answer: unclear."""
    order(client)
    sandbox.trouble(function=function, status=503, times=1)
    assert isinstance(look_up(client, "CreateOrder", ORDER, now()), Unreached)
    sandbox.trouble(function=function, shape="forged", times=1)
    assert isinstance(look_up(client, "CreateOrder", ORDER, now()), Unclear)


def test_a_paused_account_is_no_verdict(sandbox: Sandbox, client: JustClick) -> None:
    """Code 7: the refusal itself is given back, so that the account is paused and nothing burnt."""
    sandbox.trouble(code=7, times=1)
    seen = look_up(client, "CreateOrder", ORDER, now())
    assert isinstance(seen, Refused)
    assert seen.code == 7


# ---------------------------------------------------------------- UpdateOrderStatus paid
def paid(number: str) -> dict[str, Any]:
    return find("UpdateOrderStatus").prepare({"bill_id": number, "status": "paid", "date": 1_700_000_000})


def test_paid_behind_the_lost_answer(sandbox: Sandbox, client: JustClick) -> None:
    """The order shows as paid: found. It was paid once."""
    params = paid(order(client))
    sandbox.trouble(function="UpdateOrderStatus", shape="cut", acts=True, times=1)
    assert isinstance(client.send("UpdateOrderStatus", params), Unreached)
    seen = look_up(client, "UpdateOrderStatus", params, now())
    assert isinstance(seen, Found)
    assert "shows the order as paid" in seen.note
    assert [made.payments for made in sandbox.state.orders.values()] == [1]


def test_not_paid_behind_the_lost_call(sandbox: Sandbox, client: JustClick) -> None:
    """The order still waits, or does not exist: surely absent."""
    params = paid(order(client))
    assert isinstance(look_up(client, "UpdateOrderStatus", params, now()), Absent)
    assert isinstance(look_up(client, "UpdateOrderStatus", paid("999"), now()), Absent)


def test_another_status_is_unclear(sandbox: Sandbox, client: JustClick) -> None:
    """Cancelled meanwhile: a person decides."""
    number = order(client)
    sandbox.state.orders[int(number)].pay_status = "cancel"
    seen = look_up(client, "UpdateOrderStatus", paid(number), now())
    assert isinstance(seen, Unclear)
    assert "cancel" in seen.note


def test_a_function_that_cannot_be_looked_up(client: JustClick) -> None:
    """Nobody pretends to know."""
    assert isinstance(look_up(client, "AddGood", {}, now()), Unclear)
