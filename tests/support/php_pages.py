"""Real PHP for tests: a page under ``php -S``, and one long-lived PHP that answers JSON lines."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PHP_FOLDER = Path(__file__).resolve().parent.parent / "php"
SETTINGS = ("-d", "max_input_vars=1000", "-d", "precision=14", "-d", "arg_separator.output=&", "-d", "display_errors=0")


class PhpPage:
    """One PHP script served by PHP's own web server on a free port."""

    def __init__(self, script: str, environment: Mapping[str, str], workers: int = 1) -> None:
        self.script = PHP_FOLDER / script
        self.environment = {**os.environ, **environment}
        if workers > 1:
            self.environment["PHP_CLI_SERVER_WORKERS"] = str(workers)
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve; returns when the page can be asked. The port stays the same after a stop."""
        self.port = self.port or _free_port()
        command = ["php", *SETTINGS, "-S", f"127.0.0.1:{self.port}", str(self.script)]
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(
            command, env=self.environment, stdout=quiet, stderr=quiet, start_new_session=True
        )
        deadline = time.monotonic() + 10
        while not _listens(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"php -S did not start on port {self.port}")
            time.sleep(0.02)

    def stop(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, 15)  # its workers too
            self._process.wait(10)
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class PhpLines:
    """A PHP script that reads one JSON object a line and answers with one: no start of PHP per question."""

    def __init__(self, script: str) -> None:
        self._process = subprocess.Popen(
            ["php", *SETTINGS, str(PHP_FOLDER / script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question).encode() + b"\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with socket.socket() as caller:
        caller.settimeout(0.5)
        return caller.connect_ex(("127.0.0.1", port)) == 0
