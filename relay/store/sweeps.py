"""Periodic steps that put work back on its way. Any number of processes may run them at the same time: every step
ends in guarded moves, and whoever is second moves nothing. Each does a bounded slice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence

from relay import keys
from relay.lifecycle import State, Trigger
from relay.models import Attempt, Delivery
from relay.store.commands import Move
from relay.store.gates import A_SLICE, Gates
from relay.store.ledger import available
from relay.store.room import Room

SLICES_A_STEP = 10  # of a long walk: short scripts, between which others come to their turn
MOST_INTERRUPTIONS = 10  # attempts in a row whose worker died

Rest = Callable[[Delivery], float]


def no_rest(_delivery: Delivery) -> float:
    return 0.0


class Sweeps(Gates, Room):
    def beat(self, worker: str, beat: int, *, host: str, pid: int, in_flight: int, slots: int) -> None:
        """Tells that this worker lives. ``beat`` grows by one each time: no clock is compared with another."""
        told = {"beat": beat, "at": self.now_ms(), "host": host, "pid": pid, "in_flight": in_flight, "slots": slots}
        self.note(["HSET", keys.BEATS, worker, json.dumps(told)])

    def beats(self) -> dict[str, int]:
        with available():
            return {name.decode(): json.loads(text)["beat"] for name, text in self.redis.hgetall(keys.BEATS).items()}

    def look(self, step_ms: int, missed: int) -> list[str]:
        """One look at the beats, counted together with all other sweepers', at most one in ``step_ms``.

        The workers whose beat has stood still for ``missed`` looks.
        """
        with available():
            return [name.decode() for name in self.scripts.look(args=[step_ms, missed])]

    def claims_of(self, worker: str) -> set[str]:
        """The ids of what this worker has claimed."""
        with available():
            return {id_.decode() for id_ in self.redis.smembers(keys.CLAIMS + worker)}

    def bury(self, worker: str, note: str, rest: Rest = no_rest) -> int:
        """Puts back what a dead worker held, then forgets the worker. Returns how many went back.

        ``rest``: the seconds that each has to wait before it is taken again.
        """
        return self._put_back(worker, self.claims_of(worker), note, rest, forget=True)

    def give_back(self, worker: str, ids: Iterable[str], rest: Rest = no_rest) -> int:
        """Puts claims back that came to no end in a living worker: it never heard of them, or lost their outcome."""
        return self._put_back(worker, ids, "The call came to no end in its worker.", rest)

    def _put_back(self, worker: str, ids: Iterable[str], note: str, rest: Rest, *, forget: bool = False) -> int:
        """What others have claimed since stays theirs; so does what this worker has, if it only stood still."""
        ids, now = list(ids), self.now_ms()
        held = [one for one in self.brief(ids) if one.state == State.SENDING and one.attempts[-1].worker == worker]
        back = sum(self.move_all([orphaned(one, note, now, rest(one)) for one in held]))
        with available():
            self.scripts.let_go(args=[worker, "forget" if forget else "", *ids])
        return back

    def mind_the_clock(self, unnoticed_ms: int = 5000, most: int = A_SLICE) -> int:
        """When the store's clock was set back, what is planned is moved with it, a few slices in each round.

        Returns by how many ms it was set back, once; as a rule 0.
        """
        with available():
            back, more = self.scripts.clock(args=[unnoticed_ms, most])
            for _ in range(SLICES_A_STEP - 1):
                if not more:
                    break
                _, more = self.scripts.clock(args=[unnoticed_ms, most])
        return int(back)

    def put_due(self, most: int = A_SLICE) -> int:
        """Retries whose time has come."""
        with available():
            due = self.redis.zrange(keys.DUE, "-inf", self.now_ms(), byscore=True, offset=0, num=most)
        return self._move_these(due, Trigger.DUE)

    def expire_waiting(self, most: int = A_SLICE) -> int:
        """What waited for an order that never came is a dead letter; one that came at last, unseen, goes on."""
        with available():
            over = self.redis.zrange(keys.WAIT_UNTIL, "-inf", self.now_ms(), byscore=True, offset=0, num=most)
        found = self.brief([id_.decode() for id_ in over])
        if not found:
            return 0
        stands = self._all_stands(found)
        moves = [Move(one, Trigger.FOUND) if there else _expired(one) for one, there in zip(found, stands, strict=True)]
        return sum(self.move_all(moves))

    def _all_stands(self, waiting: Sequence[Delivery]) -> list[bool]:
        """Of each, whether all that it needs is there, and one of what it would make."""
        links = dict.fromkeys(link for one in waiting for link in (*one.awaits, *one.makes))
        with available():
            values = self.redis.mget([keys.LINK + link for link in links]) if links else []
        there = {link: value is not None for link, value in zip(links, values, strict=True)}
        return [
            all(there[link] for link in one.awaits) and (not one.makes or any(there[link] for link in one.makes))
            for one in waiting
        ]

    def wake_found(self, step_ms: int = 0, most: int = A_SLICE) -> int:
        """Those whose link came while nobody could wake them (a worker killed between two steps).

        All sweepers together look at a few slices in ``step_ms``, and begin anew when they have come to the end.
        """
        woken = 0
        for place in range(SLICES_A_STEP):
            with available():
                args = [most, 0 if place else step_ms]
                more, *found = self.scripts.found(keys=[keys.in_state(State.WAITING)], args=args)
            woken += self._move_these(found, Trigger.FOUND) if found else 0
            if not more:
                break
        return woken

    def gates_due(self) -> list[str]:
        """Closed gates whose time has come to be probed."""
        now = self.now_ms()
        closed = [gate for gate in self.gates().values() if gate.state == "closed"]
        return [gate.name for gate in closed if gate.until and gate.until <= now]

    def held_without_gate(self) -> list[str]:
        """Gates that are open and still hold something: their next slice."""
        closed = self.gates()
        with available():
            free = [name.decode() for name in self.redis.smembers(keys.HOLDING) if name.decode() not in closed]
            pipeline = self.redis.pipeline(transaction=False)
            for name in free:
                pipeline.zcard(keys.HELD + name)
            return [name for name, count in zip(free, pipeline.execute(), strict=True) if count]

    def expect(self, tasks: Iterable[str]) -> None:
        """From now on these are missed when they do not run: also one that never has."""
        now = self.now_ms()
        for task in tasks:
            self.note(["HSETNX", keys.HEARTBEATS, task, now])

    def ran(self, task: str) -> None:
        """Tells that this periodic task is at work; whoever looks sees within a minute when it no longer is."""
        self.note(["HSET", keys.HEARTBEATS, task, self.now_ms()])

    def _move_these(self, ids: Sequence[bytes], trigger: Trigger) -> int:
        found = self.brief([id_.decode() for id_ in ids])
        return sum(self.move_all([Move(one, trigger) for one in found])) if found else 0


def orphaned(delivery: Delivery, note: str, now: int, rest: float = 0.0) -> Move:
    """Its worker is gone. The call may have been made: from now on its outcome is in doubt. The attempt lasts until
    ``now`` (ms of the store's clock); for ``rest`` seconds more it is left alone.

    What has lost so many workers may be the reason for it: a person looks at it before it takes down more.
    """
    claimed = delivery.attempts[-1]
    often = _interruptions(delivery) >= MOST_INTERRUPTIONS
    trigger = Trigger.GAVE_UP if often else Trigger.POSTPONED if rest else Trigger.ORPHANED
    attempt = Attempt(
        delivery.number,
        claimed.started_at,
        max(0, now - claimed.started_at),
        reason="interrupted",
        note=note,
        trigger=trigger.value,
        worker=claimed.worker,
    )
    fields: dict[str, object] = {} if delivery.doubtful_since else {"doubtful_since": claimed.started_at}
    if trigger is Trigger.GAVE_UP:
        fields |= {"reason": "interrupted-often", "note": note}
    if trigger is Trigger.POSTPONED:
        begins = max(now, claimed.started_at)  # the clock may have been set back; move.lua takes that off again
        fields |= {"reason": "interrupted", "note": note, "next_attempt_at": begins + int(rest * 1000)}
    return Move(delivery, trigger, attempt, fields)


def _interruptions(delivery: Delivery) -> int:
    """Those in a row, this one left out."""
    ended = [attempt.reason for attempt in delivery.attempts[:-1]]
    return next((place for place, reason in enumerate(reversed(ended)) if reason != "interrupted"), len(ended))


def _expired(delivery: Delivery) -> Move:
    reason = "result-unknown" if any(link.startswith("result:") for link in delivery.awaits) else "order-unknown"
    note = "Waited for " + ", ".join(_links_of(delivery))
    return Move(delivery, Trigger.EXPIRED, fields={"reason": reason, "note": note})


def _links_of(delivery: Delivery) -> list[str]:
    return list(delivery.awaits or delivery.makes)
