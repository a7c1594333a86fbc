"""``python -m relay run`` (make run), as a stranger would start it: everything, in a folder of its own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.servers import free_port, until

ROOT = Path(__file__).parents[2]
CURL = re.compile(r"^\s+curl -H '(?P<header>[^']+)' -d '(?P<data>[^']+)' (?P<address>\S+)$", re.MULTILINE)
pytestmark = pytest.mark.slow


class Running:
    """``python -m relay run`` in a copy of the project, with next to nothing in its environment."""

    def __init__(self, folder: Path, port: int, **environ: str) -> None:
        self.folder = folder
        self.began = time.monotonic()
        known = {"PATH": os.environ["PATH"], "HOME": str(folder), "PORT": str(port), **environ}
        command = [sys.executable, "-m", "relay", "run"]
        pipe = subprocess.PIPE
        options = {"stdin": subprocess.DEVNULL, "stdout": pipe, "stderr": subprocess.STDOUT, "text": True}
        self.process = subprocess.Popen(command, cwd=folder, env=known, start_new_session=True, **options)  # type: ignore[call-overload]
        self._lines: list[str] = []
        self._reader = threading.Thread(target=lambda: self._lines.extend(iter(self.process.stdout.readline, "")))
        self._reader.start()

    def text(self) -> str:
        return "".join(self._lines)

    def ready(self) -> float:
        """Seconds until it said that it runs."""
        until(lambda: "Stop with Ctrl-C" in self.text() or self.process.poll() is not None, patience=60)
        assert "JustClick Relay is running." in self.text(), self.text()
        return time.monotonic() - self.began

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """As the terminal does it: the signal goes to the whole group."""
        os.killpg(self.process.pid, number)
        status = self.process.wait(40)
        self._reader.join(10)
        return int(status)

    def told(self, label: str) -> str:
        return re.findall(rf"^  {label} +(.+)$", self.text(), re.MULTILINE)[0]


def left(folder: Path) -> list[str]:
    """Processes that still have this folder in their command line or as their working directory."""
    found = []
    for process in psutil.process_iter(["cmdline", "cwd"]):
        line = " ".join(process.info["cmdline"] or [])
        if process.pid != os.getpid() and (str(folder) in line or process.info["cwd"] == str(folder)):
            found.append(line)
    return found


def fetch(address: str, data: bytes | None = None, header: str = "") -> tuple[int, str]:
    request = urllib.request.Request(address, data)
    if header:
        request.add_header(*header.split(": ", 1))
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status, answer.read().decode()


def started_again(folder: Path, port: int) -> Running:
    """Under five seconds: the best of three starts, for other tests run at the same time."""
    for start in (1, 2, 3):
        running = Running(folder, port)
        if running.ready() < 5:
            return running
        assert start < 3, "three starts took five seconds and more"
        running.stop()
    raise AssertionError


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Path]:
    """What a clone holds, without .venv and var."""
    folder = tmp_path / "clone"
    leave = shutil.ignore_patterns(".git", ".venv", "var", ".env", "__pycache__", ".*_cache", ".hypothesis", "tests")
    shutil.copytree(ROOT, folder, ignore=leave)
    yield folder
    for process in psutil.process_iter(["cwd"]):
        if (process.info["cwd"] or "").startswith(str(folder)):
            process.kill()


def test_a_stranger_sees_a_lead_arrive(copy: Path) -> None:
    """Start, post the printed curl, see it in the sandbox, stop; then once more: quick, and everything is there."""
    port = free_port()
    first = Running(copy, port)
    first.ready()
    printed = CURL.search(first.text())
    assert printed, first.text()
    assert f"127.0.0.1:{port}/" in first.told("Status page")
    assert fetch(printed["address"], printed["data"].encode(), printed["header"]) == (200, "ok")
    sandbox = first.told("JustClick").split()[5].rstrip("/")
    until(lambda: "anna@example.com" in fetch(sandbox + "/")[1], patience=20)
    password = first.told("Password")
    assert first.stop() == 0
    assert "Traceback" not in first.text()
    assert left(copy) == []

    second = started_again(copy, port)
    assert second.told("Password") == password
    assert CURL.search(second.text())["address"] == printed["address"]  # type: ignore[index]
    again = fetch(printed["address"], printed["data"].encode(), printed["header"])
    assert again == (200, "ok")
    sandbox = second.told("JustClick").split()[5].rstrip("/")
    assert "anna@example.com" in fetch(sandbox + "/")[1]
    assert second.stop(signal.SIGTERM) == 0
    assert left(copy) == []


def test_a_taken_port_is_told_and_the_next_one_used(copy: Path) -> None:
    """Somebody else listens on 8000, as so often."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        running = Running(copy, port)
        running.ready()
        assert re.search(rf"Port {port} is taken; using \d+\.", running.text())
        assert running.stop() == 0


def test_a_second_one_in_the_same_folder_is_refused_with_the_address_of_the_first(copy: Path) -> None:
    """Two would share a queue and a sandbox."""
    running = Running(copy, free_port())
    running.ready()
    second = Running(copy, free_port())
    assert second.process.wait(20) == 2
    until(lambda: "It is running already: http://127.0.0.1:" in second.text())
    assert running.stop() == 0


def test_a_wrong_configuration_stops_before_anything_starts(copy: Path) -> None:
    """The file, the line, the key; no process is left."""
    with (copy / "config" / "relay.yaml").open("a") as file:
        file.write("hoooks: {}\n")
    running = Running(copy, free_port())
    assert running.process.wait(30) == 2
    until(lambda: "hoooks" in running.text())
    assert "relay.yaml" in running.text()
    assert "Traceback" not in running.text()
    assert left(copy) == []


def test_a_worker_that_dies_ends_it_all_with_the_reason(copy: Path) -> None:
    """A page that works in front of a queue that does not would be the worse thing."""
    running = Running(copy, free_port())
    running.ready()
    workers = [process for process in psutil.process_iter(["cmdline", "cwd"]) if process.info["cwd"] == str(copy)]
    for process in workers:
        if process.info["cmdline"][-2:] == ["-m", "workers"]:
            process.kill()
    assert running.process.wait(40) == 1
    until(lambda: "worker ended by itself (killed by SIGKILL)" in running.text())
    assert left(copy) == []


def test_a_real_account_is_named_and_gets_no_sandbox(copy: Path) -> None:
    """JUSTCLICK_LOGIN in .env: the relay says where posts will arrive."""
    (copy / ".env").write_text("JUSTCLICK_LOGIN=school\nJUSTCLICK_SECRET=no-real-key\nRELAY_PASSWORD=my-own\n")
    running = Running(copy, free_port())
    running.ready()
    assert "the real account school at https://school.justclick.ru" in running.told("JustClick")
    assert "sandbox" not in running.text()
    assert "my-own" not in running.text()
    assert running.stop() == 0
