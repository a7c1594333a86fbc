"""``python -m relay doctor``: is everything there that a webhook needs on its way to JustClick? Changes nothing."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from relay.doctor import Check, Verdict, examine

_SIGNS = {Verdict.OK: "ok   ", Verdict.WRONG: "WRONG", Verdict.NOTE: "note "}
_INDENT = " " * 7


@click.command("doctor", help="Look at everything that has to be right. Exit code 1 when something is wrong.")
@click.option("--account", "name", help="Only this account of relay.yaml.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for other programs.")
def command(name: str | None, as_json: bool) -> None:
    found: list[Check] = []
    for check in examine(only=name):
        found.append(check)
        if not as_json:
            click.echo(_line(check))
    wrong = sum(check.verdict is Verdict.WRONG for check in found)
    if as_json:
        told = {"ok": not wrong, "checks": [asdict(check) for check in found]}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        click.echo(f"\n{wrong} of {len(found)} are wrong." if wrong else "\nNothing is wrong.")
    if wrong:
        sys.exit(1)


def _line(check: Check) -> str:
    advice = "".join(f"\n{_INDENT}{line}" for line in check.advice.splitlines())
    return f"{_SIGNS[check.verdict]}  {check.about}: {check.told}{advice}"
