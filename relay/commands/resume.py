"""``python -m relay resume account school``: let go on what was paused; after a refusal, one call first."""

from __future__ import annotations

import click

from relay import gating
from relay.commands._parts import open_parts
from relay.commands.pause import KINDS

SAID = {
    gating.Resumed.OPENED: "is resumed. What was held is on its way.",
    gating.Resumed.PROBING: "is tried with one call first. When JustClick accepts it, the rest follows by itself.",
    gating.Resumed.OPEN: "was not paused.",
}


@click.command("resume", help="Let held calls go on: resume account NAME, hook NAME, function ACCOUNT:FUNCTION.")
@click.argument("kind", type=KINDS)
@click.argument("name")
def command(kind: str, name: str) -> None:
    parts = open_parts()
    gate = gating.gate_of(parts.configuration, kind, name)
    click.echo(f"{gate} {SAID[gating.resume(parts.store, gate)]}")
