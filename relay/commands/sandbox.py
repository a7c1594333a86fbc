"""``python -m relay sandbox``: a JustClick on this machine, until Ctrl-C. Sends nothing anywhere."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import click

from relay.justclick.sandbox import Sandbox


@click.command("sandbox", help="Run a JustClick of our own, for development and tests.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8090, show_default=True, help="0 takes a free one.")
@click.option("--login", default="demo", show_default=True, help="The account's login.")
@click.option(
    "--secret",
    default="sandbox-secret",
    envvar="SANDBOX_SECRET",
    show_default=True,
    show_envvar=True,
    help="The account's secret key.",
)
@click.option(
    "--account", "accounts", multiple=True, metavar="LOGIN:SECRET", help="A further account; may be repeated."
)
@click.option("--group", "groups", multiple=True, metavar="NAME", help="A further contact group; may be repeated.")
@click.option("--good", "goods", multiple=True, metavar="NAME=PRICE", help="A further product; may be repeated.")
@click.option(
    "--dialect",
    type=click.Choice(["docs", "field"]),
    default="docs",
    show_default=True,
    help="docs: as documented; field: as seen in the field (102 and 103 arrive as code 0).",
)
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), help="A file that keeps contacts and orders.")
@click.option("--latency", default=0, show_default=True, metavar="MS", help="Milliseconds that every answer takes.")
def command(  # noqa: PLR0917 (click passes them all by name)
    host: str,
    port: int,
    login: str,
    secret: str,
    accounts: tuple[str, ...],
    groups: tuple[str, ...],
    goods: tuple[str, ...],
    dialect: str,
    state: Path | None,
    latency: int,
) -> None:
    further = dict(_split(pair, ":", "--account") for pair in accounts)
    try:
        sandbox = Sandbox(login, secret, host=host, port=port, dialect=dialect, accounts=further, state_path=state)
    except (ValueError, KeyError, TypeError) as error:
        raise click.ClickException(f"the state file {state} is damaged; delete it to begin afresh ({error})") from error
    for name in groups:
        if name not in sandbox.state.groups:
            sandbox.state.add_group(name)
    for name, price in (_split(pair, "=", "--good") for pair in goods):
        if name not in sandbox.state.goods:
            sandbox.state.add_good(name, name, price)
    for account in sandbox.accounts.values():
        account.latency = latency / 1000
    try:
        asyncio.run(_serve(sandbox))
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror}") from error


def _split(pair: str, mark: str, option: str) -> tuple[str, str]:
    name, found, rest = pair.partition(mark)
    if not found:
        raise click.BadParameter(f"{pair!r} has no {mark!r} in it", param_hint=option)
    return name, rest


async def _serve(sandbox: Sandbox) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await sandbox.serve(stop, lambda: click.echo(f"Sandbox JustClick: {sandbox.url} (login {sandbox.login})"))
