"""``python -m relay rebuild``: writes RQ's queues again from the ledger, after they were wiped or damaged."""

from __future__ import annotations

import click

from relay.commands._parts import open_parts
from relay.queue import announce


@click.command("rebuild", help="Queue again every delivery that is queued and has no job.")
def command() -> None:
    parts = open_parts()
    announce(parts.store.redis, parts.configuration.accounts)
    rebuilt, seen, last = 0, 0, None
    while portion := parts.store.queued_ids(after=last):
        rebuilt += parts.store.requeue(portion)
        seen, last = seen + len(portion), portion[-1]
    click.echo(f"{seen} deliveries are queued; {rebuilt} had no job and have one again.")
