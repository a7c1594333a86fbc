"""Answers to senders: JSON as they compare it, and the hook's own ``answer`` with its expressions."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from relay.expressions import ExpressionFailed, evaluate
from relay.expressions.values import WrongValue, text_of
from relay.models import Answer, Hook, Reading
from relay.naming import names_of


def json_answer(value: Any, status: int = 200) -> Answer:
    """JSON in the compact form that senders compare with."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Answer(body=text, content_type="application/json", status=status)


def own_answer(own: Mapping[str, Any], reading: Reading, hook: Hook) -> Answer:
    """``{status, type, body, headers}``; ``ok`` where an expression fails: nothing unsays that the event is stored."""
    names = names_of(reading, hook, {}, time.time())
    try:
        said = {name: _said(value, names) for name, value in own.items()}
        return _answer(said.get("body", "ok"), said)
    except (ExpressionFailed, WrongValue, TypeError, ValueError):
        return Answer()


def _said(value: Any, names: Mapping[str, Any]) -> Any:
    if isinstance(value, Mapping):
        return {name: _said(below, names) for name, below in value.items()}
    return [_said(below, names) for below in value] if isinstance(value, list) else evaluate(value, names)


def _answer(body: Any, said: Mapping[str, Any]) -> Answer:
    whole = isinstance(body, (dict, list))
    kind = str(said.get("type") or ("application/json" if whole else Answer().content_type))
    headers = {name: text_of(value) for name, value in (said.get("headers") or {}).items()}
    status = int(said.get("status") or 200)
    if not all(text.isprintable() for text in (kind, *headers.values())) or not 200 <= status < 600:
        raise ValueError("that would be no HTTP")
    return Answer(json.dumps(body, ensure_ascii=False, default=str) if whole else text_of(body), kind, status, headers)
