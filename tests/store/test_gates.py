"""Gates: what is held behind a closed one, who is let through to probe it, and what comes back when it opens."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest
from redis import Redis

from relay import keys
from relay.gating import Resumed, pause, resume
from relay.lifecycle import Trigger
from relay.models import Attempt
from relay.store import Move, Store
from tests.support.making import CLOSED, SCHOOL, a_delivery, claim_all, keep, state_of


def test_behind_a_closed_gate_everything_is_held(store: Store) -> None:
    """Nothing is claimed; on opening all of it is queued again."""
    for _ in range(7):
        keep(store, a_delivery())
    assert store.close_gate(CLOSED)
    assert not store.close_gate(CLOSED)
    assert claim_all(store) == []
    assert store.counts()["held"] == store.held_count("account:school") == 7
    store.open_gate("account:school")
    assert store.counts()["queued"] == 7
    assert len(claim_all(store)) == 7


def test_the_gate_of_one_function_lets_the_others_pass(store: Store) -> None:
    """CreateOrder is switched off for the account; leads go on."""
    order, lead = a_delivery(function="CreateOrder"), a_delivery()
    keep(store, order)
    keep(store, lead)
    store.close_gate(replace(CLOSED, name="function:school:CreateOrder"))
    assert [claim.delivery.id for claim in claim_all(store)] == [lead.id]
    assert state_of(store, order.id) == "held"


def test_a_gate_of_a_hook_holds_its_own(store: Store) -> None:
    """Another hook of the same account goes on."""
    mine, other = a_delivery(), a_delivery(hook="other")
    keep(store, mine)
    keep(store, other, hook="other")
    store.close_gate(replace(CLOSED, name="hook:webinar"))
    assert [claim.delivery.id for claim in claim_all(store)] == [other.id]


def test_a_probe_lets_one_through(store: Store) -> None:
    """One goes, the rest stay held until its outcome is known."""
    for _ in range(4):
        keep(store, a_delivery())
    store.close_gate(CLOSED)
    claim_all(store)
    assert store.probe_gate("account:school")
    [probe] = claim_all(store)
    assert probe.links["probe"] == "account:school"
    keep(store, a_delivery())
    assert claim_all(store) == []
    assert store.counts()["held"] == 4


def test_a_probe_that_reached_nobody_closes_again_until_its_time(store: Store) -> None:
    """And the gate's reason stays what it was."""
    store.close_gate(CLOSED)
    store.probe_gate("account:school")
    store.probe_failed("account:school", until=store.now_ms() + 30)
    gate = store.gates()["account:school"]
    assert (gate.state, gate.code) == ("closed", 4)
    assert store.gates_due() == []
    time.sleep(0.04)
    assert store.gates_due() == ["account:school"]


def test_what_was_held_by_a_gate_that_is_gone_is_found(store: Store) -> None:
    """A process was killed between opening the gate and releasing the rest."""
    keep(store, a_delivery())
    store.close_gate(CLOSED)
    claim_all(store)
    store.redis.hdel(keys.GATES, "account:school")
    assert store.held_without_gate() == ["account:school"]
    store.release_held("account:school")
    assert store.held_without_gate() == []
    assert store.counts()["queued"] == 1


def test_a_probe_that_has_to_wait_is_no_probe(store: Store) -> None:
    """A payment is let through while its order stands behind the same gate: the order goes next, not hours later."""
    payment = a_delivery(id="dlv_1", function="UpdateOrderStatus", awaits=("bill:school:1",), wait=3600.0)
    order = a_delivery(id="dlv_2", function="CreateOrder", makes="bill:school:1")
    store.close_gate(replace(CLOSED, reason="account-unreachable"))
    keep(store, payment)
    keep(store, order)
    assert claim_all(store) == []
    assert store.counts()["held"] == 2
    store.probe_gate("account:school")
    assert claim_all(store) == []
    assert state_of(store, payment.id) == "waiting"
    store.prod_probes()
    [claim] = claim_all(store)
    assert (claim.delivery.id, claim.links["probe"]) == (order.id, "account:school")


