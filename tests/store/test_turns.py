"""Whose turn it is: accounts among each other, live events before replays and retries."""

from __future__ import annotations

from dataclasses import replace

import pytest
from redis import Redis

from relay import keys, queue
from relay.lifecycle import Trigger
from relay.models import Account, Attempt
from relay.store import Gate, Move, Store
from tests.support.making import SCHOOL, a_delivery, claim_all, keep


def test_accounts_take_turns(store: Store) -> None:
    """A thousand waiting deliveries of one account do not stand before one of another."""
    other = replace(SCHOOL, name="shop")
    for _ in range(50):
        keep(store, a_delivery())
    keep(store, a_delivery(account="shop"))
    _, claims = store.claim("w1", 4, [SCHOOL, other])
    assert "shop" in {claim.delivery.account for claim in claims}


def test_live_events_go_before_replays(store: Store) -> None:
    """A replay stands in the account's second queue."""
    old, new = a_delivery(live=False), a_delivery()
    keep(store, old)
    keep(store, new)
    _, claims = store.claim("w1", 1, [SCHOOL])
    assert claims[0].delivery.id == new.id


def postponed(store: Store) -> str:
    """A delivery whose first try failed, and whose retry is due."""
    keep(store, a_delivery())
    [claim] = store.claim("w1", 1, [SCHOOL])[1]
    due = {"next_attempt_at": store.now_ms()}
    assert store.move(Move(claim.delivery, Trigger.POSTPONED, Attempt(1, 1, 1), due))
    return claim.delivery.id


@pytest.mark.parametrize("how", ["due", "held meanwhile", "rebuilt"])
def test_live_events_go_before_retries_of_old_ones(store: Store, redis: Redis, how: str) -> None:
    """However they come back: in time, behind a pause that has ended, or because their job was lost."""
    old = postponed(store)
    if how == "held meanwhile":
        store.close_gate(Gate("account:school", since=1))
    assert store.put_due() == 1
    if how == "held meanwhile":
        assert claim_all(store) == []
        store.open_gate("account:school")
    if how == "rebuilt":
        redis.delete(keys.QUEUE + queue.later("school"))
        assert store.requeue_lost(queue.names(["school"])) == 1
    new = a_delivery()
    keep(store, new)
    assert [claim_all(store, room=1)[0].delivery.id for _ in range(2)] == [new.id, old]


def test_a_live_event_whose_first_try_was_interrupted_keeps_its_place(store: Store) -> None:
    """Its worker died: it is still one that has just come in."""
    replay, live = a_delivery(live=False), a_delivery()
    keep(store, live)
    claim_all(store, "dying")
    keep(store, replay)
    store.bury("dying", "The worker died.")
    assert claim_all(store, room=1)[0].delivery.id == live.id


def busy(store: Store, account: Account, count: int) -> None:
    for _ in range(count):
        keep(store, a_delivery(account=account.name))


def test_an_account_whose_calls_take_long_leaves_slots_to_the_others(store: Store) -> None:
    """16 slots, of which a quarter is kept for who has none open; what is free goes to who has fewest."""
    slow, fast = replace(SCHOOL, name="slow", max_in_flight=64), replace(SCHOOL, name="fast", max_in_flight=64)
    busy(store, slow, 50)
    _, claims = store.claim("w1", 16, [slow, fast], slots=16)
    assert len(claims) == 12
    assert store.claim("w1", 4, [slow, fast], slots=16, open_calls={"slow": 12})[1] == []
    busy(store, fast, 30)
    _, claims = store.claim("w1", 4, [slow, fast], slots=16, open_calls={"slow": 12})
    assert [claim.delivery.account for claim in claims] == ["fast"] * 4
    for open_calls in ({"slow": 12, "fast": 3}, {"slow": 11, "fast": 4}):  # one slot becomes free: theirs, then ours
        [claim] = store.claim("w1", 1, [slow, fast], slots=16, open_calls=open_calls)[1]
        assert claim.delivery.account == "fast"


def test_accounts_that_are_alone_have_all_slots(store: Store) -> None:
    """Nothing is kept for nobody, and a worker of very few slots keeps none."""
    slow, fast = replace(SCHOOL, name="slow", max_in_flight=64), replace(SCHOOL, name="fast", max_in_flight=64)
    busy(store, slow, 40)
    assert len(store.claim("w1", 16, [slow], slots=16)[1]) == 16
    assert len(store.claim("w2", 3, [slow, fast], slots=3)[1]) == 3
