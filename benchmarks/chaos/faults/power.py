"""The power of the machine is cut: everything dies at once, and of Redis' log only what had been synced is left."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.chaos.losses import Losses
from benchmarks.chaos.redis_server import RedisServer
from benchmarks.chaos.row import Row
from benchmarks.chaos.sent import ORDER, PAYMENT, Webhook
from benchmarks.chaos.stage import CONFIGURATION, ONLY_WAITING, Stage
from benchmarks.chaos.violation import Violation

# Seconds that may be lost beside the slowest sync: Redis syncs once a second, and postpones a write for up to two while
# a sync is under way.
ALLOWED = {"everysec": 2.0, "always": 0.0}
# The payment of an order that is gone waits for it; a person is told when this is over.
WAIT = 90  # seconds; what dead workers held is put back before that, also on a busy machine
IMPATIENT = CONFIGURATION.read_text().replace(
    "function: UpdateOrderStatus\n", f"function: UpdateOrderStatus\n        wait: {WAIT}\n"
)


def everysec(folder: Path) -> Iterator[Row]:
    return _cuts(folder, "everysec", 3)


def always(folder: Path) -> Iterator[Row]:
    return _cuts(folder, "always", 3)


def briefly(folder: Path) -> Iterator[Row]:
    for fsync in ALLOWED:
        yield from _cuts(folder / fsync, fsync, 1)


def _cuts(folder: Path, fsync: str, times: int) -> Iterator[Row]:
    redis = RedisServer(folder / "redis", fsync=fsync, traced=True)
    with Stage(folder, configuration=IMPATIENT, redis=redis) as stage:
        losses = Losses(stage)
        cuts: list[float] = []
        bytes_gone, syncs, longest = 0, 0, 0.0
        for _ in range(times):
            stage.run(random.uniform(2, 3))
            stage.justclick.latency = 0.3
            stage.senders.burst(100, ORDER)
            stage.run(random.uniform(0.8, 1.8))
            ended = _cut(stage)
            cuts.append(ended)
            told = redis.synced()
            with redis.log_file.open("r+b") as log:
                log.truncate(told.synced)
            bytes_gone += told.written - told.synced
            syncs, longest = syncs + told.syncs, max(longest, told.longest)
            stage.justclick.latency = 0.01
            redis.start()
            stage.run(1)  # whoever was answered in the last moment has noticed it
            losses.look(ended)
        stage.run(3)
        orders = {one.number for one in losses.gone.values() if one.kind == ORDER}

        def within(one: Webhook) -> bool:
            """Gone, or the payment of an order that is: that waits its time, and tells a person then."""
            return id(one) in losses.gone or (one.kind == PAYMENT and one.number in orders) or one in forgotten

        called = _called_before(stage, cuts, max(longest + ALLOWED["everysec"], losses.window))
        forgotten = [one for one in stage.senders.sent if _was_forgotten(one, cuts, called)]

        def uncounted(one: Webhook) -> bool:
            """Called so shortly before a cut that the attempt may be forgotten; what is safe is made again then."""
            return any(expected.who in called for expected in one.expected if expected.safe)

        note = f"{bytes_gone:,} bytes of the log were not synced; {syncs} syncs, the slowest {longest * 1000:.0f} ms"
        row = stage.finish(
            f"power cut {times} x, appendfsync {fsync}",
            forgiven=within,
            uncounted=uncounted,
            note=f"{losses}; {note}",
            seconds=WAIT + 60,
            only_waiting=WAIT + 5 if orders else ONLY_WAITING,
        )
        row.lost += len(losses.gone)
        again = _made_twice(stage, forgotten)
        row.doubled += len(again)
        if again:
            row.add(f"{len(again)} orders or payments of events that had no answer yet were forgotten and made again")
        allowed = ALLOWED[fsync] and ALLOWED[fsync] + longest
        if losses.window > allowed or (losses.gone and not allowed):
            row.violations.append(Violation("window", row.fault, f"{losses}; {allowed:.1f} s is what Redis promises"))
        yield row


def _cut(stage: Stage) -> float:
    """Redis first, so that the others cannot stop asking before it. The moment of it."""
    assert stage.redis.process
    ended = time.monotonic()
    stage.redis.process.kill()
    for member in list(stage.fleet.members.values()):
        stage.fleet.kill(member)
    stage.redis.process.wait()
    return ended


def _was_forgotten(one: Webhook, cuts: Sequence[float], called: set[str]) -> bool:
    """Stored and called, but not answered before the cut: it was sent again, to a store that may know nothing of it."""
    first = one.answers[0] if one.answers else None
    before = first is not None and first.status == 0 and any(abs(first.at - cut) < 2.0 for cut in cuts)
    return before and any(expected.who in called for expected in one.expected)


def _made_twice(stage: Stage, sent: Sequence[Webhook]) -> list[Webhook]:
    made = Counter((call.function, call.who) for call in stage.justclick.seen() if call.acted)
    return [one for one in sent if any(not each.safe and made[each.function, each.who] > 1 for each in one.expected)]


def _called_before(stage: Stage, cuts: Sequence[float], window: float) -> set[str]:
    """Customers for whom JustClick was called in such a time before one of the cuts, or while everything died."""
    return {call.who for call in stage.justclick.seen() if any(-window < call.at - cut < 1.0 for cut in cuts)}
