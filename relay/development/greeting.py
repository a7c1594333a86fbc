"""What ``make run`` says when everything runs: where the page is, how to post a first lead, how to stop."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

from relay.models import Configuration, Hook

SAMPLE = {"email": "anna@example.com", "name": "Анна Петрова", "phone": "+7 916 123-45-67", "city": "Казань"}


@dataclass(frozen=True, slots=True)
class Place:
    """What the greeting tells."""

    port: int
    password: str | None  # None: the owner has set it and knows it
    sandbox: str | None  # its address
    store: str
    configuration: Configuration


def wait_until_ready(port: int, stopping: Callable[[], bool], patience: float = 60.0) -> str:
    """Empty when /readyz answers 200; else what it said last."""
    end, told = time.monotonic() + patience, "it did not answer"
    while time.monotonic() < end and not stopping():
        status, told = _ask(port)
        if status == 200:
            return ""
        time.sleep(0.1)
    return told


def _ask(port: int) -> tuple[int, str]:
    link = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        link.request("GET", "/readyz")
        answer = link.getresponse()
        return answer.status, f"{answer.status} {answer.read(500).decode('utf-8', 'replace')}"
    except (OSError, HTTPException) as error:
        return 0, f"no answer ({error})"
    finally:
        link.close()


def greeting(place: Place) -> str:
    address = f"http://127.0.0.1:{place.port}"
    password = place.password or "the RELAY_PASSWORD that you have set"
    lines = [
        "",
        "JustClick Relay is running.",
        "",
        f"  Status page  {address}/",
        f"  Password     {password}",
        *_accounts(place),
        f"  Data         {place.store}",
        "",
        *_first_lead(address, place.configuration),
        "",
        "  Stop with Ctrl-C.",
        "",
    ]
    return "\n".join(lines)


def _accounts(place: Place) -> list[str]:
    if place.sandbox:
        return [
            f"  JustClick    a sandbox of your own: {place.sandbox}/ (nothing leaves this machine; to use",
            "               your real account, set JUSTCLICK_LOGIN and JUSTCLICK_SECRET in the file .env)",
        ]
    accounts = [f"{account.login} at {account.url}" for account in place.configuration.accounts.values()]
    return [f"  JustClick    the real account {' and '.join(accounts)}: what you post arrives there"]


def _first_lead(address: str, configuration: Configuration) -> list[str]:
    hook = sample_hook(configuration.hooks)
    if hook is None:
        return [f"  Hooks        {', '.join(f'{address}/hooks/{name}' for name in configuration.hooks)}"]
    token = f"/{hook.tokens[0]}" if hook.tokens else ""
    body = shlex.quote(json.dumps(SAMPLE, ensure_ascii=False))
    return [
        "  Post a sample lead, and see it on the page:",
        "",
        f"    curl -H 'Content-Type: application/json' -d {body} {address}/hooks/{hook.name}{token}",
    ]


def sample_hook(hooks: Mapping[str, Hook]) -> Hook | None:
    """The hook ``lead``, else any that takes plain JSON and asks for no more than its token."""
    open_ones = [hook for hook in hooks.values() if hook.provider == "generic" and not hook.secrets]
    return next((hook for hook in open_ones if hook.name == "lead"), open_ones[0] if open_ones else None)
