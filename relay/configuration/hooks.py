"""The ``hooks`` of the configuration file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from relay import providers
from relay.answering import wrong_header
from relay.configuration.calls import plans_of
from relay.configuration.problems import Path, Problems
from relay.configuration.proof import check_options, check_proof, split_verify
from relay.configuration.schemas import URL_SAFE, AnswerSchema, HookSchema, loaded
from relay.configuration.templates import check_condition, check_template, check_templates
from relay.expressions import is_expression
from relay.expressions.names import Scope
from relay.expressions.values import WrongValue, text_of
from relay.models import Contact, Good, Hook, Order, Utm
from relay.nearest import instead, unknown

_RENAMED = {"secret": "secrets", "token": "tokens"}
_NESTED: Mapping[str, Mapping[str, Any]] = {"contact": {"utm": Utm, "custom": None}, "order": {"goods": Good}}
_RECORDS = {"contact": Contact, "order": Order}


def hooks_of(
    raw: Mapping[str, Any], accounts: tuple[str, ...], tables: tuple[str, ...], problems: Problems
) -> dict[str, Hook]:
    """Those that are right; the others are in ``problems``."""
    if not raw and not problems.closed(("hooks",)):
        problems.add(("hooks",), "There is no hook. Add one with its provider and calls.", closes=True)
    found: dict[str, Hook] = {}
    for name, values in raw.items():
        path: Path = ("hooks", name)
        if not URL_SAFE.fullmatch(name):
            problems.add(path, "The name of a hook becomes a part of its address: use letters, digits, - and _ only.")
        hook = _hook(name, loaded(HookSchema(), values, path, problems), accounts, tables, problems)
        if hook is not None:
            found[name] = hook
    return found


def _hook(
    name: str, values: dict[str, Any], accounts: tuple[str, ...], tables: tuple[str, ...], problems: Problems
) -> Hook | None:
    path: Path = ("hooks", name)
    account = _account(values.pop("account", None), accounts, path, problems)
    calls = plans_of(values.pop("calls", None), (*path, "calls"), tables, problems)
    _check_words(values, path, problems)
    if "provider" in values:
        values["provider"] = values["provider"].replace("-", "_")
    if values.get("provider") not in providers.names():
        if "provider" in values:
            problems.add((*path, "provider"), unknown("provider", values["provider"], providers.names()))
        return None
    verify, secret = split_verify(values.pop("verify", None), values["provider"], (*path, "verify"), problems)
    if secret is not None:
        values["secret"] = tuple(secret) if isinstance(secret, list) else (str(secret),)
    renamed = {_RENAMED.get(key, key): value for key, value in values.items()}
    hook = Hook(name=name, account=account, calls=calls, verify=verify, line=problems.line(path), **renamed)
    check_options(hook, path, problems)
    check_proof(hook, path, problems)
    return hook


def _account(named: str | None, accounts: tuple[str, ...], path: Path, problems: Problems) -> str:
    if named is not None:
        if named not in accounts:
            problems.add((*path, "account"), unknown("account", named, accounts))
        return named
    if len(accounts) > 1:
        problems.add(
            path, f"There are several accounts, so the hook has to name its own: account: {' or '.join(accounts)}."
        )
    return accounts[0] if accounts else ""


def _check_words(values: dict[str, Any], path: Path, problems: Problems) -> None:
    """The hook's own expressions: what they name, and that they name nothing that does not exist yet."""
    for key, record in _RECORDS.items():
        if key in values:
            _check_record(values[key], record, (*path, key), problems)
    for key in ("event_id", "event_type"):
        if key in values:
            check_template(values[key], (*path, key), Scope(), problems)
    if "test" in values:
        check_condition(values["test"], (*path, "test"), Scope(), problems)
    if "answer" in values:
        _check_answer(values["answer"], (*path, "answer"), problems)
    if "hash" in values and values["hash"].replace("-", "") not in hashlib.algorithms_available:
        sentence = f'Unknown hash "{values["hash"]}". {instead(values["hash"], ("md5", "sha1", "sha256", "sha512"))}'
        problems.add((*path, "hash"), sentence)
    if "country" in values:
        values["country"] = values["country"].upper()


def _check_answer(raw: Any, path: Path, problems: Problems) -> None:
    """What is fixed has to be possible; what an event fills in is seen when it comes, and is "ok" where it is not."""
    known = loaded(AnswerSchema(), raw, path, problems)
    for key, value in known.items():
        check_templates(value, (*path, key), Scope(), problems)
    fixed = [("type", "Content-Type", known.get("type"))]
    fixed += [(f"headers.{name}", name, value) for name, value in known.get("headers", {}).items()]
    for place, name, value in fixed:
        if sentence := _wrong_header(name, value):
            problems.add((*path, *place.split(".", 1)), sentence)


def _wrong_header(name: str, value: Any) -> str:
    try:
        return wrong_header(name, "" if is_expression(value) else text_of(value))
    except WrongValue as error:
        return str(error)


def _check_record(said: Mapping[str, Any], record: type, path: Path, problems: Problems) -> None:
    known = [field.name for field in fields(record)]
    nested = _NESTED[str(path[-1])]
    for name, value in said.items():
        here = (*path, name)
        if name not in known:
            problems.add(here, unknown("field", name, known))
        elif name in nested and isinstance(value, dict):
            _check_nested(value, nested[name], here, problems)
        elif isinstance(value, dict | list):
            problems.add(here, f'"{name}" is one value or one expression: {name}: "{{{{ body.something }}}}"')
        elif name == "goods":
            check_condition(str(value), here, Scope(), problems)
        elif name in nested:
            problems.add(here, f'"{name}" is made of names with values.')
        else:
            check_template(value, here, Scope(), problems)


def _check_nested(said: Mapping[str, Any], record: Any, path: Path, problems: Problems) -> None:
    known = None if record is None else [field.name for field in fields(record)]
    scope = Scope(each=record is Good)
    if record is Good:
        said = dict(said)
        source = said.pop("each", None)
        if not isinstance(source, str):
            problems.add(path, 'Say which list the goods are: each: "{{ body.items }}"')
        else:
            check_condition(source, (*path, "each"), Scope(), problems)
    for name, value in said.items():
        if known is not None and name not in known:
            problems.add((*path, name), unknown("field", name, known))
        else:
            check_template(value, (*path, name), scope, problems)
