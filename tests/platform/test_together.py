"""relay/development/together.py: programs that start together and stop together."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.support.servers import until

ROOT = Path(__file__).parents[2]
RUNNER = """
import json, os, sys
from relay.development.together import Program, Together
programs = [Program(name, line, os.environ, stage) for name, line, stage in json.loads(sys.argv[1])]
sys.exit(0 if Together(programs).run() else 1)
"""
PATIENT = f"""exec {sys.executable} -uc '
import signal, sys, time
stop = []
signal.signal(signal.SIGTERM, lambda *a: stop.append(1))
print("up")
while not stop: time.sleep(0.02)
print("down")
'"""
STUBBORN = f"""exec {sys.executable} -uc '
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up")
time.sleep(600)
'"""


class Runner:
    """A Together in a process of its own, and what it has printed."""

    def __init__(self, programs: list[tuple[str, str, int]], log: Path) -> None:
        self.log = log
        with log.open("wb") as output:
            command = [sys.executable, "-c", RUNNER, json.dumps(programs)]
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)

    def text(self) -> str:
        return self.log.read_text()

    def children(self) -> list[psutil.Process]:
        """Of the programs, without the leash that they are on."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in children if not any("leash" in word for word in child.cmdline())]

    def end(self) -> int:
        return self.process.wait(20)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_stop_it_ends_all_and_says_so_by_status_0(number: signal.Signals, log: Path) -> None:
    """Ctrl-C, a supervisor, a closed terminal."""
    runner = Runner([("one", PATIENT, 0), ("two", PATIENT, 0)], log)
    until(lambda: runner.text().count("up") == 2)
    children = runner.children()
    os.kill(runner.process.pid, number)
    assert runner.end() == 0
    assert runner.text().count("down") == 2
    assert not any(child.is_running() for child in children)
    assert "Traceback" not in runner.text()


def test_one_that_dies_takes_the_others_along_and_is_named(log: Path) -> None:
    """A worker that cannot start must not go unnoticed behind a page that works."""
    runner = Runner([("web", PATIENT, 0), ("worker", "sleep 0.3; echo 'no such file'; exit 3", 0)], log)
    assert runner.end() == 1
    assert "worker | no such file" in runner.text()
    assert "worker ended by itself (status 3)" in runner.text()
    assert "web    | down" in runner.text()


def test_a_killed_one_is_told_by_its_signal(log: Path) -> None:
    """The out-of-memory killer leaves no words of its own."""
    runner = Runner([("web", "sleep 600", 0)], log)
    until(runner.children)
    runner.children()[0].kill()
    assert runner.end() == 1
    assert "web ended by itself (killed by SIGKILL)" in runner.text()
    assert "Start again as before" in runner.text()


def test_a_runner_that_is_killed_leaves_nobody_behind(log: Path) -> None:
    """What it can no longer stop is stopped all the same: an old worker beside the next run would send as well."""
    runner = Runner([("one", PATIENT, 0), ("two", PATIENT, 0)], log)
    until(lambda: runner.text().count("up") == 2)
    children = psutil.Process(runner.process.pid).children(recursive=True)
    assert len(children) == 3
    runner.process.kill()
    assert psutil.wait_procs(children, 10)[1] == []


def test_stages_stop_one_after_the_other(log: Path) -> None:
    """The sandbox hears the worker out."""
    runner = Runner([("sandbox", PATIENT, 1), ("worker", PATIENT, 0)], log)
    until(lambda: runner.text().count("up") == 2)
    os.kill(runner.process.pid, signal.SIGTERM)
    assert runner.end() == 0
    assert runner.text().index("worker  | down") < runner.text().index("sandbox | down")


def test_a_second_request_ends_it_at_once(log: Path) -> None:
    """Whoever presses Ctrl-C twice means it."""
    runner = Runner([("stubborn", STUBBORN, 0)], log)
    until(lambda: "up" in runner.text())
    children = runner.children()
    os.kill(runner.process.pid, signal.SIGINT)
    until(lambda: "Stopping" in runner.text())
    os.kill(runner.process.pid, signal.SIGINT)
    assert runner.end() == 0
    assert not any(child.is_running() for child in children)


def test_a_request_in_the_first_moment_is_not_lost(log: Path) -> None:
    """Before the programs have really started."""
    runner = Runner([("one", "sleep 600", 0), ("two", "sleep 600", 0)], log)
    until(runner.children)
    os.kill(runner.process.pid, signal.SIGTERM)
    assert runner.end() == 0
