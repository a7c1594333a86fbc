"""Several programs in one terminal: started together, shown line by line, stopped together.

Stops in stages, each after the one before it has ended: those who talk first, those who are talked to last.
"""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from honcho.process import Process

GRACE = 25.0  # seconds from SIGTERM to SIGKILL: what a platform gives as well
_PLAIN = re.compile(r"(?!exec )[\w./-]+( [\w./:=@,'-]+)*")  # no pipes, no variables, nothing for a shell to do
COLOURS = ("36", "33", "35", "32", "34")


@dataclass(frozen=True, slots=True)
class Program:
    name: str
    command: str  # for the shell, as it stands in the Procfile
    environ: Mapping[str, str] = field(repr=False)
    stage: int = 0  # stopped in this order


class Together:
    """Runs programs until one of them ends, or somebody asks to stop (SIGINT, SIGTERM, SIGHUP)."""

    def __init__(self, programs: Sequence[Program]) -> None:
        self._programs = {program.name: program for program in programs}
        self._events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._groups: dict[str, int] = {}  # of processes, by program, while it runs
        self._begun = 0
        self._stage: int | None = None  # that is being stopped
        self._deadline = 0.0
        self.asked = False

    def say(self, text: str) -> None:
        """Prints lines of our own between those of the programs; may be called from any thread."""
        self._events.put(text)

    def run(self) -> bool:
        """True when it ended because somebody asked."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        leash = [sys.executable, "-m", "relay.development.leash", str(GRACE)]
        with subprocess.Popen(leash, stdin=subprocess.PIPE, start_new_session=True) as self._leash:  # noqa: S603
            self._run()
        return self.asked

    def _run(self) -> None:
        for program in self._programs.values():
            process = Process(_direct(program.command), name=program.name, env=dict(program.environ))
            threading.Thread(target=process.run, args=(self._events,), daemon=True).start()
        while self._begun < len(self._programs) or self._groups:
            with suppress(queue.Empty):
                self._take(self._events.get(timeout=0.25))
            self._press_on()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._events.put(None)  # dealt with in the loop, between two events

    def _take(self, event: Any) -> None:
        if event is None:
            self._on_request()
        elif isinstance(event, str):
            self._print(event)
        elif event.type == "line":
            self._print(self._head(event.name) + event.data.decode("utf-8", "replace").rstrip("\n"))
        elif event.type == "start":
            self._on_start(event.name, event.data["pid"])
        else:
            self._on_end(event.name, event.data["returncode"])

    def _on_request(self) -> None:
        if self.asked:  # a second Ctrl-C: no more patience
            self._deadline = 0.0
            return
        self.asked = True
        if self._stage is None:
            self._print("Stopping ...")
            self._stop(0)

    def _on_start(self, name: str, group: int) -> None:
        self._begun += 1
        self._groups[name] = group
        self._tell_leash(group)
        if self._stage is not None:
            self._signal(name, signal.SIGTERM)

    def _on_end(self, name: str, status: int) -> None:
        self._tell_leash(-self._groups.pop(name))
        if self._stage is None:
            self._print(
                f"{name} ended by itself ({_told(status)}); its last lines stand above. Stopping the others ..."
            )
            if status < 0:
                self._print(
                    "Start again as before; what was taken goes on from where it stands, nothing of it is lost."
                )
            self._stop(0)

    def _tell_leash(self, group: int) -> None:
        with suppress(OSError):  # it was killed, too
            self._leash.stdin.write(b"%d\n" % group)  # type: ignore[union-attr]
            self._leash.stdin.flush()  # type: ignore[union-attr]

    def _stop(self, stage: int) -> None:
        self._stage, self._deadline = stage, time.monotonic() + GRACE
        for name in self._due():
            self._signal(name, signal.SIGTERM)

    def _press_on(self) -> None:
        """The next stage when one has ended; no mercy when its time is over."""
        if self._stage is None or self._begun < len(self._programs):
            return
        if self._groups and not self._due():
            self._stop(self._stage + 1)
        elif time.monotonic() > self._deadline:
            for name in list(self._groups):
                self._signal(name, signal.SIGKILL)

    def _due(self) -> list[str]:
        stage = -1 if self._stage is None else self._stage
        return [name for name in self._groups if self._programs[name].stage <= stage]

    def _signal(self, name: str, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):  # it has just ended; its event is on the way
            os.killpg(self._groups[name], number)

    def _head(self, name: str) -> str:
        head = f"{name:<{max(map(len, self._programs))}} | "
        if not sys.stdout.isatty():
            return head
        return f"\x1b[{COLOURS[list(self._programs).index(name) % len(COLOURS)]}m{head}\x1b[0m"

    def _print(self, text: str) -> None:
        try:
            print(text, flush=True)  # noqa: T201 - this is what it is for
        except OSError:  # the terminal, or whoever read our lines, has gone
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self._events.put(None)


def _direct(command: str) -> str:
    """A plain command takes the shell's place: signals and the status are then its own."""
    return f"exec {command}" if _PLAIN.fullmatch(command) else command


def _told(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"status {status}"
