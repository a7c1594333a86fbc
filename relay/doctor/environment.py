"""What the settings leave open: the page, the API, the proxies in front of us, hooks that anybody may use."""

from __future__ import annotations

from collections.abc import Iterator

from config.settings import Settings, on_platform
from relay import providers
from relay.doctor.check import Check, note, ok, wrong
from relay.models import Configuration, Hook
from relay.verifying import Networks

SHORT = 12  # characters: less can be guessed


def checks(settings: Settings, configuration: Configuration | None) -> Iterator[Check]:
    page = "Nobody can open it: set RELAY_PASSWORD, and make it long."
    yield _password("status page", "RELAY_PASSWORD", settings.password, page, settings.production)
    api = "It answers nobody: set RELAY_API_TOKEN, if programs are to use it. Metrics need it too."
    yield _password("API", "RELAY_API_TOKEN", settings.api_token, api, settings.production)
    hooks = list(configuration.hooks.values()) if configuration else []
    yield _proxies(settings, [hook for hook in hooks if _by_address(hook)])
    yield from _hooks(hooks, configuration)


def _password(about: str, name: str, value: str, missing: str, production: bool) -> Check:
    if not value:
        return (wrong if production else note)(about, f"It is closed: {name} is not set.", missing)
    if len(value) < SHORT and production:
        advice = f"Choose one of {SHORT} characters or more: everybody on the internet may try."
        return wrong(about, f"{name} is short: {len(value)} characters.", advice)
    return ok(about, f"It is open to who knows {name}.")


def _proxies(settings: Settings, by_address: list[Hook]) -> Check:
    about, hops = "proxies", settings.trusted_proxies
    counts = f" The address counts for: {', '.join(hook.name for hook in by_address)}." if by_address else ""
    if not hops and on_platform(settings.environ):
        return wrong(
            about,
            f"RELAY_TRUSTED_PROXIES is 0 behind a platform's router: every sender has the router's address.{counts}",
            "Remove RELAY_TRUSTED_PROXIES, or set it to 1 (Heroku), or to the number of proxies in front of the relay.",
        )
    if not hops and settings.production:
        return ok(about, f"None is trusted: right when nothing stands in front of the relay.{counts}")
    if hops and not settings.production:
        return note(
            about, f"{hops} in front of the relay are believed.", "Right only when they are there: else unset it."
        )
    return ok(about, f"{hops} in front of the relay are believed.{counts}" if hops else "None, and none is trusted.")


def _by_address(hook: Hook) -> bool:
    return bool(hook.addresses) or any(isinstance(row, Networks) for row in providers.find(hook.provider).proof)


def _hooks(hooks: list[Hook], configuration: Configuration | None) -> Iterator[Check]:
    for hook in hooks:
        if hook.verify == "none" and not hook.tokens:
            advice = "Give it the sender's secret, or a token in its address, if only one sender should use it."
            yield note(f"hook {hook.name}", "Anybody may send to it (verify: none).", advice)
        account = hook.options.get("confirm")
        if configuration and account is not None and account not in configuration.accounts:
            names = " or ".join(configuration.accounts)
            yield wrong(f"hook {hook.name}", f"Its option confirm names no account: {account}.", f"Write {names}.")
