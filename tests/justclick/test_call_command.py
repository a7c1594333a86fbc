"""``python -m relay call`` and ``python -m relay docs``, run as a person runs them, against the sandbox."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from relay.cli import relay
from relay.commands import docs
from relay.errors import ConfigurationError, InvalidCall
from relay.justclick.sandbox import Sandbox

ROOT = Path(__file__).parent.parent.parent
SECRET = "S3cr+t~*"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox("school", SECRET) as sandbox:
        sandbox.state.add_group("web", "Webinar")
        yield sandbox


@pytest.fixture
def run(sandbox: Sandbox, tmp_path: Path) -> Callable[..., Result]:
    """``run("GetAllGroups")``: the command with a relay.yaml whose account is the sandbox's."""
    path = tmp_path / "relay.yaml"
    account = "  {0}: {{login: school, secret: '${{SCHOOL_SECRET}}', url: '" + sandbox.url + "'}}\n"

    hook = "hooks:\n  web: {{provider: generic, verify: none, account: {0}, calls: [{{function: GetAllGroups}}]}}\n"

    def call(*arguments: str, accounts: tuple[str, ...] = ("school",), secret: str = SECRET) -> Result:
        path.write_text("accounts:\n" + "".join(account.format(name) for name in accounts) + hook.format(accounts[0]))
        environ = {name: "" for name in os.environ if name.startswith(("RELAY_", "JUSTCLICK_"))}
        environ |= {"RELAY_CONFIG": str(path), "SCHOOL_SECRET": secret, "RELAY_ENV": "development"}
        return CliRunner().invoke(relay, ["call", *arguments], env=environ)

    return call


def test_a_call_that_is_accepted(sandbox: Sandbox, run: Callable[..., Result]) -> None:
    """Request, answer, its hash and its meaning; the secret is nowhere."""
    told = run("AddLeadToGroup", "rid=web", "lead_email=anna@example.com", "lead_name=Анна ~")
    assert told.exit_code == 0, told.output
    assert "rid[0] = web" in told.output
    assert "lead_name=%D0%90%D0%BD%D0%BD%D0%B0+%7E::school::<secret>" in told.output
    assert f"{sandbox.url}/api/AddLeadToGroup" in told.output
    assert "genuine" in told.output
    assert SECRET not in told.output
    assert "anna@example.com" in sandbox.state.contacts


def test_a_call_that_is_refused(run: Callable[..., Result]) -> None:
    """The code in words, in both languages, and status 1."""
    told = run("AddLeadToGroup", "rid=nowhere", "lead_email=anna@example.com")
    assert told.exit_code == 1
    assert "103" in told.output
    assert "There is no such group" in told.output
    told = run("AddLeadToGroup", "rid=nowhere", "lead_email=anna@example.com", "--language", "ru")
    assert "Такой группы нет" in told.output


def test_brackets_make_lists_and_maps(sandbox: Sandbox, run: Callable[..., Result]) -> None:
    """Names as PHP and the documentation write them."""
    sandbox.state.add_good("book", "Book", "990.00")
    arguments = ("goods[0][good_name]=book", "goods[0][good_sum]=10", "bill_email=a@b.ru", "utm[utm_source]=x")
    told = json.loads(run("CreateOrder", *arguments, "--json").output)
    assert told["outcome"] == "accepted"
    assert told["genuine"] is True
    [number] = sandbox.state.orders
    assert told["result"] == {"bill_id": str(number)}
    assert told["parameters"]["goods[0][good_sum]"] == "10"


def test_a_dry_run_sends_nothing(sandbox: Sandbox, run: Callable[..., Result]) -> None:
    """The signed request alone."""
    told = run("GetAllGroups", "--dry-run")
    assert told.exit_code == 0
    assert "Nothing was sent" in told.output
    assert "::school::<secret>" in told.output
    assert sandbox.calls == []


