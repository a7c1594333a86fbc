"""Requests a second of the whole intake (verify, read, map, duplicates, one transaction) beside a hello-world route.

``python -m benchmarks.intake``; needs ``wrk``. The same gunicorn with two processes, the same run, medians of three.
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import tempfile
from pathlib import Path

from benchmarks.report import Table
from benchmarks.running import Rig
from tests.support.running import eventually

# Every request is another event: wrk counts the ids up, each thread in a range of its own.
SCRIPT = """
local id, thread = 0, 0
function setup(t) thread = thread + 1; t:set('place', thread * 100000000) end
function init(args) id = place end
function request()
  id = id + 1
  return wrk.format('POST', '/hooks/lead/lead-token', {['Content-Type'] = 'application/json'}, (%s):gsub('ID', id, 1))
end
"""


def body() -> str:
    """1 KB of JSON, as a form builder would send it."""
    told = {"id": "ID", "email": "anna.smirnova@example.com", "name": "Анна Смирнова", "phone": "+7 (999) 000-00-00"}
    told["answers"] = {f"Вопрос {number}": "Хочу узнать больше о курсе" for number in range(9)}
    return json.dumps(told, ensure_ascii=False)


def wrk(port: int, script: Path, seconds: int, connections: int = 32) -> tuple[float, float]:
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


def measure(fsync: str, seconds: int) -> tuple[float, float, float]:
    """hello/s, intake/s, p99 of the intake in ms."""
    with tempfile.TemporaryDirectory() as name, Rig(Path(name), 0, fsync=fsync) as rig:
        script = Path(name) / "post.lua"
        script.write_text(SCRIPT % json.dumps(body(), ensure_ascii=False).replace("'", "\\'"))
        rig.relay.more_environ = {"WEB_CONCURRENCY": "2", "RELAY_LOG_LEVEL": "warning"}
        rates = {}
        for application in ("benchmarks.hello:app", "wsgi:app"):
            web = rig.relay._start("-m", "gunicorn", "-c", "config/gunicorn.py", application)
            eventually(
                lambda: (
                    rig.relay.request(
                        "POST",
                        "/hooks/lead/lead-token",
                        b'{"id": "0", "email": "a@example.com"}',
                        {"Content-Type": "application/json"},
                    )[0]
                    == 200
                )
            )
            wrk(rig.relay.port, script, 1)
            rates[application] = wrk(rig.relay.port, script, seconds)
            web.terminate()
            web.wait(30)
        return rates["benchmarks.hello:app"][0], rates["wsgi:app"][0], rates["wsgi:app"][1]


def main(repeats: int = 3, seconds: int = 5) -> str:
    table = Table("appendfsync", "hello/s", "intake/s", "ratio", "p99 ms at full load")
    for fsync in ("everysec", "always"):
        rows = [measure(fsync, seconds) for _ in range(repeats)]
        ratio = statistics.median(intake / hello for hello, intake, _ in rows)
        hello, intake, p99 = (statistics.median(column) for column in zip(*rows, strict=True))
        table.row(fsync, hello, intake, ratio, p99)
    return table.text


if __name__ == "__main__":
    print(main())
