"""Everything that the Procfile names, on one's own machine.

Adds what a platform would bring: a Redis when none is set, a sandbox JustClick when no account is set, secrets, a port.
"""

from __future__ import annotations

import os
import shlex
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
from honcho.environ import parse_procfile

from config.settings import ROOT, Settings, load_settings
from relay import embedded_redis, hooks
from relay.development import alone, ports
from relay.development.greeting import Place, greeting, wait_until_ready
from relay.development.kept import Kept
from relay.development.together import Program, Together


def run() -> bool:
    """Until somebody asks to stop (True) or one of the programs ends by itself."""
    os.chdir(ROOT)  # the Procfile's commands are meant to be run from here
    try:
        return _run(load_settings())
    except KeyboardInterrupt:
        return True


def _run(settings: Settings) -> bool:
    with alone.only_one(settings.var / "run.lock") as note:
        kept = Kept(settings.var / "dev.env")
        environ, sandbox = _environment(settings, kept)
        configuration = hooks.load(settings.config_path, environ)  # a wrong file stops us here, with one clear message
        note(f"http://127.0.0.1:{environ['PORT']}/")
        with _store(settings) as store:
            password = kept.values.get("RELAY_PASSWORD")
            own = password == environ.get("RELAY_PASSWORD")
            place = Place(int(environ["PORT"]), password if own else None, sandbox, store, configuration)
            return _together(_programs(settings, environ, sandbox), place)


def _together(programs: list[Program], place: Place) -> bool:
    together = Together(programs)

    def greet() -> None:
        trouble = wait_until_ready(place.port, lambda: together.asked)
        if not together.asked:
            together.say(f"It does not get ready: {trouble}" if trouble else greeting(place))

    threading.Thread(target=greet, daemon=True).start()
    return together.run()


def _environment(settings: Settings, kept: Kept) -> tuple[dict[str, str], str | None]:
    """What the programs see, and the sandbox's address if there is to be one."""
    environ = {**settings.environ, "PYTHONUNBUFFERED": "1"}
    environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environ.get("PATH", os.defpath)])
    sandbox = None if settings.production else _made_up(settings, kept, environ)
    environ["PORT"] = str(_port(settings, sandbox))
    return environ, sandbox


def _made_up(settings: Settings, kept: Kept, environ: dict[str, str]) -> str | None:
    """Completes the environment with secrets and, when there is no account, the sandbox's; returns its address."""
    names = hooks.variables(settings.config_path)
    sandbox = None
    if _wants_sandbox(environ, kept, names):
        sandbox = f"http://127.0.0.1:{ports.free(settings.port + 100)}"
        kept.sandbox(sandbox)
        environ |= {name: value for name, value in kept.values.items() if name.startswith("JUSTCLICK_")}
    kept.complete(environ, names)
    kept.save()
    others = {name: value for name, value in kept.values.items() if not name.startswith("JUSTCLICK_")}
    environ |= {name: value for name, value in others.items() if not environ.get(name)}
    return sandbox


def _wants_sandbox(environ: Mapping[str, str], kept: Kept, names: list[str]) -> bool:
    """When the configuration asks for the usual account and nobody but ourselves has set it."""
    login = environ.get("JUSTCLICK_LOGIN")
    return "JUSTCLICK_LOGIN" in names and (not login or login == kept.values.get("JUSTCLICK_LOGIN"))


def _port(settings: Settings, sandbox: str | None) -> int:
    taken = frozenset({int(sandbox.rpartition(":")[2])} if sandbox else ())
    port = ports.free(settings.port, taken=taken)
    if port != settings.port:
        click.echo(f"Port {settings.port} is taken; using {port}.")
    return port


def _programs(settings: Settings, environ: Mapping[str, str], sandbox: str | None) -> list[Program]:
    procfile = parse_procfile((ROOT / "Procfile").read_text()).processes
    programs = [Program(name, command_line, environ) for name, command_line in procfile.items()]
    if sandbox is None:
        return programs
    options = ["--port", sandbox.rpartition(":")[2], "--state", str(settings.var / "sandbox.json")]
    line = shlex.join([sys.executable, "-m", "relay", "sandbox", *options, "--login", environ["JUSTCLICK_LOGIN"]])
    # By environment: the arguments of a process are there for everybody on the machine to read.
    own = {**environ, "SANDBOX_SECRET": environ["JUSTCLICK_SECRET"]}
    return [*programs, Program("sandbox", line, own, stage=1)]


@contextmanager
def _store(settings: Settings) -> Iterator[str]:
    """In words where the data are; the embedded server runs until the end."""
    if settings.redis_url:
        yield "in the Redis that REDIS_URL names"
        return
    with embedded_redis.lease(settings.var):
        yield f"in {settings.var} (an embedded Redis)"
    if not embedded_redis.gone(settings.var):
        click.echo("The embedded Redis goes on: another process still uses it.")
