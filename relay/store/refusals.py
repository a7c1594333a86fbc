"""Refused webhooks: the last 200 of each hook, without secrets, and the count of every kind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from relay import keys
from relay.store import codec
from relay.store.ledger import available
from relay.store.room import Room

KEPT_OF_A_HOOK = 200


@dataclass(frozen=True, slots=True)
class RefusalRecord:
    at: int  # ms
    hook: str
    reason: str
    message: str
    status: int
    hint: str = ""
    method: str = "POST"
    address: str = ""
    headers: Mapping[str, str] | None = None
    body: str = ""  # its first 4 KiB; what is not UTF-8 is replaced


class Refusals(Room):
    def keep_refusal(self, record: RefusalRecord) -> int:
        """Returns how many requests this hook has had in this minute. In a full store the refusal is only counted."""
        has_room = self.has_room()
        with available():
            pipeline = self.redis.pipeline(transaction=False)
            if has_room:
                pipeline.lpush(keys.REFUSALS + record.hook, json.dumps(asdict(record), ensure_ascii=False))
                pipeline.ltrim(keys.REFUSALS + record.hook, 0, KEPT_OF_A_HOOK - 1)
            pipeline.hincrby(keys.COUNTS, f"refused:{record.hook}:{record.reason}", 1)
            pipeline.incr(keys.allowance(record.hook))
            pipeline.expire(keys.allowance(record.hook), 120)
            return int(pipeline.execute()[-2])

    def count_refusal(self, hook: str, reason: str) -> None:
        with available():
            self.redis.hincrby(keys.COUNTS, f"refused:{hook}:{reason}", 1)

    def refusals(self, hook: str) -> list[RefusalRecord]:
        """Newest first."""
        with available():
            found = self.redis.lrange(keys.REFUSALS + hook, 0, KEPT_OF_A_HOOK - 1)
        return [codec.read_record(RefusalRecord, text) for text in found]
