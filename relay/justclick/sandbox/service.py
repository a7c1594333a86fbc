"""The sandbox as one thing to start and stop: in a thread of a test, or as the only job of its own process."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

from relay.justclick.sandbox.account import SandboxAccount
from relay.justclick.sandbox.answers import Dialect
from relay.justclick.sandbox.calls import SeenCall
from relay.justclick.sandbox.http_server import serve_connection
from relay.justclick.sandbox.routes import Routes
from relay.justclick.sandbox.state import State, dump, load
from relay.justclick.sandbox.trouble import Trouble

SAVED_EVERY = 1.0  # seconds


class Sandbox:
    """A JustClick of our own. ``port`` 0 takes a free one at the first start and keeps it at the next."""

    def __init__(
        self,
        login: str = "demo",
        secret: str = "sandbox-secret",  # noqa: S107 (a made-up account)
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        dialect: Dialect | str = Dialect.DOCS,
        accounts: Mapping[str, str] | None = None,
        state_path: Path | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.login, self.host, self.port = login, host, port
        secrets = {login: secret, **(accounts or {})}
        self.accounts = {name: SandboxAccount(name, key, Dialect(dialect)) for name, key in secrets.items()}
        self.state_path = state_path
        self.tls = tls
        self._load()
        self._thread: threading.Thread | None = None
        self._stop: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None

    # -------------------------------------------------------- for tests
    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}"

    def url_of(self, login: str) -> str:
        """The address of one of several accounts."""
        return f"{self.url}/{login}"

    @property
    def default(self) -> SandboxAccount:
        return self.accounts[self.login]

    @property
    def state(self) -> State:
        return self.default.state

    @property
    def calls(self) -> list[SeenCall]:
        """The calls to the default account, oldest first (the last 20,000)."""
        return list(self.default.log.calls)

    def calls_of(self, function: str = "", email: str = "") -> list[SeenCall]:
        return self.default.log.find(function, email)

    def trouble(self, **fields: Any) -> None:
        """Plan a :class:`Trouble` for the default account: ``trouble(status=503, times=2)``."""
        self.default.plans.add(Trouble(**fields))

    def clear_trouble(self) -> None:
        self.default.plans.clear()

    def reset(self) -> None:
        for account in self.accounts.values():
            account.reset()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # -------------------------------------------------------- life
    def start(self) -> None:
        """Listen, in a thread; returns when calls can come. What is in memory survives a stop."""
        ready = threading.Event()
        failure: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, args=(ready, failure), name="sandbox", daemon=True)
        self._thread.start()
        ready.wait(10)
        if failure:
            raise failure[0]

    def stop(self) -> None:
        """Stop listening and drop every connection."""
        if self._stop is not None and self._thread is not None:
            loop, event = self._stop
            loop.call_soon_threadsafe(event.set)
            self._thread.join(10)
        self._stop = self._thread = None

    def _run(self, ready: threading.Event, failure: list[BaseException]) -> None:
        async def main() -> None:
            stop = asyncio.Event()
            self._stop = (asyncio.get_running_loop(), stop)
            await self.serve(stop, ready.set)

        try:
            asyncio.run(main())
        except OSError as error:
            failure.append(error)
            ready.set()

    async def serve(self, stop: asyncio.Event, on_ready: Callable[[], object] = lambda: None) -> None:
        """Listen until ``stop`` is set; the state file, when there is one, is written once more at the end."""
        routes = Routes(self.accounts, self.login)
        tasks: set[asyncio.Task[None]] = set()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            # A task of our own: asyncio would report the cancelled ones of a stop as errors.
            task = asyncio.create_task(serve_connection(routes.respond, reader, writer))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        server = await asyncio.start_server(connected, self.host, self.port, backlog=1024, ssl=self.tls)
        self.port = server.sockets[0].getsockname()[1]
        saver = asyncio.create_task(self._save_often())
        on_ready()
        await stop.wait()
        server.close()
        for task in (saver, *tasks):
            task.cancel()
        await asyncio.gather(saver, *tasks, return_exceptions=True)
        self.save()

    # -------------------------------------------------------- the state file
    def _load(self) -> None:
        if self.state_path is not None and self.state_path.exists():
            stored = json.loads(self.state_path.read_text("utf-8"))
            for login, state in stored.items():
                if login in self.accounts:
                    self.accounts[login].state = load(state)

    def save(self) -> None:
        """Write the state file; a reader never sees half of it."""
        if self.state_path is None:
            return
        stored = {login: dump(account.state) for login, account in self.accounts.items()}
        draft = self.state_path.with_suffix(f".{os.getpid()}.draft")
        self.state_path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps(stored), "utf-8")
        draft.replace(self.state_path)

    async def _save_often(self) -> None:
        """Save when a call came, at most a twentieth of the time, so that a full shop doesn't slow the calls down."""
        saved, pause = 0, SAVED_EVERY
        while self.state_path is not None:
            await asyncio.sleep(pause)
            total = sum(account.log.total for account in self.accounts.values())
            if total != saved:
                began = time.monotonic()
                self.save()
                saved, pause = total, max(SAVED_EVERY, 20 * (time.monotonic() - began))
