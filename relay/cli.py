"""The command line. Finds its verbs by file name in relay/commands and imports only the one that was asked for."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from difflib import get_close_matches
from types import ModuleType

import click

from relay import commands
from relay.errors import RelayError


class LazyGroup(click.Group):
    """A group whose commands are modules: ``dead_letters.py`` is ``dead-letters``; ``_parts.py`` is none."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        names = [module.name for module in pkgutil.iter_modules(commands.__path__)]
        return sorted(name.replace("_", "-") for name in names if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module: ModuleType = importlib.import_module(f"{commands.__name__}.{cmd_name.replace('-', '_')}")
        command = module.command
        assert isinstance(command, click.Command), f"{module.__name__}.command is not a click command"  # noqa: S101
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        wanted, known = args[0] if args else "", self.list_commands(ctx)
        if wanted not in known and not wanted.startswith("-"):
            forgotten = [f"{group} {wanted}" for group in self._groups_with(wanted, ctx)]
            near = forgotten or get_close_matches(wanted, known, 1)
            hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(known)}."
            ctx.fail(f"No such command {wanted!r}. {hint}")
        return super().resolve_command(ctx, args)

    def _groups_with(self, verb: str, ctx: click.Context) -> list[str]:
        """Whoever forgets ``dead`` in front of ``replay``."""
        known = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        groups = {name: one for name, one in known.items() if isinstance(one, click.Group)}
        return [name for name, one in groups.items() if verb.lower() in one.list_commands(ctx)]


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def relay() -> None:
    """JustClick Relay: webhooks of form builders and payment systems, safely into JustClick."""


def main(args: list[str] | None = None) -> None:
    """Runs one command. What the operator can mend is one sentence on stderr and status 2, without a traceback."""
    try:
        relay.main(args, prog_name="python -m relay")
    except RelayError as error:
        click.echo(f"{error}", err=True)
        sys.exit(2)
