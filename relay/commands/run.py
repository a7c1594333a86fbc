"""``python -m relay run``, which is ``make run``: everything that the Procfile names, on one's own machine."""

from __future__ import annotations

import sys

import click

from relay.errors import ConfigurationError


@click.command("run", help="Run everything on this machine (make run).")
def command() -> None:
    try:
        from relay.commands import _everything  # noqa: PLC0415 - production does not install what it needs
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        raise ConfigurationError(
            f"{package} is not installed: it is no part of what runs on a platform, where the Procfile says what runs. "
            "On your own machine `make run` installs it, or pip install -r requirements-local.txt."
        ) from None
    sys.exit(0 if _everything.run() else 1)
