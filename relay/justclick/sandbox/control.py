"""The control endpoint ``/_sandbox/...``: JSON in and out, for tests and for people who want to see trouble come."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any
from urllib.parse import parse_qs

from relay.justclick.sandbox.account import SandboxAccount
from relay.justclick.sandbox.exchange import HttpAnswer, HttpRequest
from relay.justclick.sandbox.functions import FUNCTIONS
from relay.justclick.sandbox.state import dump
from relay.justclick.sandbox.trouble import SHAPES, Trouble, UnknownTrouble

Asked = dict[str, Any]


def control(account: SandboxAccount, path: list[str], request: HttpRequest) -> HttpAnswer:
    """Answer one control request; what cannot be understood is 400 with a sentence."""
    act = _ENDPOINTS.get((request.method, "/".join(path).strip("/")))
    if act is None:
        return _json({"error": "no such endpoint", "endpoints": [" ".join(row) for row in _ENDPOINTS]}, 404)
    try:
        return _json(act(account, _asked(request)))
    except (ValueError, TypeError, KeyError, UnknownTrouble) as error:
        return _json({"error": f"{type(error).__name__}: {error}"}, 400)


def _asked(request: HttpRequest) -> Asked:
    query = {name: values[-1] for name, values in parse_qs(request.query).items()}
    body = json.loads(request.body) if request.body else {}
    if not isinstance(body, dict):
        raise TypeError("the body is not a JSON object")
    return {**query, **body}


def _about(account: SandboxAccount, _: Asked) -> Any:
    return {
        "login": account.login,
        "dialect": account.dialect,
        "functions": list(FUNCTIONS),
        "endpoints": [" ".join(row) for row in _ENDPOINTS],
        "trouble": {"fields": [field.name for field in fields(Trouble)], "shapes": SHAPES},
    }


def _calls(account: SandboxAccount, asked: Asked) -> Any:
    found = account.log.find(
        function=asked.get("function", ""),
        email=asked.get("email", "").lower(),
        since=int(asked.get("since", 0)),
        limit=int(asked.get("limit", 1000)),
    )
    return {"calls": [call.as_json() for call in found]}


def _counts(account: SandboxAccount, _: Asked) -> Any:
    state = account.state
    kept = {"contacts": len(state.contacts), "orders": len(state.orders), "goods": len(state.goods)}
    return {**account.log.counts(), **kept}


def _state(account: SandboxAccount, _: Asked) -> Any:
    return dump(account.state)


def _troubles(account: SandboxAccount, _: Asked) -> Any:
    return {"trouble": [asdict(plan) for plan in account.plans.planned]}


def _plan(account: SandboxAccount, asked: Asked) -> Any:
    account.plans.add(Trouble(**asked))
    return _troubles(account, asked)


def _clear(account: SandboxAccount, asked: Asked) -> Any:
    account.plans.clear()
    return _troubles(account, asked)


def _reset(account: SandboxAccount, asked: Asked) -> Any:
    account.reset()
    return _counts(account, asked)


def _change(account: SandboxAccount, asked: Asked) -> Any:
    """A new secret (the old one is wrong from now on), an account that is disabled or enabled again."""
    if unknown := set(asked) - {"secret", "disabled"}:
        raise ValueError(f"only secret and disabled can be changed, not {', '.join(unknown)}")
    account.secret = str(asked.get("secret", account.secret))
    account.disabled = bool(asked.get("disabled", account.disabled))
    return {"login": account.login, "disabled": account.disabled}


def _add_group(account: SandboxAccount, asked: Asked) -> Any:
    return asdict(account.state.add_group(asked["name"], asked.get("title", ""), auto=bool(asked.get("auto"))))


_ENDPOINTS: Mapping[tuple[str, str], Callable[[SandboxAccount, Asked], Any]] = {
    ("GET", ""): _about,
    ("GET", "calls"): _calls,
    ("GET", "counts"): _counts,
    ("GET", "state"): _state,
    ("GET", "trouble"): _troubles,
    ("POST", "trouble"): _plan,
    ("DELETE", "trouble"): _clear,
    ("POST", "reset"): _reset,
    ("POST", "account"): _change,
    ("POST", "groups"): _add_group,
}


def _json(value: Any, status: int = 200) -> HttpAnswer:
    # Lone surrogates (bytes that were not UTF-8) leave as \udcXX: json.dumps escapes them.
    return HttpAnswer(json.dumps(value, indent=1).encode() + b"\n", status)
