"""``python -m relay dead``: dead letters by hand. The same functions as the page and the API; it sends nothing itself,
a worker does.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TextIO

import click

from relay import replaying, telling
from relay.commands._parts import open_parts
from relay.errors import ConfigurationError, NotFound, WrongState
from relay.justclick.functions import FUNCTIONS
from relay.lifecycle import State
from relay.models import Delivery
from relay.nearest import unknown
from relay.parts import Parts
from relay.store import Count, DeliveryFilter
from relay.web.language import iso

COLUMNS = (
    *("id", "created_at", "hook", "account", "function", "person", "code", "reason", "text", "meaning", "advice"),
    *("params", "event_id"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run what begins like this


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which dead letters: these ids, or all that match."""

    ids: tuple[str, ...]
    filter: DeliveryFilter

    @property
    def narrow(self) -> bool:
        return self.filter != DeliveryFilter(state=State.DEAD.value)


def filtered(function: Callable[..., None]) -> Callable[..., None]:
    """The options of a filter, which all verbs share."""
    for option in (
        click.option("--search", help="An e-mail, a phone, an order number or an id."),
        click.option("--code", type=int, help="Only with this code of JustClick."),
        click.option("--account", help="Only of this account."),
        click.option("--function", "function", help="Only of this JustClick function."),
        click.option("--hook", help="Only of this hook."),
    ):
        function = option(function)
    return function


@click.group("dead", help="Dead letters: list, replay, discard, export.")
def command() -> None:
    """The group of the verbs below."""


@command.command("list", help="Newest first, each with its meaning.")
@filtered
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1))
@click.option("--language", type=click.Choice(["en", "ru"]), default="en", show_default=True)
def list_(limit: int, language: str, **given: Any) -> None:
    parts, wanted = open_parts(), _wanted((), given)
    rows = [row_of(one, language) for one in _matching(parts, wanted.filter, limit)]
    for row in rows:
        click.echo(f"{row['id']}  {row['created_at']}  {row['hook']}  {row['function']}  {row['person'] or '-'}")
        click.echo(f"    {row['code'] if row['code'] is not None else row['reason']}: {row['meaning']}")
    count = replaying.count_matching(parts.store, wanted.filter)
    left = replace(count, number=count.number - len(rows))
    click.echo(f"{len(rows)} shown, {left} more." if left.number > 0 else f"{len(rows)} dead letters.")


@command.command(help="Queue dead letters again: these ids, or all that match the filter.")
@click.argument("ids", nargs=-1)
@filtered
@click.option("--all", "everything", is_flag=True, help="Every dead letter, without any filter.")
@click.option("--as", "how", type=click.Choice([replaying.SENT, replaying.MAPPED]), default=replaying.SENT)
@click.option("--dry-run", is_flag=True, help="Only count.")
def replay(ids: Sequence[str], everything: bool, how: str, dry_run: bool, **given: Any) -> None:
    parts, wanted = open_parts(), _wanted(ids, given)
    _demand_choice(wanted, everything)
    if wanted.ids:
        many = len(wanted.ids) > 1
        _one_by_one(
            wanted.ids,
            lambda id_: replaying.replay(parts.store, parts.configuration, id_, how, in_bulk=many),
            dry_run,
        )
        return
    count = replaying.count_matching(parts.store, wanted.filter)
    if dry_run or count == Count(0):
        click.echo(f"{count} dead letters match.")
        return
    bulk = replaying.start_bulk(parts.store, wanted.filter, how, count)
    click.echo(f"{count} dead letters: a worker replays them now. Progress: python -m relay dead progress {bulk}")


@command.command(help="How far a bulk replay has come.")
@click.argument("bulk")
def progress(bulk: str) -> None:
    told = replaying.bulk_progress(open_parts().store, bulk)
    state = "finished" if told["finished"] else "running"
    click.echo(f"{state}: {told['done']} of {told['total']}, {told['replayed']} queued, {told['skipped']} left alone")


