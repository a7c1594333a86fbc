"""The writing half of the store: keep, claim, move. Every change of a delivery goes through one of the three."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from redis.exceptions import RedisError

from relay import keys, queue
from relay.errors import StoreFull, StoreUnavailable
from relay.lifecycle import TRANSITIONS, State, Trigger, target
from relay.models import Account, Attempt, Delivery, Event
from relay.store import codec
from relay.store.scripts import Command, Scripts, packed

ON_BELL, ON_LIMIT = -1.0, -2.0  # when to claim again: when the bell rings; when a call in flight has ended
LINK_SECONDS = 180 * 86400  # an order's payment may come half a year later (issue of the contract: bill_of)


@dataclass(frozen=True, slots=True)
class Kept:
    event_id: str
    duplicate: bool = False
    over_allowance: bool = False  # nothing was kept: more requests than the hook may send in a minute


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is ours to send, and the links that it asked for.

    ``links["made"]`` is there when the order that it would make has been made already; ``links["probe"]`` when a gate
    let it through to see what happens. ``asked_at`` is time.monotonic() before the store was asked for it.
    """

    delivery: Delivery
    links: Mapping[str, Any]
    asked_at: float = field(default_factory=time.monotonic)


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


@contextmanager
def available() -> Iterator[None]:
    """Turns whatever the Redis client raises into one error of ours."""
    try:
        yield
    except RedisError as error:
        raise StoreUnavailable(f"The store does not answer as it should: {error}") from error


