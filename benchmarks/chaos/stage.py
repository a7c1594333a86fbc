"""One fault's stage: a Redis, an independent JustClick, the relay's processes, senders under way; at the end the audit.

Usage: ``with Stage(folder) as stage: ...do harm...; row = stage.finish("name")``.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Self

from redis.exceptions import RedisError

from benchmarks.chaos import audit
from benchmarks.chaos.books import read_books
from benchmarks.chaos.fleet import Fleet, Member
from benchmarks.chaos.justclick import JustClick, Trouble
from benchmarks.chaos.redis_proxy import Gate, RedisProxy
from benchmarks.chaos.redis_server import RedisServer
from benchmarks.chaos.row import Row
from benchmarks.chaos.senders import Senders
from benchmarks.chaos.sent import REFUSED, REFUSED_CODE, Webhook
from benchmarks.chaos.unsure import unsure
from benchmarks.chaos.violation import Violation
from relay.lifecycle import ENDED, State
from relay.store import Store
from tests.support.running import Running

ON_THEIR_WAY = [state for state in State if state not in ENDED]
ONLY_WAITING = 15.0  # seconds after which what waits for orders waits for a person
FORGIVABLE = frozenset({"event-missing", "wrong-end", "never-made"})  # of an event that a power cut took
BACK_WITHIN = 60  # seconds in which what a dead worker held is on its way again; the contract
CONFIGURATION = Path(__file__).with_name("configuration.yaml")


class Stage:
    """``rate``: events a second. ``proxied``: the processes that reach Redis through a proxy of their own."""

    usual_rate = 60.0

    def __init__(
        self,
        folder: Path,
        *,
        rate: float = 0,
        workers: int = 2,
        webs: int = 1,
        fsync: str = "everysec",
        proxied: tuple[str, ...] = (),
        configuration: str = "",
        environ: Mapping[str, str] | None = None,
        redis: RedisServer | None = None,
        redis_url: str = "",
        redis_environ: Mapping[str, str] | None = None,
        environ_of: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.redis = redis or RedisServer(folder / "redis", fsync=fsync)
        self.redis_environ = redis_environ
        self.environ_of = environ_of or {}  # by the kind of process: web, worker
        self.justclick = JustClick()
        self.weather_off()
        self.relay = Running(
            folder,
            redis_url or self.redis.url,
            self.justclick.url,
            configuration=configuration or CONFIGURATION.read_text(),
            more_environ=environ or {},
        )
        self.counts = (workers, webs)
        self.proxies = {name: RedisProxy(name, self.redis.dial) for name in proxied}
        self.rate = rate or self.usual_rate

    # ------------------------------------------------------------ life
    def __enter__(self) -> Self:
        if self.redis.process is None:
            self.redis.start(self.redis_environ)
        self.store = Store(self.redis.admin)
        self.fleet = Fleet(self.relay)
        self.senders = Senders(lambda: [web.port for web in self.fleet.webs], self.rate)
        workers, webs = self.counts
        for number in range(webs):
            self.fleet.add_web(f"web-{number}", self.way_of(f"web-{number}"))
        for number in range(workers):
            self.fleet.add_worker(f"worker-{number}", self.way_of(f"worker-{number}"))
        self.until(lambda: all(self.listening(web) for web in self.fleet.webs), 60, "the web processes")
        self.until(lambda: len(self.store.beats()) >= workers, 60, "the workers")
        self.senders.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.senders.finish(0)
        self.fleet.stop()
        for proxy in self.proxies.values():
            proxy.close()
        self.justclick.close()
        self.redis.stop()

    def way_of(self, name: str) -> dict[str, str]:
        """What is special in the environment of a process: its proxy, its clock."""
        way = {"REDIS_URL": self.proxies[name].url} if name in self.proxies else {}
        return {**self.environ_of.get(name.partition("-")[0], {}), **way}

    def listening(self, web: Member) -> bool:
        self.relay.port = web.port
        return self.relay.get("/healthz")[0] == 200

    def stopped_at(
        self, gate: Gate, names: Iterable[str], seconds: float = 60, nudge: Callable[[], None] | None = None
    ) -> str:
        """Sets the gate in front of these processes; the name of the first that has come to it and stands there."""
        for name in names:
            self.proxies[name].gate = gate
        deadline = time.monotonic() + seconds
        while not gate.reached.wait(0.5):
            if nudge:
                nudge()
            if time.monotonic() > deadline:
                raise TimeoutError("nobody came to the gate")
        return gate.who

    def open_gates(self, cut: str = "") -> None:
        """Everybody passes again; ``cut``: the process whose connections end here, before what was held could go on."""
        if cut:
            self.proxies[cut].cut_all()
        for proxy in self.proxies.values():
            proxy.open()

    # ------------------------------------------------------------ small words
    def weather_off(self) -> None:
        self.justclick.weather = _usual

    def trouble(self, decide: Callable[[str, str], Trouble | None]) -> None:
        """Bad weather; who is to be refused is refused all the same."""
        self.justclick.weather = lambda function, who: _usual(function, who) or decide(function, who)

    def until(self, true: Callable[[], object], seconds: float, what: str) -> None:
        deadline = time.monotonic() + seconds
        while not _quietly(true):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what} did not come about in {seconds:g} s\n{self.logs()[-4000:]}")
            time.sleep(0.05)

    def run(self, seconds: float) -> None:
        """Lets the load go on."""
        time.sleep(seconds)

    def state_counts(self) -> Counter[str]:
        return Counter(self.store.counts())

    def on_their_way(self) -> int:
        counts = self.state_counts()
        return sum(counts[state] for state in ON_THEIR_WAY)

    def logs(self) -> str:
        return self.relay.logs()

    # ------------------------------------------------------------ the end
    def settle(self, seconds: float = 90, only_waiting: float = ONLY_WAITING) -> list[Violation]:
        """Stops the load and waits until nothing is on its way."""
        violations = []
        if not self.senders.finish(seconds):
            violations.append(Violation("not-taken", "senders", f"{self.senders.unanswered} were never answered 2xx"))
        deadline = time.monotonic() + seconds
        before, changed_at = self.state_counts(), time.monotonic()
        while _quietly(self.on_their_way, 1) and time.monotonic() < deadline:
            time.sleep(0.1)
            now = _quietly(self.state_counts, before)
            if now != before:
                before, changed_at = now, time.monotonic()
            elif _only_waiting(before) and time.monotonic() - changed_at > only_waiting:
                break  # for orders that will not come
        return violations

    def finish(
        self,
        fault: str,
        *,
        bound: float = 60,
        note: str = "",
        seconds: float = 90,
        forgiven: Callable[[Webhook], bool] = lambda _: False,
        uncounted: Callable[[Webhook], bool] = lambda _: False,
        exits_allowed: bool = False,
        clocks_agree: bool = True,
        forgetful: bool = False,
        unsure_because: str = "",
        only_waiting: float = ONLY_WAITING,
    ) -> Row:
        """Settles, audits, and tells. ``forgiven``: events that were promised and whose loss is the measured one.

        ``uncounted``: events whose attempts the store may have forgotten with them.
        ``unsure_because``: words in the note of orders that may be left to a person here; as a rule none may be.
        """
        violations = self.settle(seconds, only_waiting)
        sent = [one for one in self.senders.sent if not forgiven(one)]
        seen = self.justclick.seen()
        books = read_books(self.redis.admin)
        violations += audit.audit(books, seen, self.senders.sent, forgetful=forgetful)
        doubtful = unsure(books, self.senders.sent)
        fewer = {f"{one.kind}-{one.number}" for one in self.senders.sent if uncounted(one)}
        names = {f"{one.kind}-{one.number}" for one in self.senders.sent if forgiven(one)}
        violations = [
            one
            for one in violations
            if not doubtful.excuses(one)
            and not (one.about in names and one.kind in FORGIVABLE)
            and not (one.about in fewer and one.kind == "uncounted")
        ]
        violations += doubtful.unexpected(unsure_because)
        if not self.fleet.web_harmed:
            violations += audit.unanswered(self.senders.sent)
        if doubtful.told:
            note = f"{note}; {len(doubtful.told)} orders are left to a person (uncertain)".removeprefix("; ")
        longest = audit.longest_wait(seen, sent)
        if clocks_agree:
            longest = max(longest, audit.longest_way(books, sent, time.time() - time.monotonic()))
        if longest > bound:
            violations.append(Violation("too-late", fault, f"the longest wait was {longest:.1f} s, not {bound:g}"))
        abandoned = self.fleet.longest_abandoned() if clocks_agree else 0.0
        if abandoned > BACK_WITHIN:
            violations.append(
                Violation("too-late", fault, f"what a dead worker held was put back after {abandoned:.1f} s")
            )
        if abandoned:
            note = f"{note}; what dead workers held was put back within {abandoned:.0f} s".removeprefix("; ")
        if not exits_allowed:
            violations += [
                Violation("exited", name, f"ended {times} times by itself")
                for name, times in self.fleet.unasked_exits().items()
            ]
        return Row(
            fault,
            sum(one.kept is not None for one in self.senders.sent),
            len(audit.lost(violations)),
            len(audit.doubled(violations)),
            audit.safe_repeats(seen, sent),
            longest,
            note,
            abandoned,
            violations,
        )


def _only_waiting(counts: object) -> bool:
    assert isinstance(counts, Counter)
    return not any(counts[state] for state in ON_THEIR_WAY if state != State.WAITING)


def _usual(_function: str, who: str) -> Trouble | None:
    return Trouble(code=REFUSED_CODE) if who.startswith(REFUSED) else None


def _quietly(ask: Callable[[], object], otherwise: object = False) -> object:
    try:
        return ask()
    except (RedisError, OSError):
        return otherwise
    except Exception as error:  # StoreUnavailable wraps what the client raises
        if isinstance(error.__cause__, RedisError):
            return otherwise
        raise
