"""The whole intake of a webhook (verify, read, map, duplicates, one transaction) beside a hello-world route.

``python -m benchmarks.intake``; needs ``wrk``. Three gunicorns with the same settings, two processes each, stand side
by side and are loaded in turns, every round in the other order, so that whatever else the machine does hits all alike:
a ratio is the median over the rounds of what was measured within one round. Every request is a new event. The third is
:mod:`benchmarks.plain`: what the same stack takes for storing and queueing alone, the plain way.

- *ratio*: the requests a second of the intake in those of the hello-world route, both by ``wrk`` at full load, over
  connections that are kept (a router in front keeps them) and over a new one for each webhook (as most senders come).
- *p99 at half load*: each round, at half of the rate that the intake has just reached, by :mod:`benchmarks.paced`,
  which keeps its pace whatever the answers take (``wrk`` waits for each answer, so it cannot be told a rate).
- *always / everysec*: the same server, told by CONFIG SET to wait for the disk before it answers.
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.report import Table
from benchmarks.running import Rig
from tests.support.running import CONFIGURATION, ROOT, Running, eventually

PATH = "/hooks/lead/lead-token"
CONNECTIONS = 32
HELLO, PLAIN, RELAY = "benchmarks.hello:app", "benchmarks.plain:app", "wsgi:app"
JSON = "{['Content-Type'] = 'application/json'}"
JSON_ONCE = "{['Content-Type'] = 'application/json', ['Connection'] = 'close'}"

# Every request is another event: wrk counts the ids up, each thread in a range of its own.
SCRIPT = """
local id, thread = 0, 0
function setup(t) thread = thread + 1; t:set('place', thread * 100000000) end
function init(args) id = place end
function request()
  id = id + 1
  return wrk.format('POST', '/hooks/lead/lead-token', %s, (%s):gsub('ID', id, 1))
