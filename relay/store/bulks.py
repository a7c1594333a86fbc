"""Bulk replays: which dead letters are wanted, how far the walk along them has come, and what became of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import structlog

from relay import ids, keys
from relay.store.finding import Count, DeliveryFilter, Finding, Found
from relay.store.ledger import available

log = structlog.get_logger()
KEPT_SECONDS = 30 * 86400
SLICE = 100  # dead letters of one bulk in one round
WALKS = 10  # of one round, where few match


@dataclass(frozen=True, slots=True)
class Portion:
    """The next dead letters of a bulk; ``next`` is where it goes on behind them, None: these are the last."""

    bulk_id: str
    how: str
    ids: list[str]
    next: str | None


class Bulks(Finding):
    def start_bulk(self, wanted: DeliveryFilter, how: str, count: Count) -> str:
        """``count`` is what the progress is told of."""
        bulk_id = ids.new_id("rpl")
        filter_ = json.dumps({name: value for name, value in asdict(wanted).items() if value is not None})
        with available():
            pipeline = self.redis.pipeline(transaction=True)
            pipeline.hset(
                keys.REPLAY + bulk_id, mapping={"as": how, "filter": filter_, "total": count.number, "cursor": ""}
            )
            pipeline.expire(keys.REPLAY + bulk_id, KEPT_SECONDS)
            pipeline.sadd(keys.REPLAYS, bulk_id)
            pipeline.execute()
        return bulk_id

    def bulk_progress(self, bulk_id: str) -> dict[str, object] | None:
        """While it runs ``total`` is what was counted at its start; in the end what it came upon."""
        told = self._told(bulk_id)
        if not told:
            return None
        replayed, skipped = int(told.get("replayed", 0)), int(told.get("skipped", 0))
        done, finished = replayed + skipped, "cursor" not in told
        return {
            "as": told["as"],
            "total": done if finished else max(int(told["total"]), done),
            "done": done,
            "replayed": replayed,
            "skipped": skipped,
            "finished": finished,
        }

    def next_of_bulks(self) -> Iterator[Portion]:
        """The next slice of every unfinished bulk. One that a killed worker had taken is not lost: the bulk goes on
        behind it only when :meth:`bulk_done` says so.
        """
        with available():
            unfinished = [id_.decode() for id_ in self.redis.smembers(keys.REPLAYS)]
        for bulk_id in unfinished:
            with available():
                # Several sweepers: whoever is first does it. Replaying a dead letter is guarded.
                if not self.redis.set(keys.REPLAY + bulk_id + ":taken", "1", nx=True, ex=30):
                    continue
            told = self._told(bulk_id)
            if "cursor" not in told:
                with available():
                    self.redis.srem(keys.REPLAYS, bulk_id)
                continue
            try:
                wanted = DeliveryFilter(**json.loads(told["filter"]))
            except TypeError:  # of a newer version: without what we do not know it would replay too much
                log.warning("replay.unreadable", bulk_id=bulk_id)
                continue
            found = self._next_found(wanted, told["cursor"] or None)
            yield Portion(bulk_id, told["as"], found.ids, found.next)

    def bulk_done(self, portion: Portion, replayed: int, skipped: int) -> None:
        key = keys.REPLAY + portion.bulk_id
        with available():
            pipeline = self.redis.pipeline(transaction=True)
            pipeline.hincrby(key, "replayed", replayed)
            pipeline.hincrby(key, "skipped", skipped)
            if portion.next:
                pipeline.hset(key, "cursor", portion.next)
            else:
                pipeline.hdel(key, "cursor")
                pipeline.srem(keys.REPLAYS, portion.bulk_id)
            pipeline.delete(key + ":taken")
            pipeline.execute()

    def _told(self, bulk_id: str) -> dict[str, str]:
        with available():
            found = self.redis.hgetall(keys.REPLAY + bulk_id)
        return {name.decode(): value.decode() for name, value in found.items()}

    def _next_found(self, wanted: DeliveryFilter, cursor: str | None) -> Found:
        """Goes on until something matches, for a bounded time."""
        found = self.delivery_ids(wanted, cursor, SLICE)
        for _ in range(WALKS - 1):
            if found.ids or found.next is None:
                break
            found = self.delivery_ids(wanted, found.next, SLICE)
        return found
