"""How full the store is, and how much intake may still add. Frees nothing (see retention.py).

Intake spends the room that is written down here with each event, so that a burst between two looks cannot fill the
store to the brim: the last part is a reserve for what is on its way, and for the moves that end in room again.
"""

from __future__ import annotations

from dataclasses import dataclass

from relay import keys
from relay.errors import StoreFull
from relay.store.ledger import Ledger, available
from relay.store.scripts import Command, packed

TIGHT = 0.85  # of the store's memory: from here on the oldest delivered go
FULL = 0.95  # from here on intake takes nothing


@dataclass(frozen=True, slots=True)
class Memory:
    used: int  # bytes, as the server counts them against its limit
    limit: int  # bytes; 0: none is known

    @property
    def is_tight(self) -> bool:
        return bool(self.limit) and self.used > TIGHT * self.limit

    @property
    def room(self) -> int | None:
        """Bytes until intake stops; None: without a limit."""
        return int(FULL * self.limit) - self.used if self.limit else None


class Room(Ledger):
    def memory(self, limit_bytes: int = 0) -> Memory:
        """``limit_bytes`` (RELAY_STORE_BYTES) counts when the server reports no limit of its own."""
        with available():
            said = self.redis.info("memory")
        # What the server does not count against its limit (output to replicas, the append-only file's buffer).
        uncounted = int(said.get("mem_not_counted_for_evict", 0))
        return Memory(int(said["used_memory"]) - uncounted, int(said.get("maxmemory", 0)) or limit_bytes)

    def measure_room(self, limit_bytes: int = 0) -> Memory:
        """Looks, and writes down what intake may add until the next look."""
        memory = self.memory(limit_bytes)
        with available():
            if memory.room is None:
                self.redis.delete(keys.ROOM)
            else:
                self.note(["SET", keys.ROOM, memory.room])
        return memory

    def has_room(self) -> bool:
        """Whether intake takes anything now; what is on its way always has its reserve."""
        with available():
            room = self.redis.get(keys.ROOM)
        return room is None or int(room) > 0

    def check_room(self) -> None:
        """Raises StoreFull when intake takes nothing now."""
        if not self.has_room():
            raise StoreFull

    def note(self, command: Command) -> None:
        """Writes a small sign of life, even when the store is full."""
        with available():
            self.scripts.note(args=[packed([command])])
