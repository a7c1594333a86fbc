"""What is written when an event is kept and when a delivery moves, as Redis commands. Pure: it knows no connection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from relay import keys, queue
from relay.lifecycle import TRANSITIONS, State, Trigger, target
from relay.models import Attempt, Delivery, Event
from relay.store import codec, took
from relay.store.scripts import Command

LINK_SECONDS = 180 * 86400  # an order's payment may come half a year later (issue of the contract: bill_of)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a delivery that asks the sender has brought: the answers, and the calls that follow from them."""

    answers: Mapping[str, Any]
    births: Sequence[Delivery]
    words: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """One step of one delivery: what is written with it. ``fields`` set to None are removed."""

    delivery: Delivery
    trigger: Trigger
    attempt: Attempt | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    hold: str | None = None  # the gate that holds it from now on
    found: Sequence[str] = ()  # more words under which it can be found (a bill_id)
    fetched: Fetched | None = None


# ---------------------------------------------------------------- what is written
def event_commands(event: Event, words: Iterable[str]) -> Iterator[Command]:
    words = list(words)
    listed = ["words", codec.to_json(words)] if words else []  # retention removes what stands under them
    yield ["HSET", keys.EVENT + event.id, *codec.event_fields(event), *listed]
    yield ["ZADD", keys.EVENTS, 0, event.id]
    yield ["ZADD", keys.events_of(event.hook), 0, event.id]
    yield ["HINCRBY", keys.COUNTS, f"accepted:{event.hook}", 1]
    for word in words:
        members = [part for id_ in (event.id, *event.deliveries) for part in (0, id_)]
        yield ["ZADD", keys.find(word), *members]


def birth_commands(delivery: Delivery) -> Iterator[Command]:
    yield ["HSET", keys.DELIVERY + delivery.id, *codec.delivery_fields(delivery)]
    of_kind = (keys.of_hook(delivery.hook), keys.of_function(delivery.function))
    for index in (keys.ALL, keys.in_state(delivery.state), *of_kind):
        yield ["ZADD", index, 0, delivery.id]
    yield from _code_indexes(delivery, None, delivery.code)
    if delivery.state == State.QUEUED:
        yield from queue.job_commands(delivery.id, delivery.account, is_live=delivery.live)
    elif delivery.state == State.DEAD:
        yield from dead_indexes(delivery, delivery.code)


def move_commands(move: Move) -> Iterator[Command]:
    delivery, origin, goal = move.delivery, TRANSITIONS[move.trigger][0], target(move.trigger)
    yield from _leave(origin, delivery)
    yield from _write(move)
    if "doubtful_since" in move.fields and not move.fields["doubtful_since"]:  # a person has looked
        for link in delivery.makes:
            yield ["DEL", keys.DOUBT + link]
    yield from _arrive(goal, move)
    if move.fetched:
        yield from _fetched_commands(delivery, move.fetched)


def _leave(origin: frozenset[State], delivery: Delivery) -> Iterator[Command]:
    key = keys.DELIVERY + delivery.id
    if State.SENDING in origin:
        yield ["SREM", keys.IN_FLIGHT + delivery.account, delivery.id]
        yield ["HDEL", key, "claimed_by", "claimed_at"]
        if claimed_by := (delivery.attempts[-1].worker if delivery.attempts else None):
            yield ["SREM", keys.CLAIMS + claimed_by, delivery.id]
    elif State.RETRYING in origin:
        yield ["ZREM", keys.DUE, delivery.id]
        yield ["HDEL", key, "next_attempt_at"]
    elif State.WAITING in origin:
        yield ["ZREM", keys.WAIT_UNTIL, delivery.id]
        for link in (*delivery.awaits, *delivery.makes):
            yield ["SREM", keys.WAITERS + link, delivery.id]
    elif State.HELD in origin:
        yield ["HDEL", key, "held_by"]
    elif State.DEAD in origin:
        yield ["HDEL", key, "waits_since"]
        yield from dead_indexes(delivery, delivery.code, gone=True)


def _write(move: Move) -> Iterator[Command]:
    key = keys.DELIVERY + move.delivery.id
    written: list[str | bytes] = []
    for name, value in move.fields.items():
        if value is None:
            yield ["HDEL", key, name]
        else:
            written += [name, codec.field_text(name, value)]
    if move.attempt:
        written += [f"a{move.attempt.number}", codec.attempt_text(move.attempt)]
    if written:
        yield ["HSET", key, *written]
    if "code" in move.fields:
        yield from _code_indexes(move.delivery, move.delivery.code, move.fields["code"])
    for word in move.found:
        yield ["ZADD", keys.find(word), 0, move.delivery.id]


