"""Links: a call waits for what another one brings, and goes on with it."""

from __future__ import annotations

from redis import Redis

from relay import keys
from relay.lifecycle import Trigger
from relay.models import Attempt
from relay.store import Move, Store
from tests.support.making import a_delivery, claim_all, keep, state_of


def test_a_payment_waits_for_its_order_and_goes_on_when_it_exists(store: Store) -> None:
    """bill_of(): the payment overtook the order; the moment the order is made, it stands in the queue again."""
    link = keys.bill_link("school", "10457")
    payment = a_delivery(function="UpdateOrderStatus", awaits=(link,))
    order = a_delivery(function="CreateOrder", makes=(link,))
    keep(store, payment)
    assert claim_all(store) == []
    assert store.counts()["waiting"] == 1
    keep(store, order)
    [made] = claim_all(store)
    store.move(Move(made.delivery, Trigger.ACCEPTED, Attempt(1, 1, 1, code=0), {"code": 0, "result": {"bill_id": 77}}))
    [claim] = claim_all(store)
    assert (claim.delivery.id, claim.links) == (payment.id, {link: 77})


def test_two_hooks_racing_for_one_order_make_it_once(store: Store) -> None:
    """The second CreateOrder waits for the first and is then told that the order was made."""
    link = keys.bill_link("school", "10457")
    first, second = (a_delivery(function="CreateOrder", makes=(link,)) for _ in range(2))
    keep(store, first)
    keep(store, second)
    [making] = claim_all(store)
    assert making.delivery.id == first.id
    store.move(
        Move(making.delivery, Trigger.ACCEPTED, Attempt(1, 1, 1, code=0), {"code": 0, "result": {"bill_id": 77}})
    )
    [told] = claim_all(store)
    assert (told.delivery.id, told.links["made"]) == (second.id, 77)


def test_when_the_first_maker_fails_the_second_tries(store: Store) -> None:
    """A refused order must not keep the other hook's order waiting."""
    link = keys.bill_link("school", "10457")
    first, second = (a_delivery(function="CreateOrder", makes=(link,)) for _ in range(2))
    keep(store, first)
    keep(store, second)
    [making] = claim_all(store)
    store.move(Move(making.delivery, Trigger.REFUSED, Attempt(1, 1, 1, code=604), {"code": 604}))
    [now] = claim_all(store)
    assert now.delivery.id == second.id
    assert "made" not in now.links


def test_the_result_of_a_call_reaches_its_sibling(store: Store) -> None:
    """results.CreateOrder.bill_id: the link carries the whole result."""
    link = keys.result_link("evt_1", "CreateOrder")
    maker = a_delivery(function="CreateOrder", name="CreateOrder", shared=True)
    user = a_delivery(function="UpdateOrderStatus", awaits=(link,))
    keep(store, maker, user)
    [making] = claim_all(store)
    store.move(Move(making.delivery, Trigger.ACCEPTED, Attempt(1, 1, 1, code=0), {"result": {"bill_id": "9"}}))
    [claim] = claim_all(store)
    assert claim.links == {link: {"bill_id": "9"}}


def test_who_waits_for_its_maker_is_not_woken_by_what_it_has(store: Store, redis: Redis) -> None:
    """It needs a result that is there, and would make an order that another is making."""
    maker = a_delivery(function="CreateOrder", makes=("bill:school:1",))
    second = a_delivery(function="CreateOrder", makes=("bill:school:1",), awaits=("result:evt_1:first",))
    redis.set(keys.LINK + "result:evt_1:first", "1")
    keep(store, maker)
    keep(store, second)
    [claim] = claim_all(store)
    assert (claim.delivery.id, state_of(store, second.id)) == (maker.id, "waiting")
    assert store.wake_found() == 0
    told = Attempt(1, 1, 1, code=600)
    store.move(Move(claim.delivery, Trigger.REFUSED, told, {"code": 600, "reason": "refused"}))
    assert state_of(store, second.id) == "queued"
