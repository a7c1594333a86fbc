"""The keys of the configuration file as marshmallow schemas: the field names are the documentation of the file.

They check types and names only; what needs to know providers, functions or other keys is told by the neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, validate
from phonenumbers import SUPPORTED_REGIONS

from relay.configuration.fields import (
    Anything,
    Duration,
    Durations,
    Group,
    Networks,
    Rate,
    Text,
    Texts,
    Whole,
    Wholes,
    kind,
    shown,
)
from relay.configuration.problems import Path, Problems
from relay.nearest import nearest, unknown

URL_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_HOST_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


class Strict(Schema):
    """Refuses unknown keys; every sentence is for a person who is no programmer."""

    class Meta:
        unknown = RAISE

    error_messages = {"type": "Here names with values should stand, like: name: value"}  # noqa: RUF012  marshmallow's way


def _host_label(login: str) -> None:
    if not _HOST_LABEL.fullmatch(login):
        host = login.partition("://")[2].partition(".")[0] or login.partition(".")[0]
        meant = f' Did you mean "{host}"?' if host != login and _HOST_LABEL.fullmatch(host) else ""
        raise ValidationError(
            f"{shown(login)} is no login: it is the part before .justclick.ru in the address of the account.{meant}"
        )


def _country(code: str) -> None:
    if code.upper() not in SUPPORTED_REGIONS:
        raise ValidationError(f"{shown(code)} is no country. Write two letters, like RU, KZ or US.")


def _identifier(name: str) -> None:
    if not _IDENTIFIER.fullmatch(name):
        raise ValidationError(
            f"{shown(name)} cannot be a name in expressions. Use letters, digits and _, and begin with a letter."
        )


class FileSchema(Strict):
    accounts = Group(required=True)
    hooks = Group(required=True)
    tables = Group()


class AccountSchema(Strict):
    login = Text(required=True, validate=_host_label)
    secret = Texts(required=True)
    url = Text()
    max_in_flight = Whole(at_least=1, at_most=1000)
    max_per_second = Rate()
    timeout = Duration(at_least=1, at_most=60)  # so long rest the orders of a dead worker: a minute is what is promised
    retry = Durations()


class HookSchema(Strict):
    provider = Text(required=True)
    account = Text()
    secret = Texts()
    token = Texts()
    verify = Anything()
    tolerance = Duration()
    hash = Text()
    addresses = Networks()
    country = Text(validate=_country)
    event_id = Text()
    event_window = Duration(at_least=1)
    contact = Group()
    order = Group()
    event_type = Text()
    test = Text()
    answer = Group()
    options = Group()
    max_per_minute = Whole(at_least=1)
    calls = Anything()


class CallSchema(Strict):
    function = Text(required=True)
    params = Group()
    when = Text()
    each = Text()
    accept = Wholes()
    retry = Durations()
    wait = Duration()
    name = Text(validate=_identifier)
    order_id = Text()


class AnswerSchema(Strict):
    status = Whole(at_least=200, at_most=299)
    type = Text(
        validate=validate.Regexp(r"[\w.+-]+/[\w.+-]+(;.*)?$", error="Write it like text/plain or application/json.")
    )
    body = Anything()
    headers = Group()


def loaded(schema: Strict, raw: Any, path: Path, problems: Problems) -> dict[str, Any]:
    """What is right in ``raw``; every mistake goes to ``problems``."""
    if not isinstance(raw, dict):
        problems.add(path, f"Here stands {kind(raw)}; it should be names with values, like: name: value", closes=True)
        return {}
    try:
        result: dict[str, Any] = schema.load(raw)
    except ValidationError as error:
        messages = error.messages if isinstance(error.messages, dict) else {}
        for told in messages.items():
            _tell(schema, raw, told, path, problems)
        result = error.valid_data if isinstance(error.valid_data, dict) else {}
    return result


def _tell(schema: Strict, raw: Mapping[str, Any], told: tuple[str, list[str]], path: Path, problems: Problems) -> None:
    key, sentences = told
    here = (*path, key)
    if key not in schema.fields:
        problems.add(here, unknown("key", key, schema.fields))
    elif key not in raw:
        if nearest(key, [other for other in raw if other not in schema.fields]) is None:  # else it is there, misspelt
            problems.add(here, f'The key "{key}" is missing.', closes=True)
    else:
        for sentence in sentences:
            problems.add(here, sentence, closes=True)