def _arrive(goal: State, move: Move) -> Iterator[Command]:
    delivery = move.delivery
    if goal is State.QUEUED:
        # What has just come in keeps its place among the live ones, even if its first try was interrupted; retries and
        # replays go behind them.
        yield from queue.job_commands(delivery.id, delivery.account, is_live=_goes_live(move))
    elif goal is State.RETRYING:
        yield ["ZADD", keys.DUE, move.fields["next_attempt_at"], delivery.id]
    elif goal is State.HELD and move.hold:
        yield ["HSET", keys.DELIVERY + delivery.id, "held_by", move.hold]
        yield ["ZADD", keys.HELD + move.hold, 0, delivery.id]
        yield ["SADD", keys.HOLDING, move.hold]
    elif goal is State.DELIVERED:
        yield ["HINCRBY", keys.COUNTS, "delivered", 1]
        yield from took.commands(move.delivery, move.attempt)
        yield from _links(move)
    elif goal is State.DEAD:
        code = move.fields.get("code", delivery.code)
        yield from dead_indexes(delivery, code)
        yield ["HINCRBY", keys.COUNTS, f"dead:{code if code is not None else move.fields.get('reason', '')}", 1]
    if goal in (State.DELIVERED, State.DEAD) and move.trigger is not Trigger.EXPIRED:  # who waited was not the maker
        doubt = _doubt_left(goal, move)
        for link in delivery.makes:
            yield ["DEL", keys.MAKING + link]
            yield ["SET", keys.DOUBT + link, doubt, "EX", LINK_SECONDS] if doubt else ["DEL", keys.DOUBT + link]


def _goes_live(move: Move) -> bool:
    delivery = move.delivery
    was_interrupted = move.trigger is Trigger.ORPHANED or delivery.reason == "interrupted"
    if was_interrupted and delivery.live and delivery.tries == 1:
        return True
    return move.trigger in (Trigger.FOUND, Trigger.RESUMED) and delivery.has_just_come


def _doubt_left(goal: State, move: Move) -> int | None:
    """Since when nobody knows whether, or as what, this order was made: whoever makes the same one next has to look."""
    if goal is State.DEAD:
        since: int | None = move.fields.get("doubtful_since", move.delivery.doubtful_since)
        return since
    has_number = isinstance(result := move.fields.get("result"), Mapping) and result.get("bill_id")
    if has_number or move.attempt is None or move.attempt.code != 0:
        return None
    return move.attempt.started_at


def _fetched_commands(delivery: Delivery, fetched: Fetched) -> Iterator[Command]:
    """The calls that the sender's answers led to are born in the same step that ends the question."""
    ids = (delivery.id, *(one.id for one in fetched.births))
    told = ["fetched", codec.to_json(fetched.answers), "deliveries", " ".join(ids)]
    if fetched.words:
        told += ["fetched_words", codec.to_json(list(fetched.words))]
    yield ["HSET", keys.EVENT + delivery.event_id, *told]
    for word in fetched.words:
        members = [part for id_ in (delivery.event_id, *ids) for part in (0, id_)]
        yield ["ZADD", keys.find(word), *members]
    for one in fetched.births:
        yield from birth_commands(one)


def _links(move: Move) -> Iterator[Command]:
    delivery, result = move.delivery, move.fields.get("result")
    if isinstance(result, Mapping) and result.get("bill_id"):
        for link in delivery.makes:
            yield ["SET", keys.LINK + link, codec.to_json(result["bill_id"]), "EX", LINK_SECONDS]
    if delivery.shared:
        link = keys.result_link(delivery.event_id, delivery.name)
        yield ["SET", keys.LINK + link, codec.to_json(result), "EX", LINK_SECONDS]


def _code_indexes(delivery: Delivery, old: int | None, new: int | None) -> Iterator[Command]:
    if old and old != new:
        yield ["ZREM", keys.of_code(old), delivery.id]
    if new and old != new:
        yield ["ZADD", keys.of_code(new), 0, delivery.id]


def dead_indexes(delivery: Delivery, code: int | None, *, gone: bool = False) -> Iterator[Command]:
    """Where what becomes a dead letter is listed and counted; ``gone``: what is none any more. To be run once."""
    for kind, value in (("hook", delivery.hook), ("function", delivery.function), ("code", code)):
        if value is not None:
            key = keys.dead_of(kind, value)
            yield ["ZREM", key, delivery.id] if gone else ["ZADD", key, 0, delivery.id]
    of_kind = codec.to_json([delivery.hook, delivery.function, code, delivery.account])
    yield ["HINCRBY", keys.DEAD_COUNTS, of_kind, -1 if gone else 1]
