"""``python -m relay preview HOOK BODYFILE``: what this webhook would become. Sends nothing, keeps nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from config.settings import load_settings
from relay import hooks, previewing
from relay.errors import ConfigurationError, RelayError
from relay.mapping import Considered
from relay.models import Account, Answer, Awaited, Call, Hook, WebhookRequest
from relay.nearest import unknown
from relay.previewing import Preview


@click.command("preview", help="Show what a webhook would become: the reading, the calls, the signed requests.")
@click.argument("hook")
@click.argument("bodyfile", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--headers", type=click.Path(exists=True, dir_okay=False, path_type=Path), help='Lines "Name: value".')
@click.option("--config", type=click.Path(), help="Another file than the one that RELAY_CONFIG names.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(hook: str, bodyfile: Path, headers: Path | None, config: str | None, as_json: bool) -> None:
    settings = load_settings()
    configuration = hooks.load(config or settings.config_path, settings.environ)
    if hook not in configuration.hooks:
        raise ConfigurationError(unknown("hook", hook, configuration.hooks))
    found = configuration.hooks[hook]
    request = request_of(bodyfile, headers or bodyfile.with_suffix(".headers"), found)
    seen = previewing.preview(request, found, configuration, time.time())
    account = configuration.accounts[found.account]
    if as_json:
        click.echo(json.dumps(_plain(as_data(seen, found, account)), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(told(seen, found, account)))


def request_of(bodyfile: Path, headers: Path, hook: Hook) -> WebhookRequest:
    """A file as the request that it stands for; without headers the type follows from its first sign.

    A file ``.url`` holds the address of a GET, as ``GET /hooks/name?email=...``.
    """
    body = bodyfile.read_bytes()
    named = dict(_header_lines(headers)) if headers.is_file() else {}
    token = hook.tokens[0] if hook.tokens else ""
    address = named.get("x-forwarded-for", "").rpartition(",")[2].strip()
    if bodyfile.suffix == ".url":
        query = body.decode().strip().partition("?")[2].partition(" ")[0]
        return WebhookRequest("GET", query, named, b"", address, token)
    named.setdefault("content-type", _guessed(body))
    return WebhookRequest("POST", "", named, body, address, token)


def _header_lines(file: Path) -> Iterator[tuple[str, str]]:
    for line in file.read_text("utf-8").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            yield name.strip().lower(), value.strip()


def _guessed(body: bytes) -> str:
    return "application/json" if body.lstrip()[:1] in (b"{", b"[") else "application/x-www-form-urlencoded"


def told(seen: Preview, hook: Hook, account: Account) -> Iterator[str]:
    """The preview for a person."""
    unseen = " (the token in the address is not looked at here)" if hook.tokens else ""
    yield f"Proof     {f'REFUSED: {seen.refused}' if seen.refused else 'accepted'}{unseen}"
    if seen.greeting is not None:
        yield f"Handshake answered with {seen.greeting!r}; nothing is kept"
        return
    if seen.reading is None:
        yield f"Body      UNREADABLE: {seen.unreadable}"
        return
    if seen.answer is not None:
        yield f"Answer    {seen.answer.status} {seen.answer.content_type}: {previewing.text(seen.answer.body)}"
    yield from _event(seen, account)
    for further in seen.further:
        yield "\nand another event of the same request:"
        yield from _event(further, account)


def _event(seen: Preview, account: Account) -> Iterator[str]:
    yield from _reading(seen)
    for note in seen.notes:
        yield f"Note      {note}"
    if seen.reading is not None and seen.reading.test:
        yield "Test      a test event of the sender: it is answered, and none of these calls is made"
    if not seen.steps:
        yield "Calls     none: the hook has no calls"
    for step in seen.steps:
        yield ""
        yield from _step(step, account)


def _reading(seen: Preview) -> Iterator[str]:
    reading = seen.reading
    if reading is None:
        return
    yield f"Event     {reading.event_type or 'without a type'}, id {reading.event_id or 'none: the body itself'}"
    for title, record in (("Contact", reading.contact), ("Order", reading.order)):
        lines = list(_filled(asdict(record)))
        yield f"{title:9} {lines[0] if lines else 'nothing found'}"
        yield from (f"          {line}" for line in lines[1:])
    for field, problem in reading.problems.items():
        yield f"Problem   {field}: {problem}"


def _filled(values: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _filled(value, f"{above}{name}.")
        elif value not in (None, (), [], ""):
            yield f"{above}{name}: {json.dumps(_plain(value), ensure_ascii=False)}"


def _step(step: Considered, account: Account) -> Iterator[str]:
    call = step.call
    if call is None:
        yield f"-  {step.plan.name} (line {step.plan.line}) is not made: {step.why}"
        return
    if call.problems:
        yield f"!  {call.name} (line {step.plan.line}) would be a dead letter, {call.reason}"
        for name, sentences in call.problems.items():
            yield from (f"     {name}: {sentence}" for sentence in sentences)
        return
    yield f"+  {call.name} (line {step.plan.line})"
    yield from (f"     {line}" for line in _filled(call.params))
    yield from _request(call, account)


def _request(call: Call, account: Account) -> Iterator[str]:
    try:
        request = previewing.signed(call, account)
    except RelayError as error:
        yield f"   {error}"
        return
    yield f"   POST {request.url}"
    yield f"   signed text: {request.canonical}"
    yield f"   body: {request.body}"
    if request.awaits:
        yield f"   It waits for {', '.join(request.awaits)}; the hash is made when that is known."


def as_data(seen: Preview, hook: Hook, account: Account) -> dict[str, Any]:
    """The preview for programs."""
    return {
        "hook": hook.name,
        "provider": hook.provider,
        "refused": seen.refused or None,
        "unreadable": seen.unreadable or None,
        "handshake": seen.greeting,
        "answer": _answer(seen.answer),
        **_event_data(seen, account),
        "further": [_event_data(further, account) for further in seen.further],
    }


def _answer(answer: Answer | None) -> dict[str, Any] | None:
    return None if answer is None else asdict(answer) | {"body": previewing.text(answer.body)}


def _event_data(seen: Preview, account: Account) -> dict[str, Any]:
    reading = None
    if seen.reading is not None:
        reading = asdict(replace(seen.reading, further=(), headers={}, query={}))
        del reading["raw"]  # the body stands in the file
    return {
        "reading": reading,
        "notes": list(seen.notes),
        "calls": [_step_data(step, account) for step in seen.steps],
    }


def _step_data(step: Considered, account: Account) -> dict[str, Any]:
    data: dict[str, Any] = {"function": step.plan.function, "name": step.plan.name, "line": step.plan.line}
    if step.call is None:
        return {**data, "made": False, "why": step.why}
    call = step.call
    data |= {"made": True, "name": call.name, "params": call.params, "problems": call.problems, "reason": call.reason}
    if not call.problems:
        request = previewing.signed(call, account)
        data["request"] = {
            "url": request.url,
            "signed_text": request.canonical,
            "body": request.body,
            "waits_for": list(request.awaits),
        }
    return data


def _plain(value: Any) -> Any:
    """As JSON knows it; a Decimal is text, so that no digit changes."""
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, Awaited):
        return f"<{previewing.awaited_words(value.key)}>"
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return f"{value:f}" if isinstance(value, Decimal) else value
