"""What the benches share: a Redis server, a sink, a worker process, a store filled with deliveries."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import psutil

from benchmarks.bare import PARAMS
from relay import keys
from relay.connect import connect
from relay.models import Awaited
from relay.redis_programs import candidates
from relay.store import Store
from tests.support.making import a_delivery, an_event
from tests.support.running import CONFIGURATION, ROOT, Running, free_port

SECRET = "sandbox-secret"
PAYMENT = {
    "function": "UpdateOrderStatus",
    "name": "UpdateOrderStatus",
    "params": {"bill_id": Awaited("bill:10457"), "status": "paid", "date": 1789378890},
    "awaits": (keys.bill_link("school", "10457"),),
}


class Rig:
    def __init__(self, folder: Path, latency_ms: float, *, fsync: str = "everysec", record: Path | None = None) -> None:
        self.folder, self.latency, self.fsync, self.record = folder, latency_ms, fsync, record
        self.redis_url = f"unix://{folder}/redis.sock"
        self.sink_port = free_port()
        self.sink_url = f"http://127.0.0.1:{self.sink_port}"
        self.processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        self.start_redis()
        arguments = [str(self.sink_port), SECRET, str(self.latency), *([str(self.record)] if self.record else [])]
        sink = subprocess.Popen([sys.executable, "-m", "benchmarks.sink", *arguments], cwd=ROOT, stdout=subprocess.PIPE)
        assert sink.stdout
        sink.stdout.readline()
        self.processes.append(sink)
        self.relay = Running(self.folder, self.redis_url, self.sink_url, configuration=fast_configuration())
        return self

    def start_redis(self) -> None:
        command = [
            candidates()[0],
            "--port",
            "0",
            "--unixsocket",
            f"{self.folder}/redis.sock",
            "--dir",
            str(self.folder),
        ]
        options = ["--appendonly", "yes", "--appendfsync", self.fsync, "--save", ""]
        self.redis_process = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL)
        self.processes.append(self.redis_process)
        client = connect(self.redis_url, max_connections=4, retries=20)
        client.ping()
        self.store = Store(client)

    def __exit__(self, *_: object) -> None:
        self.relay.stop()
        for process in reversed(self.processes):
            process.kill()
            process.wait()

    def fill(self, count: int) -> None:
        """Leads, and at every fifth place a payment whose order is known."""
        self.store.redis.set(keys.LINK + keys.bill_link("school", "10457"), '"90210"')
        for number in range(count):
            one = a_delivery(f"evt_{number}", hook="lead", **(PAYMENT if number % 5 == 0 else {"params": PARAMS}))
            event = an_event(one, hook="lead")
            self.store.keep(
                event,
                [one],
                idempotency_key=event.id,
                window_ms=60_000,
                words=[f"p{number}@example.com"],
                max_per_minute=10**9,
            )

    @contextmanager
    def worker(self, in_flight: int = 64) -> Iterator[subprocess.Popen[bytes]]:
        self.relay.more_environ = {"RELAY_IN_FLIGHT": str(in_flight), "RELAY_LOG_LEVEL": "warning"}
        process = self.relay.start_worker()
        yield process
        process.terminate()
        process.wait(30)

    def wait_for(self, condition: Callable[[dict[str, int]], bool], seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not condition(self.store.counts()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.store.counts()}\n{self.relay.logs()[-3000:]}")
            time.sleep(0.005)

    def connections_of(self, pid: int) -> int:
        """Connections of this process to the store (they are unix sockets; the sink is reached by TCP)."""
        return sum(
            1 for one in psutil.Process(pid).net_connections("unix") if str(one.raddr or one.laddr).find("redis") >= 0
        ) or len([one for one in self.store.redis.client_list() if one.get("name") == "justclick-relay"])


def fast_configuration() -> str:
    return CONFIGURATION.replace("max_per_second: 500", "max_per_second: 100000").replace(
        "max_in_flight: 64", "max_in_flight: 1000"
    )


def pss_mb(pid: int) -> float:
    """Proportional set size of a process and its children."""
    total = 0
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024
