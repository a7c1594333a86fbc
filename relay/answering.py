"""Answers to senders: JSON as they compare it, and the hook's own ``answer`` with its expressions."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Mapping
from typing import Any

from relay.expressions import evaluate
from relay.expressions.values import text_of
from relay.models import Answer, Hook, Reading
from relay.naming import names_of

# The standard library's, which leaves in our shape too: `preview` makes answers as well, and keeps stdout for programs.
log = logging.getLogger(__name__)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def json_answer(value: Any, status: int = 200) -> Answer:
    """JSON in the compact form that senders compare with."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Answer(body=text, content_type="application/json", status=status)


def own_answer(own: Mapping[str, Any], reading: Reading, hook: Hook) -> Answer:
    """``{status, type, body, headers}``; ``ok`` where it cannot be made: nothing unsays that the event is stored.

    Whatever goes wrong: the sender would hear 500, and send again and again what has long been ours.
    """
    try:
        names = names_of(reading, hook, {}, time.time())
        said = {name: _said(value, names) for name, value in own.items()}
        return _answer(said.get("body", "ok"), said)
    except Exception as error:  # its words may hold the event's, which no log does
        log.warning("webhook.own-answer-failed hook=%s error=%s", hook.name, type(error).__name__)
        return Answer()


def wrong_header(name: str, value: str) -> str:
    """Why there can be no such header, in a sentence; empty where all is well."""
    if not _TOKEN.fullmatch(name):
        return f'"{name}" cannot be the name of a header. Use letters, digits and -.'
    if name.lower() == "content-length":
        return "The length follows from the body by itself. Delete the line."
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return "A header holds only the signs of Latin-1, so neither Cyrillic letters nor emoji."
    return "" if value.isprintable() else "A header is one line, without tabs and control characters."


def _said(value: Any, names: Mapping[str, Any]) -> Any:
    if isinstance(value, Mapping):
        return {name: _said(below, names) for name, below in value.items()}
    return [_said(below, names) for below in value] if isinstance(value, list) else evaluate(value, names)


def _answer(body: Any, said: Mapping[str, Any]) -> Answer:
    whole = isinstance(body, (dict, list))
    kind = str(said.get("type") or ("application/json" if whole else Answer().content_type))
    headers = {name: text_of(value) for name, value in (said.get("headers") or {}).items()}
    status = int(said.get("status") or 200)
    if any(wrong_header(*one) for one in (("Content-Type", kind), *headers.items())) or not 200 <= status < 600:
        raise ValueError("that would be no HTTP")
    text = json.dumps(body, ensure_ascii=False, default=str) if whole else text_of(body)
    text.encode()  # half of an emoji cannot be sent
    return Answer(text, kind, status, headers)
