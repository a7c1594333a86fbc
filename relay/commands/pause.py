"""``python -m relay pause account school``: hold the calls of an account, a function of it or a hook until resume."""

from __future__ import annotations

import click

from relay import gating
from relay.commands._parts import open_parts

KINDS = click.Choice(["account", "hook", "function"])


@click.command("pause", help="Hold calls: pause account NAME, pause hook NAME, pause function ACCOUNT:FUNCTION.")
@click.argument("kind", type=KINDS)
@click.argument("name")
@click.option("--note", default="", help="Why, for whoever looks at the page.")
def command(kind: str, name: str, note: str) -> None:
    parts = open_parts()
    gate = gating.gate_of(parts.configuration, kind, name)
    closed = gating.pause(parts.store, gate, note)
    click.echo(f"{gate} is paused. What comes in is kept and held." if closed else f"{gate} was paused already.")
