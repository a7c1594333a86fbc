"""Group commit: events that come in at once share one round trip to the store, and one write to its disk.

While one thread waits for the store the others gather, and the next round trip carries them all; a lone event goes at
once. A web process has many threads and two connections: without this they queue for a connection one by one, and a
store that syncs every write (appendfsync always) syncs once for each event.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from redis.commands.core import Script
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as NoAnswer

from relay.store.trips import ScriptCall, Word, in_one_trip


class _Entry:
    """One call of the script, and the lock on which its thread sleeps until it is answered or has to lead."""

    __slots__ = ("answer", "args", "error", "is_answered", "keys", "leads", "wake")

    def __init__(self, keys: Sequence[str], args: Sequence[Word]) -> None:
        self.keys, self.args = keys, args
        self.answer: Any = None
        self.error: Exception | None = None
        self.is_answered = False
        self.leads = False
        self.wake = threading.Lock()
        self.wake.acquire()


class GroupCommit:
    """Runs one script for many threads. Each call is atomic by itself and fails by itself."""

    def __init__(self, redis: Any, script: Script) -> None:
        self._redis, self._script = redis, script
        self._lock = threading.Lock()
        self._gathered: list[_Entry] = []
        self._busy = False  # a thread leads

    def __call__(self, keys: Sequence[str], args: Sequence[Word]) -> Any:
        """The script's answer. Raises RedisError."""
        entry = _Entry(keys, args)
        with self._lock:
            self._gathered.append(entry)
            entry.leads = not self._busy
            self._busy = True
        if not entry.leads:
            entry.wake.acquire()
        if entry.leads:
            self._lead()
        if not entry.is_answered:
            raise entry.error or NoAnswer("It was interrupted.")
        return entry.answer

    def _lead(self) -> None:
        """Sends what has gathered, hands over to the first of those who came meanwhile, and wakes the answered."""
        batch = self._gather()
        try:
            self._run(batch)
        except RedisError as error:
            if isinstance(error, NoConnection | NoAnswer):  # whoever waits would meet the same, after as long a time
                batch += self._gather()
            for entry in batch:
                entry.error = error
        finally:
            self._hand_over()
            for entry in batch:
                if not entry.leads:
                    entry.wake.release()

    def _gather(self) -> list[_Entry]:
        with self._lock:
            batch, self._gathered = self._gathered, []
        return batch

    def _hand_over(self) -> None:
        with self._lock:
            self._busy = bool(self._gathered)
            if self._gathered:
                self._gathered[0].leads = True
                self._gathered[0].wake.release()

    def _run(self, batch: Sequence[_Entry]) -> None:
        if len(batch) == 1:
            batch[0].answer, batch[0].is_answered = self._script(keys=batch[0].keys, args=batch[0].args), True
            return
        calls = [ScriptCall(self._script, entry.keys, entry.args) for entry in batch]
        for entry, answer in zip(batch, in_one_trip(self._redis, calls), strict=True):
            if isinstance(answer, RedisError):
                entry.error = answer
            else:
                entry.answer, entry.is_answered = answer, True
