"""What JustClick may do: be away for minutes, be slow, cut connections, answer nonsense, ask for patience."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.chaos.justclick import Seen, Trouble
from benchmarks.chaos.row import Row
from benchmarks.chaos.sent import LEAD
from benchmarks.chaos.stage import CONFIGURATION, Stage
from benchmarks.chaos.violation import Violation

TIMEOUT = 3.0  # seconds; of the account in configuration.yaml
# A wish for patience (Retry-After) is granted up to twice the planned delay: with these that is more than 2 seconds.
PATIENT = CONFIGURATION.read_text().replace("retry: [0.5, 1,", "retry: [1.5, 1.5,")
EARLY = 0.05  # seconds by which two clocks may differ


def down(folder: Path, seconds: float = 150) -> Iterator[Row]:
    """Nobody listens; then everything that waited goes."""
    with Stage(folder, rate=30) as stage:
        stage.run(2)
        stage.justclick.stop()
        stage.run(seconds)
        stage.justclick.start()
        row = stage.finish(f"JustClick down for {seconds:g} s", bound=seconds + 120, seconds=240)
        yield row


def down_briefly(folder: Path) -> Iterator[Row]:
    return down(folder, 8)


def unwell(folder: Path, seconds: float = 8) -> Iterator[Row]:
    """Each kind of bad answer on a stage of its own, given to every third call."""
    for place, (told, trouble) in enumerate(BAD_ANSWERS.items()):
        with Stage(folder / str(place), configuration=PATIENT) as stage:
            stage.trouble(lambda _function, _who, trouble=trouble: trouble if random.random() < 0.3 else None)
            stage.run(seconds)
            stage.weather_off()
            yield _served(stage, stage.finish(f"JustClick {told}", bound=90), [trouble], seconds)


def unwell_together(folder: Path, seconds: float = 6) -> Iterator[Row]:
    """Every kind of bad answer, mixed."""
    with Stage(folder, configuration=PATIENT) as stage:
        kinds = list(BAD_ANSWERS.values())
        stage.trouble(lambda _function, _who: random.choice(kinds) if random.random() < 0.3 else None)
        stage.run(seconds)
        stage.weather_off()
        row = stage.finish(f"JustClick with all bad answers ({len(kinds)} kinds) mixed", bound=90)
        yield _served(stage, row, kinds, seconds / len(kinds))


def _served(stage: Stage, row: Row, kinds: Sequence[Trouble], seconds: float) -> Row:
    """Each of these troubles must have been met, at least twice a second; whoever asked for patience must get it."""
    counts = [stage.justclick.served[kind] for kind in kinds]
    row.add(f"{sum(counts)} calls met with it")
    if min(counts) < max(1, 2 * seconds):
        row.violations.append(Violation("not-served", row.fault, f"the troubles were met {counts} times"))
    row.violations += impatient(stage.justclick.seen())
    return row


def impatient(seen: Sequence[Seen]) -> list[Violation]:
    """Calls that came again before the time that an answer with Retry-After had asked for was over."""
    until: dict[tuple[str, str], float] = {}
    found = []
    for call in seen:
        left = until.pop((call.function, call.who), 0.0) - call.at
        if left > EARLY:
            found.append(Violation("impatient", call.who, f"{call.function} came again {left:.2f} s too early"))
        if call.trouble and call.trouble.retry_after and call.answered_at:
            until[call.function, call.who] = call.answered_at + int(call.trouble.retry_after)
    return found


BAD_ANSWERS: dict[str, Trouble] = {
    "slow: the work is done, the answer comes after the time-out": Trouble(acts=True, delay=TIMEOUT + 1),
    "slow: the work itself is done after the time-out": Trouble(acts=True, late=TIMEOUT + 1),
    "cutting connections before the work": Trouble(cut="all"),
    "cutting connections after the work, before the answer": Trouble(acts=True, cut="all"),
    "cutting connections in the middle of the answer": Trouble(acts=True, cut="half"),
    "answering HTML with status 200, the work done": Trouble(acts=True, garbage=b"<html>Hello</html>"),
    "answering nothing with status 200": Trouble(garbage=b""),
    "answering 500 after the work": Trouble(acts=True, status=500),
    "answering 429 with Retry-After": Trouble(status=429, retry_after="2"),
}


# ---------------------------------------------------------------- a stampede
PER_SECOND, AT_ONCE = 50, 8


def stampede(folder: Path, count: int = 1000, seconds: int = 20) -> Iterator[Row]:
    """So many calls are told to come again after a time, and all of them are due when the workers come back."""
    quick = CONFIGURATION.read_text().replace("retry: [0.5, 1,", f"retry: [{seconds - 1}, {seconds - 1},")
    with Stage(folder, configuration=quick, rate=1) as stage:
        # Every third one is sent away; not all of them, or the account would be rested as a whole.
        away = Trouble(status=429, retry_after=str(seconds), delay=stage.justclick.latency)
        stage.trouble(lambda _function, who: away if _number(who) % 3 == 0 else None)
        stage.senders.burst(count * 3, LEAD)
        stage.until(lambda: stage.store.counts()["retrying"] >= count * 0.9, 60, "the first tries")
        stage.weather_off()
        _restart_with_limits(stage, folder, quick, wait=seconds)
        since = time.monotonic()
        row = stage.finish(f"{count} retries that fall due at once", bound=count / PER_SECOND * 2 + 60, seconds=180)
        row.violations += impatient(stage.justclick.seen())
        yield _within_limits(row, stage, since)


def all_held(folder: Path, count: int = 1000) -> Iterator[Row]:
    """Nobody answers, the account is rested; when it is back all that was held goes on its way."""
    limits = _limited(CONFIGURATION.read_text())
    with Stage(folder, configuration=limits, rate=1) as stage:
        stage.justclick.stop()
        stage.senders.burst(count, LEAD)
        stage.until(lambda: stage.store.counts()["held"] >= count * 0.9, 90, "the rest of the account")
        stage.justclick.start()
        since = time.monotonic()
        row = stage.finish(
            f"{count} held calls that are released at once", bound=count / PER_SECOND * 2 + 90, seconds=180
        )
        yield _within_limits(row, stage, since)


def stampede_briefly(folder: Path) -> Iterator[Row]:
    return stampede(folder, 150, 5)


def _limited(configuration: str) -> str:
    slower = configuration.replace("max_per_second: 400", f"max_per_second: {PER_SECOND}")
    return slower.replace("max_in_flight: 64", f"max_in_flight: {AT_ONCE}")


def _restart_with_limits(stage: Stage, folder: Path, configuration: str, wait: float) -> None:
    path = folder / "limited.yaml"
    path.write_text(_limited(configuration))
    workers = stage.fleet.workers
    for worker in workers:
        stage.fleet.remove(worker.name)
    stage.run(wait)
    stage.justclick.traffic.most_in_flight = 0
    for worker in workers:
        stage.fleet.add_worker(f"{worker.name}-limited", {**worker.environ, "RELAY_CONFIG": str(path)})


def _within_limits(row: Row, stage: Stage, since: float) -> Row:
    traffic = stage.justclick.traffic
    peak, most = traffic.most_within(1.0, since), traffic.most_in_flight
    row.note = f"peak {peak} calls in a second (limit {PER_SECOND}), {most} at once (limit {AT_ONCE})"
    if peak > PER_SECOND * 1.5 or most > AT_ONCE:
        row.violations.append(Violation("stampede", row.fault, row.note))
    return row


def _number(who: str) -> int:
    return int("".join(filter(str.isdigit, who)) or 0)
