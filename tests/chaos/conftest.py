"""Sound books for the tests of the audit: what was promised, what the store holds, what JustClick saw."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

import pytest
from redis import Redis

from benchmarks.chaos import audit
from benchmarks.chaos.books import read_books
from benchmarks.chaos.justclick import Seen
from benchmarks.chaos.sent import LEAD, ORDER, PAYMENT, REFUSED, UNMAPPABLE, Answered, Webhook
from relay import keys
from relay.lifecycle import Trigger
from relay.models import Attempt, Delivery
from relay.store import Move, Store
from tests.support.making import SCHOOL, a_delivery, an_event


@dataclass
class World:
    """Sound books: a lead, an order with its payment, a refusal, one that could not be mapped."""

    redis: Redis
    sent: list[Webhook]
    seen: list[Seen]
    ids: dict[str, str]  # kind -> delivery

    def wrong(self, **how: bool) -> set[str]:
        return {one.kind for one in audit.audit(read_books(self.redis), self.seen, self.sent, **how)}

    def delivery(self, kind: str) -> str:
        return keys.DELIVERY + self.ids[kind]

    def event(self, kind: str) -> str:
        return keys.EVENT + next(one.kept.event_id for one in self.sent if one.kind == kind and one.kept)


@pytest.fixture
def world(store: Store, redis: Redis) -> World:
    found = World(redis, [], [], {})
    for kind, function in ((LEAD, "AddLeadToGroup"), (ORDER, "CreateOrder"), (PAYMENT, "UpdateOrderStatus")):
        one = _keep(found, store, kind, function)
        _end(found, store, one, Trigger.ACCEPTED, 0)
    _end(found, store, _keep(found, store, REFUSED, "AddLeadToGroup"), Trigger.REFUSED, 103)
    _keep(found, store, UNMAPPABLE, "AddLeadToGroup")
    return found


def _keep(world: World, store: Store, kind: str, function: str) -> Webhook:
    one = Webhook(1, kind)
    dead = kind == UNMAPPABLE
    event = an_event(hook=one.hook)
    changes = {"state": "dead", "problems": {"email": ["There is none."]}, "reason": "no-contact"} if dead else {}
    delivery = a_delivery(event.id, hook=one.hook, function=function, **changes)
    event = replace(event, deliveries=(delivery.id,), body=json.dumps(one.body).encode())
    store.keep(event, [delivery], idempotency_key=f"id:{kind}", window_ms=60_000, words=(), max_per_minute=1000)
    one.answers.append(Answered(10.0, 0.01, 200, event.id))
    world.sent.append(one)
    world.ids[kind] = delivery.id
    return one


def _end(world: World, store: Store, one: Webhook, trigger: Trigger, code: int) -> None:
    [claim] = store.claim("w1", 1, [SCHOOL])[1]
    attempt = Attempt(1, claim.delivery.attempts[0].started_at, 5, 200, code, "", trigger=trigger.value, worker="w1")
    assert store.move(Move(claim.delivery, trigger, attempt, {"code": code}))
    world.seen.append(_call(world, claim.delivery, one, code))


def _call(world: World, delivery: Delivery, one: Webhook, code: int) -> Seen:
    return Seen(len(world.seen), 10.1, delivery.function, one.who, {}, True, code == 0, code, 10.2)


def again(world: World, kind: str) -> None:
    """JustClick sees the call of this event a second time."""
    who = next(one for one in world.sent if one.kind == kind).who
    world.seen.append(replace(next(call for call in world.seen if call.who == who), number=99))


def without(calls: Iterable[Seen], function: str) -> list[Seen]:
    return [call for call in calls if call.function != function]
