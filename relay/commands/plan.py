"""``python -m relay plan [HOOK]``: what today's relay.yaml makes of the last events, against what was made of them.

Reads the store, changes nothing, sends nothing. Exit code 1 when a call becomes invalid (with --strict: differs).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import click

from config.settings import Settings, load_settings
from relay import embedded_redis, hooks, planning
from relay.connect import connect
from relay.errors import ConfigurationError
from relay.expressions.times import as_date
from relay.ids import moment_of
from relay.models import Delivery, Event, Hook
from relay.nearest import unknown
from relay.planning import Change, Difference, Plan
from relay.store import Store

_WORDS = {
    Change.SAME: "stay the same",
    Change.CHANGED: "change their parameters",
    Change.APPEARED: "are made that were not made before",
    Change.VANISHED: "are no longer made",
    Change.INVALID: "become invalid: they would be dead letters",
    Change.MENDED: "are mended: they were dead letters",
}


@click.command("plan", help="Compare what relay.yaml makes of the last events with what was made of them.")
@click.argument("hook", required=False)
@click.option("--config", type=click.Path(), help="The changed file, when RELAY_CONFIG does not name it.")
@click.option("--last", default=100, show_default=True, type=click.IntRange(1, 10_000), help="Events of each hook.")
@click.option("--show", default=20, show_default=True, type=click.IntRange(0), help="Differences told one by one.")
@click.option("--strict", is_flag=True, help="Exit code 1 for any difference, not only for invalid calls.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(hook: str | None, config: str | None, last: int, show: int, strict: bool, as_json: bool) -> None:  # noqa: PLR0917
    settings = load_settings()
    configuration = hooks.load(config or settings.config_path, settings.environ)
    if hook is not None and hook not in configuration.hooks:
        raise ConfigurationError(unknown("hook", hook, configuration.hooks))
    chosen = [configuration.hooks[hook]] if hook else list(configuration.hooks.values())
    store = _store(settings)
    plans = {one.name: planning.plan(list(_events(store, one, last)), one, configuration) for one in chosen}
    if as_json:
        click.echo(json.dumps({name: _data(plan) for name, plan in plans.items()}, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(line for name, plan in plans.items() for line in told(name, plan, show)))
    sys.exit(1 if any(_objectionable(plan, strict) for plan in plans.values()) else 0)


def _store(settings: Settings) -> Store:
    return Store(connect(settings.redis_url or embedded_redis.ensure(settings.var)))


def _events(store: Store, hook: Hook, last: int) -> Iterator[tuple[Event, list[Delivery]]]:
    cursor: str | None = None
    while last > 0:
        page = store.events(hook=hook.name, cursor=cursor, limit=min(last, 200))
        for event in page.items:
            found = (store.delivery(id_) for id_ in event.deliveries)
            yield event, [delivery for delivery in found if delivery is not None]
        last, cursor = last - len(page.items), page.next
        if cursor is None:
            return


def _objectionable(plan: Plan, strict: bool) -> bool:
    counts = plan.counts
    different = sum(counts.values()) - counts[Change.SAME]
    return bool(counts[Change.INVALID] or plan.unreadable or (strict and different))


def told(name: str, plan: Plan, show: int) -> Iterator[str]:
    """The plan of one hook for a person; the differences that matter most come first."""
    yield f"Hook {name}, the last {plan.events} events. Of the calls"
    for change, words in _WORDS.items():
        if plan.counts[change] or change is Change.SAME:
            yield f"  {plan.counts[change]:5} {words}"
    if plan.left_out:
        yield f"  {plan.left_out:5} events are left out: no longer kept, or their sender has not been asked yet"
    for event_id, sentence in plan.unreadable:
        yield f"  {event_id} can no longer be read: {sentence}"
    ranked = sorted((one for one in plan.differences if one.change is not Change.SAME), key=_urgency)
    for difference in ranked[:show]:
        yield ""
        yield from _difference(difference)
    if len(ranked) > show:
        yield f"... and {len(ranked) - show} more (--show {len(ranked)})"
    yield ""


def _urgency(difference: Difference) -> int:
    order = (Change.INVALID, Change.VANISHED, Change.CHANGED, Change.APPEARED, Change.MENDED, Change.SAME)
    return order.index(difference.change)


def _difference(difference: Difference) -> Iterator[str]:
    when = as_date(moment_of(difference.event_id) // 1000, "%Y-%m-%d %H:%M")
    yield f"  {difference.event_id} of {when} UTC: {difference.name} {difference.change.value}"
    for line in difference.lines:
        yield f"      {line}"


def _data(plan: Plan) -> dict[str, object]:
    return {
        "events": plan.events,
        "left_out": plan.left_out,
        "counts": plan.counts,
        "unreadable": dict(plan.unreadable),
        "differences": [
            {"change": one.change, "event_id": one.event_id, "call": one.name, "lines": list(one.lines)}
            for one in plan.differences
            if one.change is not Change.SAME
        ],
    }
