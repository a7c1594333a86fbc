"""The relay on several hosts: Redis, a JustClick that counts, workers, web processes, each in its own namespace."""

from __future__ import annotations

import json
import ssl
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import trustme

from benchmarks.running import SECRET
from benchmarks.scale_hosts import Hosts
from relay.connect import connect
from relay.models import Delivery
from relay.redis_programs import candidates
from relay.store import Store
from tests.support.making import a_delivery, an_event
from tests.support.running import CONFIGURATION, Running, eventually

WORKERS = tuple(f"worker{number}" for number in range(1, 5))
WEBS = ("web1", "web2")
ALL = ("redis", "justclick", "senders", *WORKERS, *WEBS)
REDIS_PORT, JUSTCLICK_PORT, WEB_PORT = 6379, 8080, 8000


@dataclass(frozen=True, slots=True)
class Load:
    """What Redis has done, and how busy it was, between two looks."""

    seconds: float
    cpu: float  # seconds of its core
    commands: int  # in and outside of scripts
    script_calls: int
    script_us: float

    @property
    def busy(self) -> float:
        return self.cpu / self.seconds


class Stage:
    def __init__(self, hosts: Hosts, folder: Path) -> None:
        self.hosts, self.folder = hosts, folder
        self.redis_url = f"redis://{hosts.address('redis')}:{REDIS_PORT}"
        self.authority = folder / "authority.pem"
        self.justclick_url = f"https://{hosts.address('justclick')}:{JUSTCLICK_PORT}"

    def begin(self) -> None:
        hosts, log = self.hosts, self.folder / "redis.log"
        place = ["--bind", hosts.address("redis"), "--port", str(REDIS_PORT), "--protected-mode", "no"]
        kept = ["--dir", str(self.folder), "--appendonly", "yes", "--save", ""]
        hosts.start("redis", [candidates()[0], *place, *kept], log)
        place = [
            hosts.address("justclick"),
            str(JUSTCLICK_PORT),
            SECRET,
            str(self._certify(hosts.address("justclick"))),
        ]
        sink = ["-m", "benchmarks.scale_sink", *place]
        hosts.start("justclick", [sys.executable, *sink], self.folder / "justclick.log")
        hosts.move_in("senders")
        client = connect(self.redis_url, max_connections=8, retries=20)
        client.ping()
        self.store = Store(client)
        eventually(self._reachable, 20, "the JustClick")

    def _certify(self, address: str) -> Path:
        """A certificate with its key for this address; who signed it stands in ``self.authority``."""
        authority, file = trustme.CA(), self.folder / "justclick.pem"
        authority.cert_pem.write_to_path(str(self.authority))
        authority.issue_cert(address).private_key_and_cert_chain_pem.write_to_path(str(file))
        return file

    def _reachable(self) -> bool:
        try:
            return bool(self.figures())
        except OSError:
            return False

    # ------------------------------------------------------------ the relay's processes
    def environ(self, *, max_in_flight: int = 1000, max_per_second: float = 100_000, **more: str) -> Mapping[str, str]:
        text = CONFIGURATION.replace("max_per_second: 500", f"max_per_second: {max_per_second}")
        text = text.replace("max_in_flight: 64", f"max_in_flight: {max_in_flight}")
        text = text.replace("provider: generic\n", "provider: generic\n    max_per_minute: 10000000\n")
        relay = Running(self.folder, self.redis_url, self.justclick_url, configuration=text, port=WEB_PORT)
        return {
            **relay.environ,
            "RELAY_LOG_LEVEL": "warning",
            "WEB_CONCURRENCY": "1",
            "SSL_CERT_FILE": str(self.authority),
            **more,
        }

    @contextmanager
    def workers(self, count: int, environ: Mapping[str, str]) -> Iterator[list[int]]:
        """So many worker processes, each on its own host, when all of them beat."""
        pids = [
            self.hosts.start(name, [sys.executable, "-m", "workers"], self.folder / f"{name}.log", environ)
            for name in WORKERS[:count]
        ]
        try:
            self._await(lambda: sum(beat > 1 for beat in self.store.beats().values()) == count, "the workers")
            yield pids
        finally:
            for pid in pids:
                self.hosts.stop(pid, 1)

    @contextmanager
    def webs(self, count: int, environ: Mapping[str, str]) -> Iterator[list[str]]:
        """So many web processes, each on its own host; their addresses."""
        command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "wsgi:app"]
        pids = [self.hosts.start(name, command, self.folder / f"{name}.log", environ) for name in WEBS[:count]]
        addresses = [f"http://{self.hosts.address(name)}:{WEB_PORT}" for name in WEBS[:count]]
        try:
            for address in addresses:
                self._await(lambda address=address: _answers(f"{address}/healthz"), address)
            yield addresses
        finally:
            for pid in pids:
                self.hosts.stop(pid)

    def _await(self, condition: Callable[[], bool], what: str) -> None:
        try:
            eventually(condition, 60, what)
        except AssertionError as error:
            logs = "\n".join(path.read_text(errors="replace")[-1000:] for path in self.folder.glob("w*.log"))
            raise AssertionError(f"{error}\n{logs}") from None

    # ------------------------------------------------------------ the store
    def clear(self) -> None:
        """Nothing in the store, and an append-only file that begins anew."""
        self.store.redis.flushall()
        self.store.redis.bgrewriteaof()
        eventually(lambda: not self.store.redis.info("persistence")["aof_rewrite_in_progress"], 20, "the rewriting")

    def fill(self, count: int, **changes: Any) -> list[Delivery]:
        """So many deliveries, kept one by one, as intake does it."""
        made = []
        for number in range(count):
            params = {"rid": ["webinar"], "lead_email": f"p{number}@example.com"}
            one = a_delivery(f"evt_{number}", hook="lead", params=params, **changes)
            self.keep([one])
            made.append(one)
        return made

    def keep(self, deliveries: Sequence[Delivery]) -> None:
        event = an_event(*deliveries, hook="lead")
        email = deliveries[0].params["lead_email"]
        kept = {"window_ms": 60_000, "words": [email], "max_per_minute": 10**9}
        self.store.keep(event, deliveries, idempotency_key=event.id, **kept)

    def still_queued(self) -> None:
        """Raises when the workers have run out of work: their rate would be that of what there was."""
        counts = self.store.counts()
        assert counts["queued"] > 0, f"the queue ran dry within the trial: {counts}"

    @contextmanager
    def redis_load(self) -> Iterator[list[Load]]:
        """Redis' work within the block; the list holds it afterwards."""
        self.store.redis.config_resetstat()
        before, began = self._cpu(), time.perf_counter()
        found: list[Load] = []
        yield found
        seconds, cpu = time.perf_counter() - began, self._cpu() - before
        stats = self.store.redis.info("commandstats")
        scripts = stats.get("cmdstat_evalsha", {"calls": 0, "usec": 0})
        commands = sum(one["calls"] for one in stats.values())
        found.append(Load(seconds, cpu, commands, scripts["calls"], scripts["usec"]))

    def _cpu(self) -> float:
        told = self.store.redis.info("cpu")
        return float(told["used_cpu_sys_main_thread"]) + float(told["used_cpu_user_main_thread"])

    # ------------------------------------------------------------ the JustClick
    def count(self, latency_ms: float) -> None:
        self._ask(f"/begin/{latency_ms:g}")

    def figures(self) -> dict[str, Any]:
        return dict(json.loads(self._ask("/figures")))

    def _ask(self, path: str) -> bytes:
        context = ssl.create_default_context(cafile=str(self.authority))
        with urllib.request.urlopen(self.justclick_url + path, timeout=5, context=context) as answer:
            return bytes(answer.read())


def cpu_seconds(pids: Sequence[int]) -> float:
    """What these processes have used of a core so far."""
    return sum(sum(psutil.Process(pid).cpu_times()[:2]) for pid in pids)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.read())
    except OSError:
        return False
