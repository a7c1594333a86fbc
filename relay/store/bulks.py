"""Bulk replays: the ids still to be replayed and how far it has come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from relay import ids, keys
from relay.store.ledger import Ledger, available

KEPT_SECONDS = 30 * 86400
SLICE = 100  # dead letters of one bulk in one round


class Bulks(Ledger):
    def start_bulk(self, delivery_ids: Iterable[str], how: str) -> str:
        bulk_id = ids.new_id("rpl")
        left = iter(delivery_ids)
        total = 0
        while portion := list(islice(left, 1000)):
            with available():
                self.redis.rpush(keys.REPLAY + bulk_id + ":ids", *portion)
            total += len(portion)
        with available():
            pipeline = self.redis.pipeline(transaction=True)
            pipeline.hset(keys.REPLAY + bulk_id, mapping={"as": how, "total": total})
            pipeline.expire(keys.REPLAY + bulk_id, KEPT_SECONDS)
            pipeline.expire(keys.REPLAY + bulk_id + ":ids", KEPT_SECONDS)
            pipeline.sadd(keys.REPLAYS, bulk_id)
            pipeline.execute()
        return bulk_id

    def bulk_progress(self, bulk_id: str) -> dict[str, object] | None:
        with available():
            found = self.redis.hgetall(keys.REPLAY + bulk_id)
            left = self.redis.llen(keys.REPLAY + bulk_id + ":ids")
        if not found:
            return None
        told = {name.decode(): value.decode() for name, value in found.items()}
        replayed, skipped = int(told.get("replayed", 0)), int(told.get("skipped", 0))
        return {
            "as": told["as"],
            "total": int(told["total"]),
            "done": replayed + skipped,
            "replayed": replayed,
            "skipped": skipped,
            "finished": left == 0 and replayed + skipped >= int(told["total"]),
        }

    def next_of_bulks(self) -> Iterator[tuple[str, str, list[str]]]:
        """The id, the way and the next slice of every unfinished bulk. A slice that a killed worker had taken is not
        lost: its dead letters are still dead letters, and stay in the list until :meth:`bulk_done` counts them.
        """
        with available():
            unfinished = [id_.decode() for id_ in self.redis.smembers(keys.REPLAYS)]
        for bulk_id in unfinished:
            with available():
                how = self.redis.hget(keys.REPLAY + bulk_id, "as")
                portion = [id_.decode() for id_ in self.redis.lrange(keys.REPLAY + bulk_id + ":ids", 0, SLICE - 1)]
                if how is None or not portion:
                    self.redis.srem(keys.REPLAYS, bulk_id)
                    continue
                # Several sweepers: whoever takes the slice off the list does it. Replaying a dead letter is guarded.
                if not self.redis.set(keys.REPLAY + bulk_id + ":taken", "1", nx=True, ex=30):
                    continue
            yield bulk_id, how.decode(), portion

    def bulk_done(self, bulk_id: str, replayed: int, skipped: int) -> None:
        with available():
            pipeline = self.redis.pipeline(transaction=True)
            pipeline.ltrim(keys.REPLAY + bulk_id + ":ids", replayed + skipped, -1)
            pipeline.hincrby(keys.REPLAY + bulk_id, "replayed", replayed)
            pipeline.hincrby(keys.REPLAY + bulk_id, "skipped", skipped)
            pipeline.delete(keys.REPLAY + bulk_id + ":taken")
            pipeline.execute()
