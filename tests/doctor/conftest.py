"""A sandbox JustClick, an account in it, and configurations that name groups and products."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from relay.doctor import accounts
from relay.doctor.check import Check, Verdict
from relay.doctor.clocks import Clocks
from relay.justclick.sandbox import Sandbox
from relay.models import Account, CallPlan, Configuration, Hook

SECRET = "sandbox-secret"
Looked = Callable[..., list[Check]]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox("school", SECRET) as running:
        yield running


@pytest.fixture
def configured(sandbox: Sandbox) -> Callable[..., Configuration]:
    """``configured(CallPlan(...), ...)``: one hook of the sandbox's account that makes these calls."""

    def made(*calls: CallPlan, tables: dict[str, Any] | None = None, **account: Any) -> Configuration:
        school = Account(**{"name": "school", "login": "school", "secrets": (SECRET,), "url": sandbox.url, **account})
        hook = Hook("web", "generic", "school", calls=calls)
        return Configuration({"school": school}, {"web": hook}, tables=tables or {})

    return made


@pytest.fixture
def looked(configured: Callable[..., Configuration]) -> Looked:
    """What the doctor says about the account of a configuration made so."""

    def look(*calls: CallPlan, ca_file: str | None = None, clocks: Clocks | None = None, **more: Any) -> list[Check]:
        configuration = configured(*calls, **more)
        account = configuration.accounts["school"]
        return list(accounts.checks(account, configuration, clocks or Clocks(), ca_file))

    return look


def about(checks: Sequence[Check], subject: str) -> Check:
    """The one check about this."""
    [found] = [check for check in checks if check.about.endswith(subject)]
    return found


def wrong(checks: Sequence[Check]) -> list[str]:
    return [check.about for check in checks if check.verdict is Verdict.WRONG]
