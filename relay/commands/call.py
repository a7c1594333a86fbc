"""``python -m relay call``: one function of JustClick by hand, and everything about its answer in words.

Shows the signed request with the secret hidden. Keeps nothing, queues nothing, repeats nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click

from relay import reasons
from relay.errors import ConfigurationError
from relay.justclick import codes, functions, signing
from relay.justclick.answers import WRONG_HASH
from relay.justclick.client import JustClick, new_pool, signed
from relay.justclick.near_misses import HIDDEN, diagnose
from relay.models import Account, Configuration
from relay.nearest import unknown
from relay.outcomes import Accepted, Outcome, Refused


@click.command(
    "call", help="Call one function of JustClick: call GetAllGroups, call AddLeadToGroup rid=web lead_email=..."
)
@click.argument("function")
@click.argument("parameters", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--account", "name", help="The account in relay.yaml; not needed when there is one.")
@click.option("--dry-run", is_flag=True, help="Show the signed request and send nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for other programs.")
@click.option(
    "--language", type=click.Choice(["en", "ru"]), default="en", show_default=True, help="Of the explanations."
)
def command(  # noqa: PLR0917 - click passes them by name
    function: str, parameters: Sequence[str], name: str | None, dry_run: bool, as_json: bool, language: str
) -> None:
    if function not in functions.FUNCTIONS:
        raise click.UsageError(unknown("function", function, functions.FUNCTIONS))
    params = functions.find(function).prepare(_given(parameters))
    configuration = _configuration()
    account = chosen(configuration, name)
    client = JustClick(account, new_pool(1))
    told = _request(client, function, params)
    outcome = None if dry_run else client.send(function, params)
    if outcome is not None:
        told |= told_of(function, outcome, language)
    if isinstance(outcome, Refused) and outcome.code == WRONG_HASH:
        answer = (outcome.code, outcome.text, outcome.hash)
        found = diagnose(function, params, account, answer, configuration.accounts.values())
        told["diagnosis"] = [{"kind": one.kind, "sure": one.sure, "text": one.text[language]} for one in found.findings]
    click.echo(json.dumps(told, ensure_ascii=False, indent=2) if as_json else _lines(told))
    if outcome is not None and not isinstance(outcome, Accepted):
        raise SystemExit(1)


def chosen(configuration: Configuration, name: str | None) -> Account:
    """The account of this name, or the only one. Raises ConfigurationError."""
    accounts = configuration.accounts
    if name is None and len(accounts) == 1:
        return next(iter(accounts.values()))
    if name is None:
        raise ConfigurationError(f"Which account? Give --account and one of: {', '.join(accounts)}.")
    if name not in accounts:
        raise ConfigurationError(unknown("account", name, accounts))
    return accounts[name]


def told_of(function: str, outcome: Outcome, language: str = "en") -> dict[str, Any]:
    """An outcome as plain data, with its meaning and advice in words."""
    if not isinstance(outcome, Accepted | Refused):
        why = reasons.explain(outcome.reason)
        return {
            "outcome": "unreached",
            "reason": outcome.reason,
            "detail": outcome.detail,
            "status": outcome.status,
            "may_have_arrived": outcome.may_have_arrived,
            "genuine": False if outcome.reason == "forged" else None,
            "meaning": why.meaning[language],
            "advice": why.advice[language],
        }
    row = codes.meaning(function, outcome.code, outcome.text)
    return {
        "outcome": "accepted" if isinstance(outcome, Accepted) else "refused",
        "code": outcome.code,
        "text": outcome.text,
        "status": outcome.status,
        "genuine": isinstance(outcome, Accepted) or outcome.genuine,
        "verdict": row.verdict.value,
        "meaning": row.meaning[language],
        "advice": row.advice[language],
        "note": outcome.note,
        "result": functions.find(function).parse_result(outcome.result),
    }


def _configuration() -> Configuration:
    # late, so that --help needs neither a file nor an environment
    from config.settings import load_settings  # noqa: PLC0415
    from relay.hooks import load  # noqa: PLC0415

    settings = load_settings()
    return load(settings.config_path, settings.environ)


def _given(parameters: Sequence[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for parameter in parameters:
        name, sign, value = parameter.partition("=")
        if not sign:
            raise click.UsageError(f"{parameter!r} is not NAME=VALUE.")
        if name in given:
            raise click.UsageError(f"{name} is given twice; for a list write {name}[0]=... {name}[1]=...")
        given[name] = value
    return given


def _request(client: JustClick, function: str, params: dict[str, Any]) -> dict[str, Any]:
    login = client.account.login
    return {
        "account": client.account.name,
        "function": function,
        "url": client.url(function),
        "parameters": dict(signing.flat_pairs(params)),
        "signed_text": signing.canonical(params, login, HIDDEN),
        "body": signed(function, params, login, client.secret).decode("ascii"),
    }


_TITLES = {
    "url": "POST",
    "signed_text": "signed text",
    "body": "body",
    "outcome": "outcome",
    "status": "HTTP status",
    "code": "code",
    "text": "text",
    "genuine": "answer's hash",
    "reason": "reason",
    "detail": "detail",
    "may_have_arrived": "may have been carried out",
    "verdict": "verdict",
    "meaning": "meaning",
    "advice": "what to do",
    "note": "note",
}
_HASH = {True: "genuine", False: "WRONG: not signed with this account's secret", None: None}


def _lines(told: dict[str, Any]) -> str:
    shown = {**told, "genuine": _HASH[told.get("genuine")]}
    if "may_have_arrived" in told:
        shown["may_have_arrived"] = "yes" if told["may_have_arrived"] else "no"
    width = max(len(title) for title in _TITLES.values())
    lines = [f"{told['function']} with account {told['account']}"]
    lines += [f"  {name} = {value}" for name, value in told["parameters"].items()]
    lines += [f"{title:<{width}}  {shown[key]}" for key, title in _TITLES.items() if shown.get(key) not in (None, "")]
    for found in told.get("diagnosis", ()):
        lines.append(f"{'proven' if found['sure'] else 'perhaps':<{width}}  {found['text']}")
    if "outcome" not in told:
        lines.append("Nothing was sent (--dry-run).")
    if told.get("result") is not None:
        lines.append(f"{'result':<{width}}  {json.dumps(told['result'], ensure_ascii=False, indent=2)}")
    return "\n".join(lines)
