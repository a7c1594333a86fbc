"""What the audit lets pass, and nothing beside it: what a full store may forget, what is left to a person."""

from __future__ import annotations

import json

from benchmarks.chaos.books import read_books
from benchmarks.chaos.sent import DOMAIN, LEAD, ORDER, PAYMENT, REFUSED
from benchmarks.chaos.unsure import unsure
from benchmarks.chaos.violation import Violation
from relay import keys
from tests.chaos.conftest import World, again, without


def test_a_store_that_made_room_may_forget_what_was_delivered(world: World) -> None:
    """And nothing else: not what was never made, and no dead letter."""
    for kind in (LEAD, ORDER):
        world.redis.delete(world.event(kind), world.delivery(kind))
    kinds = {"index-of-nothing"}  # only because the indexes were not cleaned here
    assert world.wrong(forgetful=True) == kinds
    world.seen = without(world.seen, "CreateOrder")
    assert world.wrong(forgetful=True) == kinds | {"never-made"}
    world.redis.delete(world.event(REFUSED))
    assert "event-missing" in world.wrong(forgetful=True)


def test_whose_an_event_without_its_body_is(world: World) -> None:
    """Who made room has removed it; what the sender heard tells, or the mark where nobody was answered."""
    key = world.event(LEAD)
    world.redis.hdel(key, "body", "zbody")
    world.redis.hset(key, "body_removed", "1")
    assert world.wrong() == {"stranger-event"}
    assert world.wrong(forgetful=True) == set()
    world.sent[0].answers.clear()
    assert world.wrong(forgetful=True) == {"stranger-event"}
    world.redis.set(keys.seen(LEAD, f"id:{world.sent[0].body['id']}"), key.removeprefix(keys.EVENT))
    assert world.wrong(forgetful=True) == set()
    world.seen = without(world.seen, "AddLeadToGroup")
    assert "never-made" in world.wrong(forgetful=True)
    world.redis.copy(key, keys.EVENT + "evt_second")
    assert "stranger-event" in world.wrong(forgetful=True)


def test_what_is_left_to_a_person_must_be_expected(world: World) -> None:
    """By the words of its note; as a rule there is none."""
    world.redis.hset(world.delivery(PAYMENT), mapping={"state": "dead", "reason": "uncertain", "note": "looks older"})
    found = unsure(read_books(world.redis), world.sent)
    assert [one.about for one in found.unexpected("")] == [world.ids[PAYMENT]]
    assert [one.about for one in found.unexpected("several orders")] == [world.ids[PAYMENT]]
    assert list(found.unexpected("looks older")) == []


def test_orders_that_a_person_must_decide_on(world: World) -> None:
    """An order whose fate nobody can tell may have been made or not, but not twice; its payment waits."""
    params = json.dumps({"bill_email": f"order1@{DOMAIN}"})
    world.redis.hset(world.delivery(ORDER), mapping={"state": "dead", "reason": "uncertain", "params": params})
    world.redis.hset(world.delivery(PAYMENT), mapping={"state": "waiting", "awaits": "bill:school:1"})
    found = unsure(read_books(world.redis), world.sent)
    assert list(found.told) == [world.ids[ORDER]]
    assert {f"{PAYMENT}-1", world.ids[PAYMENT]} <= found.waits
    assert found.excuses(Violation("unfinished", f"{PAYMENT}-1", ""))
    assert not found.excuses(Violation("made-twice", f"{PAYMENT}-1", ""))
    assert not found.excuses(Violation("unfinished", f"{LEAD}-1", ""))
    assert "wrong-end" not in world.wrong()
    again(world, ORDER)
    assert "made-twice" in world.wrong()
