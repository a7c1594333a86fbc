"""The writing half of the store: keep, claim, move. Every change of a delivery goes through one of the three."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from relay import keys, queue
from relay.errors import StoreAway, StoreFull, StoreUnavailable
from relay.lifecycle import TRANSITIONS, State, Trigger, target
from relay.models import Account, Delivery, Event
from relay.store import codec
from relay.store.commands import Move, birth_commands, event_commands, move_commands
from relay.store.scripts import Scripts, packed
from relay.store.trips import ScriptCall, in_one_trip

log = structlog.get_logger()
# Milliseconds that an account's ``max_per_second`` calls are spread over. Some start together, some make up for a late
# worker (claim.lua), some take longer to the wire; no second is to hold more of them all the same.
SPREAD = 1100.0
ON_BELL = -1.0  # when to claim again: when the bell rings


@dataclass(frozen=True, slots=True)
class Kept:
    event_id: str
    duplicate: bool = False
    over_allowance: bool = False  # nothing was kept: more requests than the hook may send in a minute


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is ours to send, and the links that it asked for.

    ``links["made"]`` is there when the order that it would make has been made already; ``links["probe"]`` when a gate
    let it through to see what happens; ``links["forgotten"]`` (ms) when the store may have lost an older claim of it,
    from the moment at which its server was started anew. ``asked_at`` is time.monotonic() before the store was asked.
    """

    delivery: Delivery
    links: Mapping[str, Any]
    asked_at: float = field(default_factory=time.monotonic)


class available:
    """Turns whatever the Redis client raises into one error of ours."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, (RedisConnectionError, RedisTimeoutError)):
            raise StoreAway(f"The store does not answer: {error}") from error
        if isinstance(error, RedisError):
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
        commands = [*event_commands(event, words), *(line for one in deliveries for line in birth_commands(one))]
        with available():
            became, first = self.scripts.keep_together(
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
            self.scripts.note(args=[packed([["SET", key, event_id, "NX", "PX", window_ms]])])
            return str((self.redis.get(key) or event_id.encode()).decode())

    # ------------------------------------------------------------ claim
    def claim(
        self,
        worker: str,
        room: int,
        accounts: Iterable[Account],
        *,
        slots: int = 0,
        open_calls: Mapping[str, int] | None = None,
        only: str = "",
    ) -> tuple[float, list[Claim]]:
        """When to ask again (seconds, or ON_BELL), and at most ``room`` deliveries to send now.

        ``slots``: the calls that this worker can make at once, of which some are kept for accounts that have few open;
        ``open_calls``: how many each account has in this worker. ``only``: the one delivery that is wanted, for RQ's
        stock workers, which pop the job themselves.
        """
        args: list[str | int | float] = [worker, room, only, slots]
        for account in accounts:
            queues = queue.live(account.name), queue.later(account.name)
            args += [account.name, *queues, account.max_in_flight, _spacing(account)]
            args.append(open_calls.get(account.name, 0) if open_calls else 0)
        asked_at = time.monotonic()
        with available():
            again, *taken = self.scripts.claim(keys=[], args=args)
        claims = [
            Claim(delivery, _read_links(links), asked_at)
            for id_, raw, links in zip(taken[::3], taken[1::3], taken[2::3], strict=True)
            if (delivery := _readable(id_.decode(), _pairs(raw)))
        ]
        return (again / 1000 if again >= 0 else float(again)), claims

    def reserve_call(self, account: Account) -> float:
        """Reserves the next moment at which one more call of this account may start; the seconds until then.

        A claim has reserved one already: for the call that it is for.
        """
        with available():
            return int(self.scripts.reserve(args=[account.name, _spacing(account), account.max_in_flight])) / 1000

    def still_holds(self, worker: str, delivery: Delivery) -> bool:
        """Whether this claim is still the worker's: it may have been taken for dead and its claims put back."""
        with available():
            found = self.redis.hmget(keys.DELIVERY + delivery.id, "state", "number", "claimed_by")
        return [value and value.decode() for value in found] == [State.SENDING, str(delivery.number), worker]

    def wait_for_bell(self, seconds: float) -> bool:
        """Sleeps until there may be work, ``seconds`` at most."""
        with available():
            return self.redis.blpop([keys.BELL], timeout=max(seconds, 0.01)) is not None

    def ring(self) -> None:
        """Wakes a worker that sleeps on the bell."""
        with available():
            pipeline = self.redis.pipeline(transaction=False)
            pipeline.lpush(keys.BELL, "1")
            pipeline.ltrim(keys.BELL, 0, 15)
            pipeline.execute()

    # ------------------------------------------------------------ move
    def move(self, move: Move) -> bool:
        """False when the delivery no longer stands where the mover saw it: somebody else has moved it."""
        return self.move_all([move])[0]

    def move_all(self, moves: Sequence[Move]) -> list[bool]:
        """Each move is one atomic step; together they are one round trip. Afterwards those who waited go on."""
        ending = [move for move in moves if State.SENDING in TRANSITIONS[move.trigger][0]]
        limited = {keys.LIMITED + move.delivery.account for move in ending}
        further = [["EXISTS", *limited]] if limited else []
        with available():
            answers = in_one_trip(self.redis, [self._move_call(move) for move in moves], *further)
            if failed := next((answer for answer in answers if isinstance(answer, RedisError)), None):
                raise failed
        moved = [bool(answer) for answer in answers[: len(moves)]]
        if any(answers[len(moves) :]):  # whoever found their accounts at the limit sleeps until one of their calls ends
            with suppress(StoreUnavailable):  # what was moved is moved; the sleepers wake a little later by themselves
                self.ring()
        for move, done in zip(moves, moved, strict=True):
            if done and target(move.trigger) in (State.DELIVERED, State.DEAD):
                for link in move.delivery.makes:
                    self.wake(link)
            if done and move.delivery.shared and target(move.trigger) is State.DELIVERED:
                self.wake(keys.result_link(move.delivery.event_id, move.delivery.name))
        return moved

    def _move_call(self, move: Move) -> ScriptCall:
        origin = TRANSITIONS[move.trigger][0]
        allowed = f",{','.join(origin)},"
        # A claim can be overtaken by another claim, a dead letter by a replay: dead once more, it is another one, also
        # without a claim in between.
        number = move.delivery.number if origin & {State.SENDING, State.DEAD} else ""
        seen_at = move.delivery.updated_at if State.DEAD in origin else ""
        args = [allowed, number, seen_at, target(move.trigger), packed(move_commands(move))]
        return ScriptCall(self.scripts.move, [keys.DELIVERY + move.delivery.id], args)

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
        return [one for id_, raw in zip(ids, found, strict=True) if raw and (one := _readable(id_, raw))]


def _readable(id_: str, raw: Mapping[bytes, bytes]) -> Delivery | None:
    """One that cannot be read (of a newer version, say) must not stop the many that are looked at beside it."""
    try:
        return codec.read_delivery(id_, raw)
    except Exception:
        log.exception("delivery.unreadable", delivery_id=id_)
        return None


def _spacing(account: Account) -> float:
    """Milliseconds between the account's calls; 0: no limit."""
    return SPREAD / account.max_per_second if account.max_per_second else 0.0


def _pairs(words: Sequence[bytes]) -> dict[bytes, bytes]:
    return dict(zip(words[::2], words[1::2], strict=True))


def _read_links(words: Sequence[bytes]) -> dict[str, Any]:
    return {name.decode(): codec.from_json(value) for name, value in _pairs(words).items()}
