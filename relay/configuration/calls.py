"""The ``calls`` of a hook: the function exists, its parameters exist, its expressions can be evaluated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from relay.configuration.problems import Path, Problems
from relay.configuration.schemas import CallSchema, loaded
from relay.configuration.templates import check_condition, check_template, check_templates, each_is_goods
from relay.errors import InvalidCall
from relay.expressions import is_expression
from relay.expressions.names import Scope
from relay.justclick import functions
from relay.justclick.functions.fields import KNOWN_LATER
from relay.linking import MAKES_ORDERS
from relay.models import CallPlan, Contact, Order, Reading, Utm
from relay.nearest import nearest, unknown


def _all_later(record: type, **others: Any) -> Any:
    return record(**{field.name: others.get(field.name, KNOWN_LATER) for field in fields(record)})


_EVERYTHING = Reading(  # an event that has everything, so that only what the file says can be wrong
    contact=_all_later(Contact, utm=_all_later(Utm), tags=(), custom={}),
    order=_all_later(Order, goods=()),
)


def plans_of(raw: Any, path: Path, tables: tuple[str, ...], problems: Problems) -> tuple[CallPlan, ...]:
    """Those that are right, in the order of the file; the others are in ``problems``."""
    if raw is None:
        return ()
    if not isinstance(raw, list):
        problems.add(path, "The calls are a list: every call begins on a new line with a dash, - function: ...")
        return ()
    plans: list[CallPlan] = []
    for place, values in enumerate(raw):
        here = (*path, place)
        known = loaded(CallSchema(), values, here, problems)
        scope = Scope(results=_nameable(plans), tables=tables, each="each" in known, goods=each_is_goods(known))
        _check(known, here, scope, problems)
        if "function" in known:
            plans.append(_plan(known, problems.line(here)))
    _check_names(plans, path, problems)
    return tuple(plans)


def _plan(known: dict[str, Any], line: int) -> CallPlan:
    return CallPlan(**{"name": known["function"], **known, "line": line})


def _nameable(earlier: list[CallPlan]) -> tuple[str, ...]:
    """Calls of which there is exactly one in an event: only their results can be named."""
    times = Counter(plan.name for plan in earlier)
    return tuple(plan.name for plan in earlier if times[plan.name] == 1 and plan.each is None)


def _check_names(plans: list[CallPlan], path: Path, problems: Problems) -> None:
    seen: set[str] = set()
    for place, plan in enumerate(plans):
        if plan.name in seen and plan.name != plan.function:
            problems.add((*path, place, "name"), f'Two calls of this hook are named "{plan.name}".')
        seen.add(plan.name)


def _check(known: dict[str, Any], path: Path, scope: Scope, problems: Problems) -> None:
    bare = Scope(tables=scope.tables, each=scope.each, goods=scope.goods)
    if "when" in known:
        check_condition(known["when"], (*path, "when"), bare, problems)
    if "each" in known:
        check_condition(known["each"], (*path, "each"), Scope(tables=scope.tables), problems)
    if "order_id" in known:
        check_template(known["order_id"], (*path, "order_id"), bare, problems)
        if known.get("function", MAKES_ORDERS) != MAKES_ORDERS:
            problems.add((*path, "order_id"), f"Only {MAKES_ORDERS} makes an order that has a number. Delete the line.")
    for name, value in known.get("params", {}).items():
        check_templates(value, (*path, "params", name), scope, problems)
    if "function" in known:
        _check_function(known, path, problems)


def _check_function(known: dict[str, Any], path: Path, problems: Problems) -> None:
    name = known["function"]
    if name not in functions.FUNCTIONS:
        problems.add((*path, "function"), unknown("function", name, functions.FUNCTIONS))
        return
    params = known.get("params", {})
    meant = {nearest(given, _names_of(name)) for given in params if given not in _names_of(name)}
    for parameter, sentences in _static_problems(name, params):
        if parameter in meant and parameter not in params:
            continue  # it is there, misspelt, and said so
        place = _place_in_file((*path, "params"), parameter, problems)
        for sentence in sentences:
            problems.add(place, sentence)


def _names_of(function: str) -> Mapping[str, Any]:
    return functions.find(function).parameters()


def _static_problems(name: str, params: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """What is wrong with a call whatever event comes: unknown or missing parameters, impossible values."""
    try:
        functions.find(name).prepare(_with_later(params), _EVERYTHING)
    except InvalidCall as error:
        for parameter, sentences in error.problems.items():
            yield parameter, [_sentence(parameter, sentence) for sentence in sentences]


def _with_later(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _with_later(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_with_later(inner) for inner in value]
    return KNOWN_LATER if is_expression(value) else value


def _place_in_file(path: Path, parameter: str, problems: Problems) -> Path:
    parts = tuple(int(part) if part.isdigit() else part for part in parameter.split("."))
    return (*path, parameter) if problems.stands((*path, parameter)) else (*path, *parts)


def _sentence(parameter: str, sentence: str) -> str:
    """``rid is required``: functions say sentences without their subject, and without the last dot."""
    whole = sentence if sentence[:1].isupper() else f"{parameter.rpartition('.')[2]} {sentence}"
    return whole if whole.endswith((".", "?")) else f"{whole}."