end
"""


def body() -> str:
    """1 KB of JSON, as a form builder would send it."""
    told = {"id": "ID", "email": "anna.smirnova@example.com", "name": "Анна Смирнова", "phone": "+7 (999) 000-00-00"}
    told["answers"] = {f"Вопрос {number}": "Хочу узнать больше о курсе" for number in range(13)}
    return json.dumps(told, ensure_ascii=False)


def script(folder: Path, headers: str = JSON) -> Path:
    """A script for wrk whose ids no other run has used."""
    path = folder / "post.lua"
    fresh = body().replace("ID", f"{time.time_ns()}-ID", 1)
    path.write_text(SCRIPT % (headers, json.dumps(fresh, ensure_ascii=False).replace("'", "\\'")))
    return path


def wrk(port: int, script: Path, seconds: int, connections: int = CONNECTIONS) -> tuple[float, float]:
    """Requests a second and the p99 in milliseconds. Raises when an answer was not 2xx."""
    command = [
        "wrk",
        "-t2",
        f"-c{connections}",
        f"-d{seconds}s",
        "--latency",
        "-s",
        str(script),
        f"http://127.0.0.1:{port}",
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in told:
        raise RuntimeError(told)
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", told).groups()  # type: ignore[union-attr]
    return float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1]), float(value) * {"us": 0.001, "ms": 1, "s": 1000}[
        unit
    ]


def paced(port: int, rate: float, seconds: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.paced", str(port), str(rate), str(seconds)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    measured: dict[str, float] = json.loads(told)
    return measured


class Bench:
    """A store and the three gunicorns in front of it."""

    def __init__(self, folder: Path, rig: Rig, seconds: int) -> None:
        self.folder, self.rig, self.seconds = folder, rig, seconds
        self.ports: dict[str, int] = {}

    @contextmanager
    def serving(self, application: str) -> Iterator[None]:
        folder = self.folder / application.partition(":")[0]
        folder.mkdir()
        relay = Running(folder, self.rig.redis_url, self.rig.sink_url, configuration=unbounded())
        relay.more_environ = {"WEB_CONCURRENCY": "2", "RELAY_LOG_LEVEL": "warning"}
        relay._start("-m", "gunicorn", "-c", "config/gunicorn.py", application)
        try:
            eventually(lambda: relay.post("lead", {"id": application, "email": "a@example.com"})[0] == 200)
            self.ports[application] = relay.port
            wrk(relay.port, script(self.folder), 2)  # the first requests find cold caches
            yield
        finally:
            relay.stop()

    def rate(self, application: str, fsync: str = "everysec", headers: str = JSON) -> tuple[float, float]:
        """Requests a second and their p99 in milliseconds at full load."""
        self.rig.store.redis.config_set("appendfsync", fsync)
        return wrk(self.ports[application], script(self.folder, headers), self.seconds)

    def half(self, rate: float, fsync: str = "everysec") -> dict[str, float]:
        self.rig.store.redis.config_set("appendfsync", fsync)
        return paced(self.ports[RELAY], rate / 2, self.seconds)

    def round(self, *, backwards: bool) -> dict[str, float]:
        hello, everysec, always = (HELLO, "everysec"), (RELAY, "everysec"), (RELAY, "always")
        hello_once, once = (HELLO, "everysec", JSON_ONCE), (RELAY, "everysec", JSON_ONCE)
        plain, plain_once = (PLAIN, "everysec"), (PLAIN, "everysec", JSON_ONCE)
        order = [hello, plain, everysec, always, once, plain_once, hello_once]
        found = {one: self.rate(*one) for one in (reversed(order) if backwards else order)}
        rate = found[everysec][0]
        return {
            "hello": found[hello][0],
            "intake": rate,
            "ratio": rate / found[hello][0],
            "full": found[everysec][1],
            "plain": found[plain][0],
            "ratio plain": found[plain][0] / found[hello][0],
            "plain once": found[plain_once][0],
            "ratio plain once": found[plain_once][0] / found[hello_once][0],
            "hello once": found[hello_once][0],
            "once": found[once][0],
            "ratio once": found[once][0] / found[hello_once][0],
            "full once": found[once][1],
            "half": self.half(rate)["p99"],
            "always": found[always][0],
            "share": found[always][0] / rate,
            "always half": self.half(found[always][0], "always")["p99"],
        }


def unbounded() -> str:
    """The configuration with an allowance a minute that no bench uses up."""
    return CONFIGURATION.replace("provider: generic", "provider: generic\n    max_per_minute: 100000000")


def measure(rounds: int, seconds: int) -> list[dict[str, float]]:
    with tempfile.TemporaryDirectory() as name, Rig(Path(name), 0) as rig, ExitStack() as running:
        bench = Bench(Path(name), rig, seconds)
        for application in (HELLO, PLAIN, RELAY):
            running.enter_context(bench.serving(application))
        found = []
        for number in range(rounds):
            found.append(bench.round(backwards=bool(number % 2)))
            print("  ".join(f"{what} {value:.2f}" for what, value in found[-1].items()), file=sys.stderr, flush=True)
        return found


def main(rounds: int = 5, seconds: int = 5) -> str:
    found = measure(rounds, seconds)
    median = {what: statistics.median(one[what] for one in found) for what in found[0]}
    columns = ("hello/s", "requests/s", "ratio", "p99 ms at half load", "p99 ms at full load")
    table = Table("connections", "what", *columns)
    table.row("kept", "intake", median["hello"], median["intake"], median["ratio"], median["half"], median["full"])
    table.row("kept", "intake, appendfsync always", "", median["always"], "", median["always half"], "")
    table.row("kept", "plain store and enqueue", "", median["plain"], median["ratio plain"], "", "")
    once = (median[what] for what in ("hello once", "once", "ratio once"))
    table.row("one for each webhook", "intake", *once, "", median["full once"])
    table.row(
        "one for each webhook", "plain store and enqueue", "", median["plain once"], median["ratio plain once"], "", ""
    )
    ratios = sorted(one["ratio"] for one in found)
    share, least, most = median["share"], ratios[0], ratios[-1]
    return (
        f"{table.text}\n\nRatio over kept connections from {least:.2f} to {most:.2f} in {rounds} rounds; "
        f"always / everysec: {share:.2f}. "
        "Promised: a ratio of 0.35, a p99 under 30 ms at half load, always / everysec 0.60."
    )


if __name__ == "__main__":
    print(main())
