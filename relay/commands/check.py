"""``python -m relay check``: is relay.yaml right, and what does it listen to? Connects to nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from config.settings import load_settings
from relay import hooks, providers
from relay.models import CallPlan, Configuration, Hook


@click.command("check", help="Check relay.yaml, and show what it listens to. Exit code 1 when it is wrong.")
@click.option("--config", type=click.Path(), help="Another file than the one that RELAY_CONFIG names.")
def command(config: str | None) -> None:
    settings = load_settings()
    try:
        configuration = hooks.load(config or settings.config_path, settings.environ)
    except hooks.WrongConfiguration as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    click.echo("\n".join(told(configuration)))


def told(configuration: Configuration) -> Iterator[str]:
    """The configuration in plain lines, without a secret."""
    yield f"{configuration.path} is right."
    for warning in hooks.doubts(configuration):
        yield ""
        yield f"Is this meant? {warning}"
    yield ""
    yield "Accounts"
    for account in configuration.accounts.values():
        limits = f"at most {account.max_in_flight} calls at once, {account.max_per_second:g} a second"
        yield f"  {account.name}: {account.login} at {account.url}, {limits}"
    for hook in configuration.hooks.values():
        yield ""
        yield from _hook(hook)


def _hook(hook: Hook) -> Iterator[str]:
    yield f"POST /hooks/{hook.name}{'/<token>' if hook.tokens else ''}"
    yield f"  {providers.find(hook.provider).title}, account {hook.account}, {_proof(hook)}"
    if fetch := providers.find(hook.provider).fetch:
        missing = [name for name in fetch.needs if not hook.options.get(name)]
        asked = "whether it is true" if fetch.proves else "for the rest"
        without = f"does not ask the sender {asked}: that needs {' and '.join(missing)} under options"
        yield f"  {without if missing else 'asks the sender for the rest first'}"
    for plan in hook.calls:
        yield f"  {_call(plan)}"
    if not hook.calls:
        yield "  makes no calls: its events are only kept"


def _proof(hook: Hook) -> str:
    proofs = []
    if providers.find(hook.provider).proves(hook):
        proofs.append("proven by its signature, secret or address")
    if hook.tokens:
        proofs.append("known by the token in its address")
    return " and ".join(proofs) or "NOT PROVEN: anybody can send (verify: none)"


def _call(plan: CallPlan) -> str:
    named = f" as {plan.name}" if plan.name != plan.function else ""
    each = f", for each of {plan.each}" if plan.each else ""
    return f"{plan.function}{named}{each}{f', when {plan.when}' if plan.when else ''}"
