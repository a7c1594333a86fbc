"""``python -m relay rebuild``: writes RQ's queues again from the ledger, after they were wiped or damaged."""

from __future__ import annotations

import click

from relay.commands._parts import open_parts
from relay.queue import announce, names


@click.command("rebuild", help="Queue again every delivery that is queued and has no job.")
def command() -> None:
    parts = open_parts()
    announce(parts.store.redis, parts.configuration.accounts)
    queued = parts.store.counts()["queued"]
    rebuilt = parts.store.rebuild(names(parts.configuration.accounts))
    click.echo(f"{queued} deliveries are queued; {rebuilt} had no job and have one again.")