class Ledger:
    """Keep, claim and move; the other parts of the store build on it."""

    redis: Any  # a Redis client; redis-py types every answer as bytes or str, ours are always bytes
    scripts: Scripts

    def now_ms(self) -> int:
        """The store's clock: the hosts' clocks may differ."""
        with available():
            seconds, micros = self.redis.time()
        return int(seconds) * 1000 + int(micros) // 1000

    # ------------------------------------------------------------ keep
    def keep(
        self,
        event: Event,
        deliveries: Sequence[Delivery],
        *,
        idempotency_key: str,
        window_ms: int,
        words: Iterable[str],
        max_per_minute: int,
    ) -> Kept:
        """Stores an event with its deliveries and their jobs in one atomic step, before it is answered.

        ``words`` are what it can be found by (e-mail, phone, order number). Raises StoreUnavailable,
        and StoreFull when only the reserve for deliveries is left.
        """
        commands = [*_event_commands(event, words), *(line for one in deliveries for line in _birth_commands(one))]
        with available():
            became, first = self.scripts.keep(
                keys=[keys.seen(event.hook, idempotency_key), keys.allowance(event.hook)],
                args=[event.id, window_ms, max_per_minute, packed(commands)],
            )
        if became == b"no-room":
            raise StoreFull
        return Kept(first.decode(), duplicate=became == b"repeated", over_allowance=became == b"full")

    def first_event(self, hook: str, idempotency_key: str, event_id: str, window_ms: int) -> str:
        """The event that has this key: this one, if nobody was before it."""
        key = keys.seen(hook, idempotency_key)
        with available():
            self.redis.set(key, event_id, nx=True, px=window_ms)
            return str((self.redis.get(key) or event_id.encode()).decode())

    # ------------------------------------------------------------ claim
    def claim(
        self, worker: str, room: int, accounts: Iterable[Account], *, only: str = ""
    ) -> tuple[float, list[Claim]]:
        """When to ask again (seconds, ON_BELL or ON_LIMIT), and at most ``room`` deliveries to send now.

        ``only``: the one delivery that is wanted, for RQ's stock workers, which pop the job themselves.
        """
        args: list[str | int | float] = [worker, room, only]
        for account in accounts:
            spacing = 1000 / account.max_per_second if account.max_per_second else 0
            args += [account.name, queue.live(account.name), queue.later(account.name), account.max_in_flight, spacing]
        asked_at = time.monotonic()
        with available():
            again, *taken = self.scripts.claim(keys=[], args=args)
        claims = [
            Claim(codec.read_delivery(id_.decode(), _pairs(raw)), _read_links(links), asked_at)
            for id_, raw, links in zip(taken[::3], taken[1::3], taken[2::3], strict=True)
        ]
        return (again / 1000 if again >= 0 else float(again)), claims

    def still_holds(self, worker: str, delivery: Delivery) -> bool:
        """Whether this claim is still the worker's: it may have been taken for dead and its claims put back."""
        with available():
            found = self.redis.hmget(keys.DELIVERY + delivery.id, "state", "number", "claimed_by")
        return [value and value.decode() for value in found] == [State.SENDING, str(delivery.number), worker]

    def wait_for_bell(self, seconds: float) -> bool:
        """Sleeps until there may be work, ``seconds`` at most."""
        with available():
            return self.redis.blpop([keys.BELL], timeout=max(seconds, 0.01)) is not None

    # ------------------------------------------------------------ move
    def move(self, move: Move) -> bool:
        """False when the delivery no longer stands where the mover saw it: somebody else has moved it."""
        return self.move_all([move])[0]

    def move_all(self, moves: Sequence[Move]) -> list[bool]:
        """Each move is one atomic step; together they are one round trip. Afterwards those who waited go on."""
        with available():
            pipeline = self.redis.pipeline(transaction=False)
            for move in moves:
                allowed = "," + ",".join(TRANSITIONS[move.trigger][0]) + ","
                # Only a claim has a number that another claim can overtake.
                number = move.delivery.number if State.SENDING in TRANSITIONS[move.trigger][0] else ""
                self.scripts.move(
                    keys=[keys.DELIVERY + move.delivery.id],
                    args=[allowed, number, target(move.trigger), packed(_move_commands(move))],
                    client=pipeline,
                )
            moved = [bool(answer) for answer in pipeline.execute()]
        for move, done in zip(moves, moved, strict=True):
            if done and target(move.trigger) in (State.DELIVERED, State.DEAD):
                for link in move.delivery.makes:
                    self.wake(link)
            if done and move.delivery.shared and target(move.trigger) is State.DELIVERED:
                self.wake(keys.result_link(move.delivery.event_id, move.delivery.name))
        return moved

    def wake(self, link: str) -> int:
        """Puts all that wait for this link back on their queues; each claims, looks and goes on or waits again."""
        with available():
            waiting = [id_.decode() for id_ in self.redis.smembers(keys.WAITERS + link)]
        return sum(self.move_all([Move(one, Trigger.FOUND) for one in self.brief(waiting)])) if waiting else 0

    def brief(self, ids: Sequence[str]) -> list[Delivery]:
        """The deliveries with these ids; those that are gone are left out."""
        with available():
            pipeline = self.redis.pipeline(transaction=False)
            for id_ in ids:
                pipeline.hgetall(keys.DELIVERY + id_)
            found = pipeline.execute()
        return [codec.read_delivery(id_, raw) for id_, raw in zip(ids, found, strict=True) if raw]


# ---------------------------------------------------------------- what is written
def _event_commands(event: Event, words: Iterable[str]) -> Iterator[Command]:
    yield ["HSET", keys.EVENT + event.id, *codec.event_fields(event)]
    yield ["ZADD", keys.EVENTS, 0, event.id]
    yield ["ZADD", keys.events_of(event.hook), 0, event.id]
    yield ["HINCRBY", keys.COUNTS, f"accepted:{event.hook}", 1]
    words = list(words)
    if words:  # retention removes what stands under them
        yield ["HSET", keys.EVENT + event.id, "words", codec.to_json(words)]
    for word in words:
        members = [part for id_ in (event.id, *event.deliveries) for part in (0, id_)]
        yield ["ZADD", keys.find(word), *members]


