"""config/gunicorn.py: served by the real gunicorn, with a small application in place of ours."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.support import needs
from tests.support.servers import Start, free_port, listening, until

ROOT = Path(__file__).parents[2]
APPLICATION = """
import time
def app(environ, start):
    if environ["PATH_INFO"].startswith("/slow"):
        time.sleep(float(environ["PATH_INFO"].partition("=")[2] or 1.5))
    if environ["REQUEST_METHOD"] == "POST":
        environ["wsgi.input"].read()
    if environ["PATH_INFO"].endswith("/broken"):
        raise ValueError("broken")
    told = f'{environ["wsgi.url_scheme"]} {environ["REMOTE_ADDR"]} {environ.get("HTTP_X_FORWARDED_PROTO")}'
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(told)))])
    return [told.encode()]
"""


class Served:
    def __init__(self, start: Start, folder: Path, **environ: str) -> None:
        (folder / "small.py").write_text(APPLICATION)
        self.port = free_port()
        known = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), "PORT": str(self.port), "HOME": str(folder)}
        self.log = folder / "process0.log"
        self.process: subprocess.Popen[bytes] = start(
            *(sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "small:app"),
            cwd=ROOT,
            env={**known, "RELAY_ENV": "production", "REDIS_URL": "redis://unused", **environ},
        )
        until(lambda: listening(self.port) and "Booting" in self.log.read_text())

    def get(self, path: str, patience: float = 20, **headers: str) -> tuple[int, str]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience)
        link.request("GET", path, headers=headers)
        answer = link.getresponse()
        told = answer.status, answer.read().decode()
        link.close()
        return told


@pytest.fixture
def served(start: Start, tmp_path: Path) -> Served:
    return Served(start, tmp_path)


def test_a_clean_stop_finishes_what_runs(served: Served) -> None:
    """SIGTERM inside a request: it is answered, and the process ends with status 0 well before the platform kills."""
    told: list[tuple[int, str]] = []
    thread = threading.Thread(target=lambda: told.append(served.get("/slow")))
    thread.start()
    time.sleep(0.5)  # until the request is inside
    began = time.monotonic()
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(25) == 0
    thread.join()
    assert told[0][0] == 200
    assert time.monotonic() - began < 10


def cores_of(served: Served) -> list[set[int]]:
    return [set(child.cpu_affinity()) for child in psutil.Process(served.process.pid).children()]


def on_one_core_each(served: Served) -> bool:
    cores = cores_of(served)
    return len(cores) == 2 and all(len(one) == 1 for one in cores) and cores[0] != cores[1]


@needs.cores(2, "with one there is nothing to share out")
def test_each_process_keeps_to_a_core_of_its_own(start: Start, tmp_path: Path) -> None:
    """Also the one that comes in the place of another."""
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(own)[:2]))  # inherited by what is started
    try:
        served = Served(start, tmp_path, WEB_CONCURRENCY="2")
    finally:
        os.sched_setaffinity(0, own)
    until(lambda: on_one_core_each(served))
    for _ in range(2):
        gone = psutil.Process(served.process.pid).children()[0]
        gone.kill()
        until(lambda gone=gone: not gone.is_running() and on_one_core_each(served))  # type: ignore[misc]
    assert served.get("/")[0] == 200


@needs.cores(1, "elsewhere every process roams")
def test_processes_roam_where_cores_and_processes_are_not_as_many(start: Start, tmp_path: Path) -> None:
    """A process that cannot leave a busy core would be worse off beside an idle one."""
    own = os.sched_getaffinity(0)
    served = Served(start, tmp_path, WEB_CONCURRENCY=str(len(own) + 1))
    until(lambda: len(cores_of(served)) == len(own) + 1)
    time.sleep(0.5)
    assert all(one == own for one in cores_of(served))


def test_connections_that_come_together_are_shared_out(start: Start, tmp_path: Path) -> None:
    """A router keeps them: a process that took all of them would work for two. None has to wait for a busy process."""
    served = Served(start, tmp_path, WEB_CONCURRENCY="2")
    until(lambda: len(cores_of(served)) == 2)
    assert served.get("/")[0] == 200
    for _ in range(4):  # by chance it may go well once
        links = [socket.create_connection(("127.0.0.1", served.port), 10) for _ in range(40)]
        for link in links:
            link.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert all(link.recv(1000).startswith(b"HTTP/1.1 200") for link in links)
        shares = [held_by(child) for child in psutil.Process(served.process.pid).children()]
        assert sum(shares) == 40
        assert min(shares) >= 12
        for link in links:
            link.close()
        until(lambda: not sum(map(held_by, psutil.Process(served.process.pid).children())))


def held_by(process: psutil.Process) -> int:
    return sum(one.status != psutil.CONN_LISTEN for one in process.net_connections("tcp"))


def test_headers_of_proxies_are_left_to_us(served: Served) -> None:
    """gunicorn would believe anybody on this machine; the hops are counted in one place only."""
    told = served.get("/", **{"X-Forwarded-Proto": "https", "X-Forwarded-For": "1.2.3.4"})
    assert told == (200, "http 127.0.0.1 https")


def test_no_request_is_logged_and_no_token_in_an_error(served: Served) -> None:
    """Addresses of hooks hold tokens; every line is JSON."""
    served.get("/hooks/lead/t0ken?email=a@b.c")
    assert served.get("/hooks/lead/t0ken/broken")[0] == 500
    link = http.client.HTTPConnection("127.0.0.1", served.port, timeout=5)
    link.putrequest("GET", "/hooks/lead/t0ken/" + "x" * 9000)
    link.endheaders()
    assert link.getresponse().status == 414
    link.close()
    lines = [json.loads(line) for line in served.log.read_text().splitlines()]
    assert any("ValueError" in line.get("exception", "") for line in lines)
    assert "t0ken" not in served.log.read_text()
    assert "a@b.c" not in served.log.read_text()


def test_long_query_strings_are_taken(served: Served) -> None:
    """A webhook may bring all its data in its address."""
    assert served.get("/hooks/lead?data=" + "x" * 8000)[0] == 200


def test_threads_and_processes_are_as_many_as_asked(start: Start, tmp_path: Path) -> None:
    """WEB_CONCURRENCY processes, each with threads: four slow requests at once take the time of one."""
    served = Served(start, tmp_path, WEB_CONCURRENCY="1")
    assert served.log.read_text().count("Booting") == 1
    began = time.monotonic()
    threads = [threading.Thread(target=served.get, args=("/slow",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - began < 3


def test_whoever_stops_in_the_middle_of_a_request_does_not_keep_a_thread(start: Start, tmp_path: Path) -> None:
    """Half a head and half a body, as many as there are threads: soon the next one is served."""
    served = Served(start, tmp_path, WEB_CONCURRENCY="1", RELAY_WEB_THREADS="2")
    half = [b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", b"POST / HTTP/1.1\r\nHost:"]
    stuck = [socket.create_connection(("127.0.0.1", served.port)) for _ in half]
    for link, begun in zip(stuck, half, strict=True):
        link.sendall(begun)
    assert served.get("/", patience=40)[0] == 200
    for link in stuck:
        link.close()


def test_an_answer_that_took_very_long_ends_its_connection(served: Served) -> None:
    """It says so. Nothing more is read from it, so the next request on it must not be heard in part and called
    incomplete.
    """
    with socket.create_connection(("127.0.0.1", served.port), timeout=40) as link:
        link.sendall(b"GET /slow=17.5 HTTP/1.1\r\nHost: a\r\n\r\n")
        answer = link.recv(65536)
        assert answer.startswith(b"HTTP/1.1 200")
        assert b"connection: close" in answer.lower()
        heard = b""
        with suppress(OSError):  # reset: as good
            link.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
            time.sleep(0.3)
            link.sendall(b"abcdefghi")
            heard = link.recv(65536)
        assert b"HTTP/1.1" not in heard


def test_whoever_does_not_close_holds_up_nobody(start: Start, tmp_path: Path) -> None:
    """Many clients that ask for the end of the connection and leave their half open: the next one is served at once,
    they are let go soon, and a stop does not wait for them.
    """
    served = Served(start, tmp_path, WEB_CONCURRENCY="1")
    web = psutil.Process(served.process.pid).children()[0]
    for _ in range(2):
        links = [socket.create_connection(("127.0.0.1", served.port), 10) for _ in range(30)]
        for link in links:
            link.sendall(b"GET / HTTP/1.0\r\nHost: x\r\n\r\n")
            assert link.recv(1000).startswith(b"HTTP/1.0 200")
        assert served.get("/", patience=5)[0] == 200
        until(lambda: held_by(web) == 0)
    for link in links:
        link.close()
    last = socket.create_connection(("127.0.0.1", served.port), 10)
    last.sendall(b"GET / HTTP/1.0\r\nHost: x\r\n\r\n")
    assert last.recv(1000).startswith(b"HTTP/1.0 200")
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(10) == 0
    last.close()


def test_an_answer_to_a_body_that_nobody_reads_arrives(served: Served) -> None:
    """A full close while the client is still sending would reset the connection, and the answer with it."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as link:
        link.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3000000\r\n\r\n")
        for _ in range(30):
            link.sendall(b"x" * 100_000)
        assert link.recv(1000).startswith(b"HTTP/1.1 200")


def test_wrong_settings_stop_the_start_with_a_sentence(tmp_path: Path) -> None:
    """No traceback in the platform's log."""
    command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "small:app"]
    environ = {"PATH": os.environ["PATH"], "RELAY_ENV": "production"}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode != 0
    assert "REDIS_URL is missing" in done.stderr
    assert "Traceback" not in done.stderr