def test_a_wrong_secret(run: Callable[..., Result]) -> None:
    """Code 4, whose own hash is not ours: said plainly."""
    told = run("GetAllGroups", secret="other")
    assert told.exit_code == 1
    assert "WRONG" in told.output
    assert "secret is probably wrong" in told.output


@pytest.mark.parametrize(
    ("ours", "kind"), [(f"{SECRET}\u00a0", "blanks"), (f'"{SECRET}"', "quotes"), (f"Key: {SECRET}", "surplus")]
)
def test_a_slip_in_the_secret_is_named(run: Callable[..., Result], ours: str, kind: str) -> None:
    """JustClick's own hash proves which one it is; the secret is nowhere."""
    told = run("GetAllGroups", "--json", secret=ours)
    [found] = json.loads(told.output)["diagnosis"]
    assert (found["kind"], found["sure"]) == (kind, True)
    assert "proven " in run("GetAllGroups", secret=ours).output
    assert "секретн" in run("GetAllGroups", "--language", "ru", secret=ours).output
    assert SECRET not in told.output


def test_no_usable_answer(sandbox: Sandbox, run: Callable[..., Result]) -> None:
    """Reason, detail, and whether it may have been carried out."""
    sandbox.trouble(shape="html", times=1)
    told = json.loads(run("GetAllGroups", "--json").output)
    assert (told["outcome"], told["reason"], told["may_have_arrived"]) == ("unreached", "not-json", True)
    sandbox.trouble(shape="forged", times=1)
    assert "WRONG" in run("GetAllGroups").output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("GetAllGroup",), 'Did you mean "GetAllGroups"?'),
        (("GetAllGroups", "x"), "is not NAME=VALUE"),
        (("AddLeadToGroup", "rid=a", "rid=b"), "rid[0]=... rid[1]=..."),
    ],
)
def test_mistakes_of_the_caller(run: Callable[..., Result], arguments: tuple[str, ...], says: str) -> None:
    """A sentence that helps."""
    told = run(*arguments)
    assert told.exit_code == 2
    assert says in told.output


def test_parameters_are_checked_before_anything_is_sent(sandbox: Sandbox, run: Callable[..., Result]) -> None:
    """The error names the parameter."""
    told = run("AddLeadToGroup", "rid[0=web")
    assert isinstance(told.exception, InvalidCall)
    assert "rid[0: a bracket is opened and never closed" in str(told.exception)
    assert sandbox.calls == []


def test_several_accounts_need_a_name(run: Callable[..., Result]) -> None:
    """Which one is never guessed."""
    told = run("GetAllGroups", accounts=("school", "shop"))
    assert isinstance(told.exception, ConfigurationError)
    assert "school, shop" in str(told.exception)
    told = run("GetAllGroups", "--account", "shopp", accounts=("school", "shop"))
    assert '"shop"' in str(told.exception)
    assert run("GetAllGroups", "--account", "shop", accounts=("school", "shop")).exit_code == 0


def test_generated_pages_are_fresh() -> None:
    """docs/codes.md and docs/functions.md say what the tables say."""
    told = CliRunner().invoke(relay, ["docs", "--check"])
    assert told.exit_code == 0, told.output


def test_stale_pages_are_found_and_written(tmp_path: Path) -> None:
    """Missing or changed: status 1 with --check, written without."""
    into = ["docs", "--into", str(tmp_path)]
    assert CliRunner().invoke(relay, [*into, "--check"]).exit_code == 1
    assert CliRunner().invoke(relay, into).exit_code == 0
    assert CliRunner().invoke(relay, [*into, "--check"]).exit_code == 0
    first = tmp_path / next(iter(docs.PAGES))
    first.write_text(first.read_text("utf-8") + "changed", "utf-8")
    told = CliRunner().invoke(relay, [*into, "--check"])
    assert told.exit_code == 1
    assert told.output.startswith(next(iter(docs.PAGES)))