def _birth_commands(delivery: Delivery) -> Iterator[Command]:
    yield ["HSET", keys.DELIVERY + delivery.id, *codec.delivery_fields(delivery)]
    of_kind = (keys.of_hook(delivery.hook), keys.of_function(delivery.function))
    for index in (keys.ALL, keys.in_state(delivery.state), *of_kind):
        yield ["ZADD", index, 0, delivery.id]
    if delivery.state == State.QUEUED:
        yield from queue.job_commands(delivery.id, delivery.account, is_live=delivery.live)
    elif delivery.state == State.DEAD:
        yield from dead_indexes("ZADD", delivery, delivery.code)


def _move_commands(move: Move) -> Iterator[Command]:
    delivery, origin, goal = move.delivery, TRANSITIONS[move.trigger][0], target(move.trigger)
    yield from _leave(origin, delivery)
    yield from _write(move)
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
        if delivery.held_by:
            yield ["ZREM", keys.HELD + delivery.held_by, delivery.id]
        yield ["HDEL", key, "held_by"]
    elif State.DEAD in origin:
        yield from dead_indexes("ZREM", delivery, delivery.code)


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
    for word in move.found:
        yield ["ZADD", keys.find(word), 0, move.delivery.id]


def _arrive(goal: State, move: Move) -> Iterator[Command]:
    delivery = move.delivery
    if goal is State.QUEUED:
        # What has just come in keeps its place among the live ones; retries and replays go behind them.
        live = delivery.live and move.trigger in (Trigger.FOUND, Trigger.RESUMED, Trigger.ORPHANED)
        yield from queue.job_commands(delivery.id, delivery.account, is_live=live)
    elif goal is State.RETRYING:
        yield ["ZADD", keys.DUE, move.fields["next_attempt_at"], delivery.id]
    elif goal is State.HELD and move.hold:
        yield ["HSET", keys.DELIVERY + delivery.id, "held_by", move.hold]
        yield ["ZADD", keys.HELD + move.hold, 0, delivery.id]
        yield ["SADD", keys.HOLDING, move.hold]
    elif goal is State.DELIVERED:
        yield ["HINCRBY", keys.COUNTS, "delivered", 1]
        yield from _links(move)
    elif goal is State.DEAD:
        code = move.fields.get("code", delivery.code)
        yield from dead_indexes("ZADD", delivery, code)
        yield ["HINCRBY", keys.COUNTS, f"dead:{code if code is not None else move.fields.get('reason', '')}", 1]
    if goal in (State.DELIVERED, State.DEAD) and move.trigger is not Trigger.EXPIRED:  # who waited was not the maker
        for link in delivery.makes:
            yield ["DEL", keys.MAKING + link]


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
        yield from _birth_commands(one)


def _links(move: Move) -> Iterator[Command]:
    delivery, result = move.delivery, move.fields.get("result")
    if isinstance(result, Mapping) and result.get("bill_id"):
        for link in delivery.makes:
            yield ["SET", keys.LINK + link, codec.to_json(result["bill_id"]), "EX", LINK_SECONDS]
    if delivery.shared:
        link = keys.result_link(delivery.event_id, delivery.name)
        yield ["SET", keys.LINK + link, codec.to_json(result), "EX", LINK_SECONDS]


def dead_indexes(verb: str, delivery: Delivery, code: int | None) -> Iterator[Command]:
    for kind, value in (("hook", delivery.hook), ("function", delivery.function), ("code", code)):
        if value is not None:
            yield [verb, keys.dead_of(kind, value), *([0] if verb == "ZADD" else []), delivery.id]


def _pairs(words: Sequence[bytes]) -> dict[bytes, bytes]:
    return dict(zip(words[::2], words[1::2], strict=True))


def _read_links(words: Sequence[bytes]) -> dict[str, Any]:
    return {name.decode(): codec.from_json(value) for name, value in _pairs(words).items()}
