"""Of all deliveries that would make the same order one makes it; the others wait for it, and never for each other."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from redis import Redis

from relay import keys
from relay.lifecycle import Trigger
from relay.models import Attempt
from relay.store import Claim, Gate, Move, Store
from tests.support.making import SCHOOL, a_delivery, keep


def keep_orders(store: Store, *makes: str) -> None:
    """``ab`` is an order that is known by a and by b. Their ids are dlv_0, dlv_1 ..., in this order."""
    for number, letters in enumerate(makes):
        links = tuple(f"pay:school:{letter}" for letter in letters)
        keep(store, a_delivery(id=f"dlv_{number:02}", function="CreateOrder", makes=links))


def claimed(store: Store) -> list[Claim]:
    return store.claim("w1", 100, [SCHOOL])[1]


def end(store: Store, claim: Claim, trigger: Trigger = Trigger.ACCEPTED) -> None:
    bill = claim.links.get("made", f"bill-of-{claim.delivery.id}")
    fields = {"result": {"bill_id": bill}, "code": 0} if trigger is Trigger.ACCEPTED else {"code": 606}
    assert store.move(Move(claim.delivery, trigger, Attempt(claim.delivery.number, 1, 1), fields))


def ids_of(claims: list[Claim]) -> list[str]:
    return [claim.delivery.id for claim in claims]


def test_two_events_that_only_a_third_connects_make_one_order(store: Store) -> None:
    """The checkout is known by both numbers, the payment by one, the invoice by the other; all three come at once."""
    keep_orders(store, "a", "ab", "b")
    [payment] = claimed(store)
    assert store.counts()["waiting"] == 2
    end(store, payment)
    [checkout] = claimed(store)
    end(store, checkout)
    [invoice] = claimed(store)
    assert checkout.links["made"] == invoice.links["made"] == "bill-of-dlv_00"


def test_a_chain_of_links_is_worked_off_one_by_one_when_the_first_fails(store: Store) -> None:
    """{a}, {a, b} and {b, c}: none waits for one that waits for it."""
    keep_orders(store, "a", "ab", "bc", "c")
    for expected in ("dlv_00", "dlv_01", "dlv_02", "dlv_03"):
        [claim] = claimed(store)
        assert claim.delivery.id == expected
        end(store, claim, Trigger.REFUSED)
    assert store.counts()["dead"] == 4


def test_who_came_later_gives_way(store: Store) -> None:
    """The later one had reserved c first, since the earlier one came to its turn after it: no circle."""
    keep_orders(store, "b", "c")
    first = claimed(store)
    keep(store, a_delivery(id="dlv_04", function="CreateOrder", makes=("pay:school:b", "pay:school:d")))
    assert claimed(store) == []
    keep(store, a_delivery(id="dlv_03", function="CreateOrder", makes=("pay:school:c", "pay:school:d", "pay:school:b")))
    assert claimed(store) == []
    for claim in first:
        end(store, claim, Trigger.REFUSED)
    assert ids_of(claimed(store)) == ["dlv_03"]


def test_who_is_held_keeps_nobody_waiting(store: Store, redis: Redis) -> None:
    """It had reserved b while it waited for a; then its hook was paused."""
    keep_orders(store, "a")
    [first] = claimed(store)
    keep(store, a_delivery(id="dlv_05", hook="paused", function="CreateOrder", makes=("pay:school:a", "pay:school:b")))
    assert claimed(store) == []
    store.close_gate(Gate("hook:paused"))
    keep(store, a_delivery(id="dlv_06", function="CreateOrder", makes=("pay:school:b",)))
    assert claimed(store) == []
    end(store, first, Trigger.REFUSED)
    assert claimed(store) == []
    assert store.wake_found() == 1
    assert ids_of(claimed(store)) == ["dlv_06"]
    assert redis.ttl(keys.RESERVED + "pay:school:b") > 0


@pytest.mark.parametrize("seed", range(25))
def test_whatever_comes_in_whatever_order_all_come_to_an_end(store: Store, seed: int) -> None:
    """Nobody makes what another is making, and nobody is left waiting, also without the walk over those who wait."""
    chance = random.Random(seed)
    numbers = chance.sample(range(100), 30)
    open_: list[Claim] = []
    while numbers or open_ or store.counts()["queued"]:
        if numbers and chance.random() < 0.6:
            letters = chance.sample("abcdef", chance.choice((1, 2, 2, 3)))
            links = tuple(f"pay:school:{letter}" for letter in letters)
            keep(store, a_delivery(id=f"dlv_{numbers.pop():02}", function="CreateOrder", makes=links))
        if chance.random() < 0.7:
            open_ += store.claim("w1", chance.choice((1, 3)), [SCHOOL])[1]
        making = Counter(link for one in open_ if "made" not in one.links for link in one.delivery.makes)
        assert not making or max(making.values()) == 1
        if open_ and chance.random() < 0.5:
            ended = open_.pop(chance.randrange(len(open_)))
            works = "made" in ended.links or (seed % 3 and chance.random() < 0.5)  # in every third trial nothing works
            end(store, ended, Trigger.ACCEPTED if works else Trigger.REFUSED)
    assert store.counts()["waiting"] == 0
    assert store.counts()["delivered"] + store.counts()["dead"] == 30
