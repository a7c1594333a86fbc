"""A wire between a process and Redis that can be frozen at one script, cut, slowed or closed. Understands no script.

With a :class:`Gate` a process is stopped at an exact step (the command not yet sent, or carried out and its answer not
yet read), so that it can be killed there: none of our own functions is touched.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from benchmarks.chaos.resp import Command, CommandReader

BEFORE, AFTER = "before", "after"
NOTHING_TAKEN = b"*1\r\n"  # how the answer of a claim begins that took nothing


@dataclass
class Gate:
    """Stops the first command that fits. ``fits`` sees its words and its place among those that came in one piece."""

    sha: str
    when: str
    fits: Callable[[Command, int], bool] = lambda _words, _place: True
    only_if: Callable[[bytes], bool] = lambda _answer: True  # AFTER: an answer that does not count passes
    reached: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)
    who: str = ""  # the first that came to it

    def sees(self, words: Command, place: int) -> bool:
        is_script = len(words) > 1 and words[0].upper() == b"EVALSHA" and words[1] == self.sha.encode()
        return is_script and not self.reached.is_set() and self.fits(words, place)

    def stop_here(self, name: str) -> None:
        self.who = self.who or name
        self.reached.set()
        self.opened.wait()


class Wire:
    """One connection: a thread for each direction."""

    def __init__(self, proxy: RedisProxy, client: socket.socket) -> None:
        self.proxy, self.client = proxy, client
        self.server = proxy.dial()
        self.awaited: Gate | None = None  # the gate whose command has been sent and whose answer is to be held
        for run in (self._forth, self._back):
            threading.Thread(target=self._quietly, args=(run,), daemon=True).start()

    def _quietly(self, run: Callable[[], None]) -> None:
        with suppress(OSError):
            run()
        self.cut()

    def cut(self) -> None:
        for end in (self.client, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.proxy.wires.discard(self)

    def _forth(self) -> None:
        reader = CommandReader()
        while chunk := self.client.recv(1 << 16):
            self.proxy.delay()
            for place, (raw, words) in enumerate(reader.feed(chunk)):
                gate = self.proxy.gate
                if gate and gate.sees(words, place):
                    if gate.when == BEFORE:
                        gate.stop_here(self.proxy.name)
                    else:
                        self.awaited = gate
                self.server.sendall(raw)

    def _back(self) -> None:
        while chunk := self.server.recv(1 << 16):
            self.proxy.delay()
            gate, self.awaited = self.awaited, None
            if gate and gate.only_if(chunk):
                gate.stop_here(self.proxy.name)
            self.client.sendall(chunk)


class RedisProxy:
    """The way of one process, ``name``. Listens on a port of its own; ``dial`` opens the way to the server."""

    def __init__(self, name: str, dial: Callable[[], socket.socket]) -> None:
        self.name, self.dial = name, dial
        self.gate: Gate | None = None
        self.latency = 0.0  # seconds in each direction
        self.refusing = False
        self.wires: set[Wire] = set()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = int(self.listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.refusing:
                client.close()
                continue
            try:
                self.wires.add(Wire(self, client))
            except OSError:  # the server is away
                client.close()

    def delay(self) -> None:
        if self.latency:
            time.sleep(self.latency)

    def open(self) -> None:
        """Lets everybody pass again."""
        gate, self.gate = self.gate, None
        if gate:
            gate.opened.set()

    def cut_all(self) -> int:
        wires = list(self.wires)
        for wire in wires:
            wire.cut()
        return len(wires)

    def close(self) -> None:
        self.open()
        self.listener.close()
        self.cut_all()


def took_something(answer: bytes) -> bool:
    return not answer.startswith(NOTHING_TAKEN)
