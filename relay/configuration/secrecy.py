"""Secrets stand in the environment and nowhere else: a secret that is written out in the file is a mistake."""

from __future__ import annotations

import re
from typing import Any

from relay.configuration.environment import Variable, parts
from relay.configuration.problems import Path, Problems

_FREE = frozenset({"calls", "contact", "order", "answer", "tables"})  # nobody proves anything there
_SECRET = re.compile(r"(secret|token|password|api_?key|private_?key)s?$")


def check_secrets(raw: Any, path: Path, problems: Problems) -> None:
    """``raw`` is the file before the environment is filled in. Shows no value."""
    if not isinstance(raw, dict):
        return
    for name, value in raw.items():
        here = (*path, name)
        if _secret(name, path) and not isinstance(value, dict):
            for member, place in _members(value, here):
                if not _from_environment(member):
                    problems.add(place, _sentence(name, path), closes=True)
        elif name not in _FREE:
            check_secrets(value, here, problems)


def _secret(name: str, path: Path) -> bool:
    """In ``verify`` a token is the name of a place; only the secret is one."""
    return name == "secret" if path and path[-1] == "verify" else _SECRET.search(name) is not None


def _members(value: Any, path: Path) -> list[tuple[Any, Path]]:
    if isinstance(value, list):
        return [(member, (*path, place)) for place, member in enumerate(value)]
    return [(value, path)]


def _from_environment(value: Any) -> bool:
    if value is None:
        return True  # the schema says it better
    if not isinstance(value, str):
        return False
    try:
        found = [part for part in parts(value) if isinstance(part, Variable)]
    except ValueError:
        return True  # said already
    return bool(found) and not any(part.default for part in found)


def _sentence(name: str, path: Path) -> str:
    owner = str(path[-1]) if path[-1] != "verify" else str(path[-2])
    variable = f"{owner}_{name}".upper().replace("-", "_")
    article = "An" if name[0] in "aeiou" else "A"
    return (
        f"{article} {name.removesuffix('s')} is written out here, where everybody who sees the file can read it. "
        f"Put it into the environment as {variable} and write {name}: ${{{variable}}}"
    )
