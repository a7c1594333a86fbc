"""Expressions in the configuration file: they compile, and every name in them exists where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relay.configuration.problems import Path, Problems
from relay.expressions import BrokenExpression, compiled, is_expression
from relay.expressions.names import Scope, wrong_names


def check_template(value: Any, path: Path, scope: Scope, problems: Problems) -> None:
    """A text that may hold ``{{ ... }}``; anything else is right by itself."""
    if is_expression(value):
        _check(value, path, scope, problems, condition=False)
    elif isinstance(value, str) and "}}" in value and "{" not in value:
        problems.add(path, "A brace is missing: an expression stands between {{ and }}.")


def check_templates(value: Any, path: Path, scope: Scope, problems: Problems) -> None:
    """Every text in it, however deep."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            check_templates(inner, (*path, name), scope, problems)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            check_templates(inner, (*path, place), scope, problems)
    else:
        check_template(value, path, scope, problems)


def check_condition(source: str, path: Path, scope: Scope, problems: Problems) -> None:
    """A bare expression, as in ``when`` and ``each``."""
    _check(source, path, scope, problems, condition=True)


def _check(source: str, path: Path, scope: Scope, problems: Problems, *, condition: bool) -> None:
    try:
        sentences = wrong_names(compiled(source, condition).tree, scope)
    except BrokenExpression as error:
        sentences = error.sentences
    for sentence in sentences:
        problems.add(path, f"In the expression {_short(source)}: {sentence}")


def _short(source: str) -> str:
    line = " ".join(source.split())
    return line if len(line) <= 100 else f"{line[:97]}..."


def each_is_goods(known: Mapping[str, Any]) -> bool:
    return str(known.get("each", "")).strip("{} ") == "order.goods"
