"""Which groups and products the configuration names, and what an expression may come to. Pure; asks nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from jinja2 import nodes

from relay.expressions import compiled, is_expression
from relay.models import CallPlan, Configuration

GROUP, PRODUCT = "group", "product"
_PLACES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "AddLeadToGroup": {"rid": GROUP},
        "DeleteSubscribe": {"rass_name": GROUP},
        "GetCountSubscribe": {"group_name": GROUP},
        "CreateOrder": {"goods": PRODUCT},
        "UpdateGood": {"good_name": PRODUCT},
        "DeleteGood": {"good_name": PRODUCT},
    }
)
_RESERVED = frozenset({"unique", "all", "alls"})  # GetCountSubscribe's words for all groups together


@dataclass(frozen=True, slots=True)
class Name:
    """``name`` None: only an event can tell, by ``expression``."""

    kind: str
    hook: str
    place: str  # AddLeadToGroup.rid
    name: str | None = None
    expression: str = ""


def names_of(configuration: Configuration, account: str) -> list[Name]:
    """All that the hooks of this account name, each once a place, in the order of the file."""
    found = [
        one
        for hook in configuration.hooks.values()
        if hook.account == account
        for plan in hook.calls
        for one in _of_plan(plan, hook.name, configuration.tables)
    ]
    return list(dict.fromkeys(found))


def _of_plan(plan: CallPlan, hook: str, tables: Mapping[str, Any]) -> Iterator[Name]:
    for key, value in plan.params.items():
        root, _, rest = key.partition("[")
        kind = _PLACES.get(plan.function, {}).get(root)
        if kind is None or (root == "goods" and rest and not rest.endswith("[good_name]")):
            continue
        place = f"{plan.function}.{root}"
        for source in _sources(value):
            known, complete = _outcomes_of(source, tables)
            if kind == GROUP:
                known = [name for name in known if plan.function != "GetCountSubscribe" or name not in _RESERVED]
            yield from (Name(kind, hook, place, name) for name in known)
            if not complete:
                yield Name(kind, hook, place, expression=str(source))


def _sources(value: Any) -> Iterator[Any]:
    """The single texts of a parameter; of goods only their names."""
    if isinstance(value, Mapping):
        if "good_name" in value:
            yield value["good_name"]
    elif isinstance(value, list | tuple):
        for member in value:
            yield from _sources(member)
    elif value is not None and value != "":
        yield value


# ---------------------------------------------------------------- expressions
Outcomes = tuple[list[str], bool]  # what it may come to, and whether that is all
_UNKNOWN: Outcomes = ([], False)


def _outcomes_of(source: Any, tables: Mapping[str, Any]) -> Outcomes:
    if not is_expression(source):
        return [str(source).strip()], True
    body = compiled(source).tree.body
    if len(body) != 1 or not isinstance(body[0], nodes.Output) or len(body[0].nodes) != 1:
        return _UNKNOWN  # text around it, or a statement
    return _outcomes(body[0].nodes[0], tables)


def _outcomes(node: nodes.Node, tables: Mapping[str, Any]) -> Outcomes:
    """``a if b else c`` comes to a or c, ``default('x')`` to x or else, ``lookup('t')`` to what the table holds."""
    match node:
        case nodes.Const(value=str() | int() as value):
            return [str(value)], True
        case nodes.CondExpr(expr1=one, expr2=other):
            return _together([one, *([other] if other else [])], tables)
        case nodes.Or(left=one, right=other):
            return _together([one, other], tables)
        case nodes.List(items=items) | nodes.Tuple(items=items):
            return _together(items, tables)
        case nodes.Filter(node=inner, name="default", args=[fallback, *_]) if inner is not None:
            return _together([inner, fallback], tables)
        case nodes.Filter(name="lookup" | "goods_of", args=args, kwargs=kwargs) if args or kwargs:
            return _looked_up(args, kwargs, tables)
        case nodes.Call(node=nodes.Name(name="lookup"), args=[_, *args], kwargs=kwargs):
            return _looked_up(args, kwargs, tables)
        case nodes.Getitem(node=inner) | nodes.Getattr(node=inner):
            return _of_table(inner, tables)
    return _UNKNOWN


def _together(several: list[nodes.Expr], tables: Mapping[str, Any]) -> Outcomes:
    found = [_outcomes(one, tables) for one in several]
    return [name for names, _ in found for name in names], all(complete for _, complete in found)


def _looked_up(
    args: list[nodes.Expr], kwargs: Sequence[nodes.Keyword | nodes.Pair], tables: Mapping[str, Any]
) -> Outcomes:
    """An entry that the table lacks is a dead letter, or ``otherwise``."""
    given: dict[Any, nodes.Expr] = dict(zip(("table", "otherwise"), args, strict=False))
    given |= {one.key: one.value for one in kwargs}
    table = given.get("table")
    if not isinstance(table, nodes.Const):
        return _UNKNOWN
    names = _flat(tables.get(str(table.value), {}))
    further, complete = _outcomes(given["otherwise"], tables) if "otherwise" in given else ([], True)
    return [*names, *further], complete


def _of_table(node: nodes.Node, tables: Mapping[str, Any]) -> Outcomes:
    """``tables.groups[body.form]``: any entry of the table."""
    match node:
        case nodes.Getattr(node=nodes.Name(name="tables"), attr=str(name)):
            return _flat(tables.get(name, {})), True
        case nodes.Getitem(node=nodes.Name(name="tables"), arg=nodes.Const(value=name)):
            return _flat(tables.get(str(name), {})), True
    return _UNKNOWN


def _flat(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [name for member in value.values() for name in _flat(member)]
    if isinstance(value, list | tuple):
        return [name for member in value for name in _flat(member)]
    return [] if value is None else [str(value)]
