"""``python -m relay doctor`` as a person runs it: exit code, lines, JSON, and never a secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from redis import Redis

from relay.cli import relay
from relay.justclick.sandbox import Sandbox
from relay.store import Store
from tests.doctor.conftest import SECRET

CONFIGURATION = """
accounts:
  school: {login: school, secret: "${JUSTCLICK_SECRET}", url: "${SANDBOX}"}
  shop: {login: school, secret: "${JUSTCLICK_SECRET}", url: "${SANDBOX}"}
hooks:
  lead:
    provider: tilda
    account: school
    secret: ${TILDA_KEY}
    calls: [{function: AddLeadToGroup, params: {rid: "{{ body.form | lookup('groups') }}"}}]
tables:
  groups: {form1: webinar}
"""
Doctor = Callable[..., Result]


@pytest.fixture
def doctor(sandbox: Sandbox, redis: Redis, redis_url: str, store: Store, tmp_path: Path) -> Doctor:
    """A relay of which everything is right, unless the environment says otherwise."""
    store.beat("here.1", 1, host="here", pid=1, in_flight=0, slots=64)
    store.ran("scheduler")
    store.ran("sweeper")
    path = tmp_path / "relay.yaml"

    def run(*arguments: str, text: str = CONFIGURATION, **environ: str) -> Result:
        path.write_text(text, "utf-8")
        redis.config_set("save", "3600 1")
        environ = {
            "RELAY_CONFIG": str(path),
            "RELAY_ENV": "production",
            "REDIS_URL": redis_url,
            "RELAY_PASSWORD": "page-password",
            "RELAY_API_TOKEN": "api-token-of-mine",
            "JUSTCLICK_LOGIN": "school",
            "JUSTCLICK_SECRET": SECRET,
            "SANDBOX": sandbox.url,
            "TILDA_KEY": "tilda-key-of-mine",
            **environ,
        }
        try:
            return CliRunner().invoke(relay, ["doctor", *arguments], env=environ)
        finally:
            redis.config_set("save", "")

    return run


def test_nothing_is_wrong(doctor: Doctor) -> None:
    """Each line says ok; exit code 0; no secret anywhere."""
    told = doctor()
    assert told.exit_code == 0, told.output
    lines = told.output.splitlines()
    assert lines[-1] == "Nothing is wrong."
    assert all(line.startswith("ok ") for line in lines[:-2])
    for secret in (SECRET, "page-password", "api-token-of-mine", "tilda-key-of-mine"):
        assert secret not in told.output


def test_something_is_wrong(doctor: Doctor) -> None:
    """Exit code 1, and under the line what to do."""
    told = doctor("--account", "school", JUSTCLICK_SECRET=f'"{SECRET}"')
    assert told.exit_code == 1
    assert "WRONG  school: signature: Code 4" in told.output
    assert "       Our secret has quotation marks" in told.output
    assert "1 of " in told.output
    assert SECRET not in told.output


def test_json_for_other_programs(doctor: Doctor) -> None:
    """One object, all checks, the same exit code."""
    told = doctor("--json")
    found = json.loads(told.output)
    assert (told.exit_code, found["ok"]) == (0, True)
    assert {"about": "API", "verdict": "ok", "told": "It is open to who knows RELAY_API_TOKEN.", "advice": ""} in found[
        "checks"
    ]
    broken = doctor("--json", RELAY_PASSWORD="")
    assert (broken.exit_code, json.loads(broken.output)["ok"]) == (1, False)


def test_one_account_alone(doctor: Doctor) -> None:
    """Only that one is visited; a name that does not exist is told with the nearest."""
    told = doctor("--account", "shop")
    assert "shop: signature" in told.output
    assert "school: signature" not in told.output
    told = doctor("--account", "shopp")
    assert told.exit_code == 1
    assert 'Did you mean "shop"?' in told.output


def test_a_wrong_file_does_not_end_it(doctor: Doctor) -> None:
    """Its mistakes are listed, and the store is looked at all the same."""
    told = doctor(text=CONFIGURATION.replace("AddLeadToGroup", "AddLeadToGrup"))
    assert told.exit_code == 1
    assert 'Did you mean "AddLeadToGroup"?' in told.output
    assert "ok     worker" in told.output


def test_a_wrong_environment_ends_it(doctor: Doctor) -> None:
    """Nothing can be looked at without it."""
    told = doctor(PORT="eighty")
    assert told.exit_code == 1
    assert told.output.startswith("WRONG  environment")
    assert "PORT" in told.output
