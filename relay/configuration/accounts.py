"""The ``accounts`` of the configuration file."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from relay.configuration.problems import Path, Problems
from relay.configuration.schemas import URL_SAFE, AccountSchema, loaded
from relay.models import Account


def accounts_of(raw: Mapping[str, Any], problems: Problems) -> dict[str, Account]:
    """Those that are right; the others are in ``problems``."""
    if not raw and not problems.closed(("accounts",)):
        problems.add(("accounts",), "There is no account. Add one with its login and secret.", closes=True)
    found: dict[str, Account] = {}
    for name, values in raw.items():
        path: Path = ("accounts", name)
        if not URL_SAFE.fullmatch(name):
            problems.add(path, "The name of an account is made of letters, digits, - and _.")
        account = _account(name, loaded(AccountSchema(), values, path, problems), path, problems)
        if account is not None:
            found[name] = account
    return found


def _account(name: str, values: dict[str, Any], path: Path, problems: Problems) -> Account | None:
    if "url" in values:
        values["url"] = _address(values["url"], (*path, "url"), problems)
    if "login" not in values or "secret" not in values:
        return None
    values.setdefault("url", f"https://{values['login'].lower()}.justclick.ru")
    return Account(name=name, secrets=values.pop("secret"), **values)


def _address(url: str, path: Path, problems: Problems) -> str:
    """Without a slash at the end. Says what is wrong with an address that must not be called."""
    try:
        parts = urlsplit(url)
        readable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets or a port that make no sense
        readable = False
    if not readable:
        problems.add(path, "This is no address. Write it like https://login.justclick.ru")
    elif parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        problems.add(path, "The address ends after the host: https://login.justclick.ru, without /api and the like.")
    elif parts.scheme == "http" and not _loopback(str(parts.hostname)):
        problems.add(path, "The address must begin with https: http would send the contacts readable for everybody.")
    return url.rstrip("/")


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
