"""What the settings leave open, at home and on a platform."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from config.settings import load_settings
from relay.doctor import environment
from relay.doctor.check import Check, Verdict
from relay.models import Account, Configuration, Hook
from tests.doctor.conftest import about

GOOD = {"RELAY_PASSWORD": "a-long-password", "RELAY_API_TOKEN": "a-long-token-too", "REDIS_URL": "redis://localhost"}
HEROKU = {**GOOD, "DYNO": "web.1"}


def checked(environ: dict[str, str], *hooks: Hook) -> list[Check]:
    account = Account("school", "school", ("key",), "https://school.justclick.ru")
    configuration = Configuration({"school": account}, {hook.name: hook for hook in hooks})
    return list(environment.checks(load_settings(environ), configuration))


@pytest.mark.parametrize("environ", [GOOD, HEROKU, {**GOOD, "RELAY_ENV": "production"}])
def test_nothing_is_left_open(environ: dict[str, str]) -> None:
    """Page, API and proxies, each a line."""
    assert [check.verdict for check in checked(environ)] == [Verdict.OK] * 3


@pytest.mark.parametrize(("name", "subject"), [("RELAY_PASSWORD", "status page"), ("RELAY_API_TOKEN", "API")])
def test_what_is_closed_or_weak(name: str, subject: str) -> None:
    """In production somebody has to act; at home it is only said. The value is never shown."""
    assert about(checked({**HEROKU, name: ""}), subject).verdict is Verdict.WRONG
    assert name in about(checked({**HEROKU, name: ""}), subject).advice
    assert about(checked({**GOOD, name: ""}), subject).verdict is Verdict.NOTE
    weak = about(checked({**HEROKU, name: "hunter2"}), subject)
    assert weak.verdict is Verdict.WRONG
    assert "hunter2" not in f"{weak.told}{weak.advice}"


@pytest.mark.parametrize(
    ("environ", "verdict"),
    [
        ({**HEROKU, "RELAY_TRUSTED_PROXIES": "0"}, Verdict.WRONG),
        (HEROKU, Verdict.OK),
        ({**GOOD, "RELAY_TRUSTED_PROXIES": "2"}, Verdict.NOTE),
        ({**GOOD, "RELAY_ENV": "production", "RELAY_TRUSTED_PROXIES": "2"}, Verdict.OK),
    ],
)
def test_proxies(environ: dict[str, str], verdict: Verdict) -> None:
    """Behind a platform's router one has to be believed, and nowhere more than there are."""
    assert about(checked(environ), "proxies").verdict is verdict


@pytest.mark.parametrize("options", [{"provider": "yookassa"}, {"addresses": (ip_network("10.0.0.0/8"),)}])
def test_hooks_that_depend_on_the_address_are_named(options: dict[str, Any]) -> None:
    """For them a wrong number of proxies means 401, or a hole."""
    hook = Hook(**{"name": "shop", "provider": "tilda", "account": "school", **options})
    assert "shop" in about(checked(HEROKU, hook), "proxies").told


def test_a_hook_that_anybody_may_use() -> None:
    """Said, since somebody may have forgotten it."""
    found = about(checked(GOOD, Hook("web", "generic", "school", verify="none")), "hook web")
    assert found.verdict is Verdict.NOTE


@pytest.mark.parametrize(("confirm", "wrong"), [("school", False), ("scool", True)])
def test_the_account_that_confirms_exists(confirm: str, wrong: bool) -> None:
    """JustClick's own messages about orders are confirmed by the account of this name."""
    hook = Hook("orders", "justclick_orders", "school", secrets=("key",), options={"confirm": confirm})
    found = [check for check in checked(GOOD, hook) if check.about == "hook orders"]
    assert [check.verdict for check in found] == [Verdict.WRONG] * wrong
