"""RQ's worker with many calls in flight: one thread claims, many send, one records. Decides nothing about deliveries.

RQ gives the queues, the jobs and the registration (``rq info`` sees us). Taking a job, which in RQ is twenty round
trips, is one script here (relay/store/lua/claim.lua); recording outcomes is one round trip for as many as there are.
"""

from __future__ import annotations

import os
import queue
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterable
from types import FrameType
from typing import Any

import structlog
from rq.serializers import JSONSerializer
from rq.worker import BaseWorker

from relay.errors import StoreUnavailable
from relay.queue import announce, names
from relay.store import Claim, Move
from relay.store.ledger import ON_BELL
from workers.deliver import Overtaken, attempt, broken
from workers.parts import WorkerParts
from workers.sweeper import Sweeper

log = structlog.get_logger()

STOP_WITHIN = 20.0  # seconds from SIGTERM until what is still in flight is put back; platforms kill after 25 to 30
LONGEST_SLEEP = 1.0  # seconds without looking at the queues, if a bell was missed
BACK_OFF = 4  # times longer waits who looked at the right time and found that another worker had been faster
MOST_MOVES = 64  # recorded in one round trip


class RelayWorker(BaseWorker):
    """``work()`` returns after SIGTERM or SIGINT, when nothing is in flight any more."""

    def __init__(self, parts: WorkerParts) -> None:
        accounts = parts.configuration.accounts
        connection = parts.store.redis
        # prepare_for_work asks the store at once, and would end a worker that is started before it
        super().__init__(
            names(accounts), name=parts.name, connection=connection, serializer=JSONSerializer, prepare_for_work=False
        )
        self.hostname, self.pid = socket.gethostname(), os.getpid()
        self.parts = parts
        self.slots = parts.settings.in_flight
        self.in_flight: dict[str, str] = {}  # delivery id -> account
        self.slot_freed = threading.Condition()
        self.claimed: queue.SimpleQueue[Claim | None] = queue.SimpleQueue()
        self.moves: queue.SimpleQueue[Move | None] = queue.SimpleQueue()
        self.stopping = threading.Event()
        self.in_vain = 0  # claims in a row that came to nothing when their time had come
        self.sweeper = Sweeper(parts, self.holdings)

    # ------------------------------------------------------------ life
    def work(self, *_: Any, **__: Any) -> bool:
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        signal.signal(signal.SIGINT, self._ask_to_stop)
        self._patiently(lambda: self._set_ip_address(self.connection))
        self._patiently(self.register_birth)
        self._patiently(lambda: announce(self.connection, self.parts.configuration.accounts))
        senders = [self._start(self._send_claimed, f"sender-{number}") for number in range(self.slots)]
        recorder = self._start(self._record_moves, "recorder")
        sweeper = self._start(self.sweeper.run, "sweeper")
        self._patiently(self._warn_of_the_store)
        log.info("worker.started", worker=self.name, slots=self.slots, pid=os.getpid())
        self._claim_until_stopped()
        self._drain(senders, recorder)
        self.sweeper.stop()
        sweeper.join(timeout=2)
        self._leave()
        return True

    def _ask_to_stop(self, _signum: int, _frame: FrameType | None) -> None:
        self.stopping.set()

    def _start(self, target: Any, name: str) -> threading.Thread:
        thread = threading.Thread(target=target, name=name, daemon=True)
        thread.start()
        return thread

    def _drain(self, senders: Iterable[threading.Thread], recorder: threading.Thread) -> None:
        """Lets what is in flight come to its end, as far as the time allows."""
        deadline = time.monotonic() + STOP_WITHIN
        with self.slot_freed:
            while self.in_flight and (left := deadline - time.monotonic()) > 0:
                self.slot_freed.wait(left)
        for _ in senders:
            self.claimed.put(None)
        self.moves.put(None)
        recorder.join(timeout=1)

    def _leave(self) -> None:
        try:
            note = "The worker was stopped while the call was open."
            back = self.parts.store.bury(self.name, note, self.parts.rest)
            self.register_death()  # type: ignore[no-untyped-call]
            log.info("worker.stopped", worker=self.name, put_back=back)
        except Exception as error:
            log.warning("worker.stopped", worker=self.name, error=type(error).__name__)

    def _warn_of_the_store(self) -> None:
        """A store that forgets loses leads: whoever starts us should read it, not only who opens the page."""
        health = self.parts.store.health()
        for warning in health.warnings:
            log.warning("store.warning", warning=warning, policy=health.policy, redis=health.version)

    def _patiently(self, step: Any) -> None:
        """The store may start after us."""
        while not self.stopping.is_set():
            try:
                step()
                return
            except Exception as error:
                log.warning("store.unavailable", error=type(error).__name__)
                self.stopping.wait(1)

    # ------------------------------------------------------------ claim
    def _claim_until_stopped(self) -> None:
        while not self.stopping.is_set():
            try:
                self._claim_once()
            except StoreUnavailable as error:
                log.warning("store.unavailable", error=str(error))
                self.stopping.wait(1)

    def _claim_once(self) -> None:
        room = self._wait_for_room()
        if not room:
            return
        accounts = self.parts.configuration.accounts.values()
        with self.slot_freed:
            open_calls = Counter(self.in_flight.values())
        again, claims = self.parts.store.claim(self.name, room, accounts, slots=self.slots, open_calls=open_calls)
        with self.slot_freed:
            self.in_flight.update((claim.delivery.id, claim.delivery.account) for claim in claims)
        for claim in claims:
            self.claimed.put(claim)
        if len(claims) == room:
            return
        self._wait_for_work(again, found=bool(claims))

    def _wait_for_work(self, again: float, *, found: bool) -> None:
        """On the bell in any case: it rings for what comes in, and for a call that ends of an account at its limit.

        When an account's calls are spaced, all workers know when the next one may start, and one is enough to take it:
        whoever is late leaves it to the others for a while, who took it goes on.
        """
        if found or again == ON_BELL:
            self.in_vain = 0
        patience = LONGEST_SLEEP if again == ON_BELL else min(again * BACK_OFF**self.in_vain, LONGEST_SLEEP)
        rang = self.parts.store.wait_for_bell(patience)
        if not rang and again > 0:
            self.in_vain = min(self.in_vain + 1, 10)

    def _wait_for_room(self) -> int:
        with self.slot_freed:
            if len(self.in_flight) >= self.slots:
                self.slot_freed.wait(LONGEST_SLEEP)
            return self.slots - len(self.in_flight)

    def holdings(self) -> tuple[set[str], int]:
        """The ids of what this worker is sending, and how many it could send at once."""
        with self.slot_freed:
            return set(self.in_flight), self.slots

    # ------------------------------------------------------------ send
    def _send_claimed(self) -> None:
        while (claim := self.claimed.get()) is not None:
            try:
                self.moves.put(attempt(claim, self.parts))
            except Overtaken:
                self._forget([claim.delivery.id])
                log.warning("delivery.overtaken", delivery_id=claim.delivery.id, trigger="not sent")
            except StoreUnavailable as error:
                # Nobody could say whether it is still ours, or what it depends on. The sweeper puts it back.
                self._forget([claim.delivery.id])
                log.error("delivery.interrupted", delivery_id=claim.delivery.id, error=str(error))
            except Exception:
                # Trying again would meet the same fault, and could make the call again and again.
                log.exception("delivery.failed", delivery_id=claim.delivery.id)
                self.moves.put(broken(claim, self.parts))

    # ------------------------------------------------------------ record
    def _record_moves(self) -> None:
        while (first := self.moves.get()) is not None:
            batch = [first]
            while len(batch) < MOST_MOVES:
                try:
                    following = self.moves.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    self.moves.put(None)
                    break
                batch.append(following)
            self._record(batch)

    def _record(self, batch: list[Move]) -> None:
        """Until it is written: an outcome that is known must not be forgotten because the store is away."""
        while True:
            try:
                moved = self.parts.store.move_all(batch)
                break
            except StoreUnavailable as error:
                log.warning("store.unavailable", waiting_outcomes=len(batch), error=str(error))
                time.sleep(0.5)
            except Exception:
                log.exception("outcome.not-recorded", outcomes=len(batch))
                if len(batch) > 1:  # one of them cannot be written; the others shall not suffer for it
                    for move in batch:
                        self._record([move])
                else:
                    self._forget([batch[0].delivery.id])  # the sweeper puts it back, in doubt
                return
        for move, done in zip(batch, moved, strict=True):
            if not done:
                log.warning("delivery.overtaken", delivery_id=move.delivery.id, trigger=move.trigger.value)
        self._forget(move.delivery.id for move in batch)

    def _forget(self, ids: Iterable[str]) -> None:
        with self.slot_freed:
            for id_ in ids:
                self.in_flight.pop(id_, None)
            self.slot_freed.notify_all()