@command.command(help="Be done with dead letters: these ids, or all that match the filter. Cannot be undone.")
@click.argument("ids", nargs=-1)
@filtered
@click.option("--all", "everything", is_flag=True, help="Every dead letter, without any filter.")
@click.option("--dry-run", is_flag=True, help="Only count.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def discard(ids: Sequence[str], everything: bool, dry_run: bool, yes: bool, **given: Any) -> None:
    parts, wanted = open_parts(), _wanted(ids, given)
    _demand_choice(wanted, everything)
    chosen = wanted.ids or tuple(one.id for one in _matching(parts, wanted.filter))
    if chosen and not dry_run and not yes:
        click.confirm(f"Discard {len(chosen)} dead letters? They will never be sent.", abort=True)
    _one_by_one(chosen, lambda id_: replaying.discard(parts.store, id_), dry_run)


@command.command(help="Write dead letters as JSON lines or CSV.")
@filtered
@click.option("--format", "kind", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--output", type=click.File("w", encoding="utf-8", lazy=True), default="-")
@click.option("--language", type=click.Choice(["en", "ru"]), default="en", show_default=True)
def export(kind: str, output: TextIO, language: str, **given: Any) -> None:
    parts = open_parts()
    rows = (row_of(one, language) for one in _matching(parts, _wanted((), given).filter))
    if kind == "jsonl":
        for row in rows:
            output.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
        return
    writer = csv.DictWriter(output, COLUMNS)
    writer.writeheader()
    for row in rows:
        params = json.dumps(row["params"], ensure_ascii=False, default=str)
        writer.writerow({name: _cell(value) for name, value in {**row, "params": params}.items()})


def row_of(one: Delivery, language: str) -> dict[str, Any]:
    """A dead letter as one flat record."""
    trouble = telling.trouble(one)
    return {
        "id": one.id,
        "created_at": iso(one.created_at),
        "hook": one.hook,
        "account": one.account,
        "function": one.function,
        "person": telling.person(one.params),
        "code": one.code,
        "reason": one.reason,
        "text": one.text,
        "meaning": trouble.meaning[language] if trouble else "",
        "advice": trouble.advice[language] if trouble else "",
        "params": telling.shown(one.params),
        "event_id": one.event_id,
    }


def _wanted(ids: Sequence[str], given: dict[str, Any]) -> Wanted:
    if given["function"] and given["function"] not in FUNCTIONS:
        raise ConfigurationError(unknown("function", given["function"], FUNCTIONS))
    search = given.pop("search")
    return Wanted(tuple(ids), DeliveryFilter(state=State.DEAD.value, q=search, **given))


def _demand_choice(wanted: Wanted, everything: bool) -> None:
    """All of them must be asked for in words; ids and a filter together could be meant in two ways."""
    if bool(wanted.ids) + wanted.narrow + everything != 1:
        raise click.UsageError("Give ids, or a filter (--hook, --function, --code, --account, --search), or --all.")


def _matching(parts: Parts, wanted: DeliveryFilter, most: int | None = None) -> Iterator[Delivery]:
    cursor, left = None, most
    while True:
        page = parts.store.deliveries(wanted, cursor, min(200, left) if left else 200)
        yield from page.items
        left = left - len(page.items) if left else None
        if page.next is None or left == 0:
            return
        cursor = page.next


def _one_by_one(ids: Sequence[str], act: Callable[[str], None], dry_run: bool) -> None:
    """Each on its own: one that cannot be moved does not stop the others. Exit code 1 when there was one."""
    failed = 0
    for id_ in ids if not dry_run else ():
        try:
            act(id_)
        except (NotFound, WrongState) as error:
            failed += 1
            click.echo(f"{id_}: {error}", err=True)
    click.echo(f"{len(ids)} chosen, nothing done." if dry_run else f"{len(ids) - failed} done, {failed} not.")
    if failed:
        sys.exit(1)


def _cell(value: Any) -> Any:
    """Whoever fills in a form must not be able to write a formula into somebody's spreadsheet."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