def test_a_probe_whose_sweeper_was_killed_is_let_through_by_the_next(store: Store, redis: Redis) -> None:
    """Killed between telling that the gate is probed and letting one through; nothing new comes in."""
    store.close_gate(CLOSED)
    keep(store, a_delivery())
    claim_all(store)
    redis.hset(keys.GATES, CLOSED.name, json.dumps({"name": CLOSED.name, "state": "probing", "since": 1}))
    store.prod_probes()
    [claim] = claim_all(store)
    assert claim.links["probe"] == CLOSED.name
    store.prod_probes()
    assert store.counts()["queued"] == 0


@pytest.mark.parametrize("gone", [False, True])
def test_a_probe_that_ends_without_an_answer_is_followed_by_another(store: Store, redis: Redis, gone: bool) -> None:
    """A fault of ours ended it, or it is not there any more: the others do not stay held for ever."""
    store.close_gate(replace(CLOSED, reason="account-unreachable"))
    for _ in range(3):
        keep(store, a_delivery())
    assert claim_all(store) == []
    store.probe_gate("account:school")
    [probe] = claim_all(store)
    store.prod_probes()
    assert claim_all(store) == [], "while it is on its way nobody else goes"
    if gone:
        redis.delete(keys.DELIVERY + probe.delivery.id)
    else:
        store.move(Move(probe.delivery, Trigger.GAVE_UP, Attempt(1, 1, 1), {"reason": "internal-error"}))
    store.prod_probes()
    [another] = claim_all(store)
    assert another.delivery.id != probe.delivery.id
    assert another.links["probe"] == "account:school"


def test_a_persons_pause_outlives_one_that_ends_by_itself(store: Store) -> None:
    """JustClick was unreachable when somebody pressed Pause: when it is back, nothing is sent until they resume."""
    store.close_gate(replace(CLOSED, reason="account-unreachable", until=1))
    assert pause(store, "account:school", "moving house")
    assert store.gates_due() == []
    assert not pause(store, "account:school")
    assert not store.close_gate(replace(CLOSED, reason="account-unreachable", until=1))
    standing = store.gates()["account:school"]
    assert (standing.reason, standing.text, standing.until) == ("operator", "moving house", None)


def test_whoever_is_still_busy_with_the_reason_before_leaves_a_persons_pause_alone(store: Store) -> None:
    """A code 4 was being checked, or a probe was on its way, when somebody pressed Pause."""
    store.close_gate(replace(CLOSED, until=1))
    pause(store, "account:school")
    store.open_gate("account:school")
    store.probe_failed("account:school", until=1)
    assert not store.probe_gate("account:school")
    assert (store.gates()["account:school"].reason, store.gates_due()) == ("operator", [])
    assert resume(store, "account:school") is Resumed.OPENED
    assert store.gates() == {}


def test_a_note_with_half_an_emoji_stops_nobody(store: Store, redis: Redis) -> None:
    """Cut by somebody's JavaScript; nor does a record that cannot be read stop other accounts."""
    assert pause(store, "account:another", "till monday \ud83d")
    assert store.gates()["account:another"].text == "till monday ?"
    redis.hset(keys.GATES, "account:broken", '{"text": "\\ud83d"}')
    keep(store, a_delivery())
    keep(store, a_delivery(account="broken"))
    assert len(claim_all(store)) == 1
    assert claim_all(store, account=replace(SCHOOL, name="broken")) == []


def test_gates_are_kept_in_a_full_store(store: Store, redis: Redis) -> None:
    """Otherwise what comes of a call could not be decided, and would be made again and again."""
    keep(store, a_delivery())
    redis.config_set("maxmemory", 1)
    try:
        assert store.close_gate(CLOSED)
        assert store.probe_gate("account:school")
        store.probe_failed("account:school", until=5)
        assert store.gates()["account:school"].until == 5
        assert store.first_event("webinar", "7", "evt_1", 60_000) == "evt_1"
    finally:
        redis.config_set("maxmemory", 0)


def test_what_is_let_go_twice_is_in_no_gates_list(store: Store, redis: Redis) -> None:
    """Two sweepers saw it held by one gate; one let it go, then another gate held it, then the second one let it go."""
    one = a_delivery()
    keep(store, one)
    store.close_gate(CLOSED)
    claim_all(store)
    [seen] = store.brief([one.id])
    store.open_gate("account:school")
    store.close_gate(replace(CLOSED, name="hook:webinar"))
    claim_all(store)
    assert store.held_count("hook:webinar") == 1
    store.move(Move(seen, Trigger.RESUMED))
    assert state_of(store, one.id) == "queued"
    assert store.held_count("hook:webinar") == 0
