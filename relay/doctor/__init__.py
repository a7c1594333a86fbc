"""``python -m relay doctor``: looks at everything that has to be right for a webhook to reach JustClick.

It changes nothing: at JustClick it only reads, in the store it only writes the mark of /readyz.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from config.settings import load_settings
from relay import hooks
from relay.doctor import accounts, clocks, environment, storage
from relay.doctor.check import Check, Verdict, ok, wrong
from relay.errors import ConfigurationError
from relay.models import Configuration
from relay.nearest import unknown

__all__ = ["Check", "Verdict", "examine"]


def examine(
    environ: Mapping[str, str] | None = None, only: str | None = None, ca_file: str | None = None
) -> Iterator[Check]:
    """The checks, one after the other as they are made. ``only``: the account to look at. ``ca_file``: to trust."""
    try:
        settings = load_settings(environ)
    except ConfigurationError as error:
        yield wrong("environment", "It is not complete, so nothing else can be looked at.", str(error))
        return
    configuration = None
    try:
        configuration = hooks.load(settings.config_path, settings.environ)
        yield _is_right(configuration)
    except ConfigurationError as error:
        yield wrong("configuration", f"{settings.config_path} is wrong: the relay does not start with it.", str(error))
    yield from environment.checks(settings, configuration)
    seen = clocks.Clocks()
    yield from storage.checks(settings, seen)
    if configuration is not None:
        if only is not None and only not in configuration.accounts:
            yield wrong("account", unknown("account", only, configuration.accounts), "Take a name out of relay.yaml.")
        for account in configuration.accounts.values():
            if only in (None, account.name):
                yield from accounts.checks(account, configuration, seen, ca_file)
    yield seen.check()


def _is_right(configuration: Configuration) -> Check:
    number = len(configuration.hooks)
    names = ", ".join(configuration.accounts)
    return ok("configuration", f"{configuration.path} is right: {number} hooks, accounts: {names}.")
