"""Writes RQ's queues again from the ledger, after they were wiped or damaged. The deliveries are the truth; a job that
is written once too often does no harm: whoever takes it finds the delivery moved on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import inf

from relay import keys, queue
from relay.lifecycle import State
from relay.models import Delivery
from relay.store.ledger import Ledger, available

A_PORTION = 500
A_ROUND = 5000  # jobs that the sweeper writes in one round: it must go on telling that its worker lives


class Rebuilding(Ledger):
    further_queues: frozenset[str] = frozenset()  # of accounts that are no longer configured

    def requeue_lost(self, queues: Iterable[str], most: int = A_ROUND) -> int:
        """For the sweeper: compares two numbers, and looks closer only when jobs must be missing.

        One sweeper at a time writes about ``most`` of them: several would write every job as many times.
        """
        names = {*queues, *self.further_queues}
        with available():
            pipeline = self.redis.pipeline(transaction=True)  # of one moment
            pipeline.zcard(keys.in_state(State.QUEUED))
            for name in names:
                pipeline.llen(keys.QUEUE + name)
            queued, *standing = pipeline.execute()
            if queued <= sum(standing) or not self.redis.set(keys.REBUILDING, "1", nx=True, ex=60):
                return 0
        lost = self.rebuild(names, most)
        with available():
            self.redis.delete(keys.REBUILDING)
        return lost

    def rebuild(self, queues: Iterable[str], most: float = inf) -> int:
        """Gives every queued delivery that stands in none of the queues a job. Returns how many had none.

        Stops behind the portion with which ``most`` are reached; who calls again goes on.
        """
        standing = {name: self._standing(name) for name in queues}
        lost = 0
        for portion in self._queued():
            unlisted = [id_ for id_ in portion if not any(id_ in ids for ids in standing.values())]
            jobless = [one for one in self.brief(unlisted) if one.state == State.QUEUED]
            for name in set(queue.names({one.account for one in jobless})) - standing.keys():
                standing[name] = self._standing(name)
                self.further_queues |= {name}
            lost += self._requeue([one for one in jobless if not any(one.id in ids for ids in standing.values())])
            if lost >= most:
                break
        return lost

    def _requeue(self, jobless: Sequence[Delivery]) -> int:
        with available():
            pipeline = self.redis.pipeline(transaction=True)
            for one in jobless:
                for command in queue.job_commands(one.id, one.account, is_live=one.has_just_come):
                    pipeline.execute_command(*command)
            pipeline.execute()
        return len(jobless)

    def _standing(self, name: str) -> set[str]:
        with available():
            return {id_.decode() for id_ in self.redis.lrange(keys.QUEUE + name, 0, -1)}

    def _queued(self) -> Iterator[list[str]]:
        """Ids of queued deliveries in order of time, in portions."""
        start = "-"
        while True:
            with available():
                found = self.redis.zrange(keys.in_state(State.QUEUED), start, "+", bylex=True, offset=0, num=A_PORTION)
            if not found:
                return
            yield [id_.decode() for id_ in found]
            start = f"({found[-1].decode()}"
