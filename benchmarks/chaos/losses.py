"""Which accepted events a store that came back has forgotten, and how old the oldest of them was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relay import keys

if TYPE_CHECKING:
    from benchmarks.chaos.sent import Webhook
    from benchmarks.chaos.stage import Stage


class Losses:
    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.gone: dict[int, Webhook] = {}  # by id(): webhooks are changed while answers come
        self.window = 0.0  # seconds from the answer 2xx to the end of the store, at the oldest that is gone
        self.ends = 0

    def look(self, ended: float) -> None:
        """When the store is there again. ``ended``: time.monotonic() of its end."""
        self.ends += 1
        kept = [one for one in list(self.stage.senders.sent) if one.kept and id(one) not in self.gone]
        pipeline = self.stage.redis.admin.pipeline(transaction=False)
        for one in kept:
            assert one.kept
            pipeline.exists(keys.EVENT + one.kept.event_id)
        for one, there in zip(kept, pipeline.execute(), strict=True):
            if not there:
                assert one.kept
                self.gone[id(one)] = one
                self.window = max(self.window, ended - one.kept.at)

    def __str__(self) -> str:
        return f"{len(self.gone)} accepted events gone after {self.ends} times, loss window {self.window:.2f} s"
