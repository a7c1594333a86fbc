"""Keeps the ledger in order: beats, brings back what dead workers held, wakes retries, waiters and the held.

Every process may run one; all steps are guarded moves (relay/store/sweeps.py). Time is counted in looks of our own,
not by clocks, so that a clock that jumps or a store that was away does not declare the living dead.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable

import structlog

from relay import replaying
from relay.errors import StoreAway, StoreUnavailable
from relay.queue import names
from workers import gatekeeping
from workers.forgetting import Forgetting
from workers.parts import WorkerParts

log = structlog.get_logger()

TASKS = ("retention", "scheduler", "sweeper")  # what a round consists of; each tells that it has run
STEP = 1.0  # seconds between two rounds
BEATS_MISSED = 20  # looks, of all sweepers together, without a new beat after which a worker is dead
ROUNDS_UNKNOWN = 5  # rounds after which a claim that nobody here knows of is put back
LOST_EVERY = 10  # rounds between two looks for deliveries without a job


class Sweeper:
    def __init__(self, parts: WorkerParts, holdings: Callable[[], tuple[set[str], int]]) -> None:
        """``holdings`` tells what this worker is sending, and its slots."""
        self.parts = parts
        self.holdings = holdings
        self.round = 0
        self.lost = 0  # deliveries without a job at the last look
        self.stopped = threading.Event()
        self.forgetting = Forgetting(parts.store, parts.settings)
        self.unknown: dict[str, int] = {}  # claimed id that is not in our hands -> rounds

    def run(self) -> None:
        while not self.stopped.wait(STEP):
            try:
                self.sweep()
            except StoreUnavailable as error:
                log.warning("store.unavailable", task="sweeper", error=str(error))
            except Exception:
                log.exception("sweeper.failed")

    def stop(self) -> None:
        self.stopped.set()

    def sweep(self) -> None:
        """One round of everything. A step that fails, say because of one record that cannot be read, stops no other;
        the task then has not run, and is missed within a minute.
        """
        store = self.parts.store
        self.round += 1
        if self.round == 1:
            store.expect(TASKS)
        self._beat()
        self._try("retention", self.forgetting.step)  # early: in a full store others wait for the room that it makes
        self._try("scheduler", self._schedule)
        self._try("sweeper", *self._steps())

    def _try(self, task: str, *steps: Callable[[], object]) -> None:
        failed = False
        for step in steps:
            try:
                step()
            except StoreAway:
                raise  # the others would only wait as well
            except StoreUnavailable as error:
                log.warning("store.unavailable", task=task, error=str(error))
                failed = True
            except Exception:
                log.exception("sweeper.failed", task=task)
                failed = True
        if not failed:
            self.parts.store.ran(task)

    def _schedule(self) -> None:
        if back := self.parts.store.mind_the_clock():
            log.warning("clock.set-back", milliseconds=back)
        self.parts.store.put_due()

    def _steps(self) -> tuple[Callable[[], object], ...]:
        store = self.parts.store
        return (
            self.parts.pool.close_idle,
            self._bury_the_dead,
            self._give_back_unknown,
            lambda: store.wake_found(int(STEP * 900)),
            store.expire_waiting,
            lambda: gatekeeping.release(self.parts),
            self._requeue_lost,
            lambda: replaying.work_on_bulks(store, self.parts.configuration),
        )

    def _requeue_lost(self) -> None:
        """Now and then; in every round while there are more."""
        if self.lost or self.round % LOST_EVERY == 0:
            self.lost = self.parts.store.requeue_lost(names(self.parts.configuration.accounts))
            if self.lost:
                log.warning("queue.rebuilt", deliveries=self.lost)

    def _beat(self) -> None:
        sending, slots = self.holdings()
        self.parts.store.beat(
            self.parts.name,
            self.round,
            host=socket.gethostname(),
            pid=os.getpid(),
            in_flight=len(sending),
            slots=slots,
        )

    def _bury_the_dead(self) -> None:
        for worker in self.parts.store.look(int(STEP * 900), BEATS_MISSED):
            back = self.parts.store.bury(worker, "The worker died while the call was open.", self.parts.rest)
            log.warning("worker.buried", worker=worker, put_back=back)

    def _give_back_unknown(self) -> None:
        """Claims of ours that nobody here works on: the answer to the claim was lost, or what came of the call was."""
        sending, _ = self.holdings()
        claimed = self.parts.store.claims_of(self.parts.name)
        self.unknown = {id_: self.unknown.get(id_, 0) + 1 for id_ in claimed - sending}
        lost = [id_ for id_, rounds in self.unknown.items() if rounds >= ROUNDS_UNKNOWN]
        if lost:
            back = self.parts.store.give_back(self.parts.name, lost, self.parts.rest)
            log.warning("claim.given-back", deliveries=back)
