"""What an expression may be made of: looked at once, before it is compiled. Pure."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jinja2 import nodes

from relay.expressions.language import OWN_PREFIX
from relay.expressions.patterns import compiled
from relay.expressions.times import zone
from relay.expressions.values import WrongValue
from relay.nearest import unknown

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Assign, nodes.Name, nodes.Const,
    nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Keyword, nodes.CondExpr, nodes.Filter, nodes.Test,
    nodes.Call, nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Concat, nodes.Compare, nodes.Operand,
    nodes.BinExpr, nodes.Not, nodes.Neg, nodes.Pos,
)  # fmt: skip
_PATTERNED = frozenset({"regex_replace", "matching"})
_KNOWN_FUNCTIONS = ("bill_of", "lookup", "range")


def forbidden(tree: nodes.Template, filters: Mapping[str, Any], tests: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with an expression before any value is known."""
    found: dict[str, None] = {}
    for node in _walk(tree):
        found.update(dict.fromkeys(_about(node, filters, tests)))
    return list(found)


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)


def _about(node: nodes.Node, filters: Mapping[str, Any], tests: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(node, _ALLOWED):
        yield f'"{type(node).__name__.lower()}" is not available in expressions.'
    elif isinstance(node, nodes.Pow):
        yield '"**" is not available in expressions.'
    elif isinstance(node, nodes.For) and node.recursive:
        yield "A loop cannot be recursive."
    elif isinstance(node, nodes.Filter | nodes.Test):
        yield from _about_use(node, filters if isinstance(node, nodes.Filter) else tests)
    elif isinstance(node, nodes.Call):
        yield from _about_call(node)
    elif isinstance(node, nodes.Getattr | nodes.Getitem):
        yield from _about_member(node)


def _about_use(node: nodes.Filter | nodes.Test, known: Mapping[str, Any]) -> Iterator[str]:
    kind = "filter" if isinstance(node, nodes.Filter) else "test"
    if node.name not in known:
        yield unknown(kind, node.name, [name for name in known if not name.startswith(OWN_PREFIX)])
        return
    if node.dyn_args or node.dyn_kwargs:
        yield f"The {kind} {node.name} takes no * and **."
        return
    yield from _wrong_arguments(node, known[node.name], kind)
    if node.name in _PATTERNED:
        yield from _wrong_pattern(node)
    yield from _wrong_constants(node)


def _given(node: nodes.Filter | nodes.Test) -> dict[str, nodes.Node]:
    """The arguments that are given by name."""
    keywords: Any = node.kwargs
    return {keyword.key: keyword.value for keyword in keywords}


def _wrong_arguments(node: nodes.Filter | nodes.Test, function: Callable[..., Any], kind: str) -> Iterator[str]:
    before = 2 if hasattr(function, "jinja_pass_arg") else 1
    try:
        signature = inspect.signature(function)
        signature.bind(*[None] * before, *node.args, **dict.fromkeys(_given(node)))
    except ValueError:
        return
    except TypeError as error:
        names = list(signature.parameters)[before:]
        told = f"It takes: {', '.join(names)}." if names else "It takes nothing in brackets."
        yield f"The {kind} {node.name} is used wrongly ({error}). {told}"


def _wrong_pattern(node: nodes.Filter | nodes.Test) -> Iterator[str]:
    pattern = _given(node).get("pattern", node.args[0] if node.args else None)
    if not isinstance(pattern, nodes.Const):
        yield f"The pattern of {node.name} has to be written out as a text."
        return
    try:
        compiled(str(pattern.value))
    except WrongValue as error:
        yield str(error)


def _wrong_constants(node: nodes.Filter | nodes.Test) -> Iterator[str]:
    given = _given(node)
    if node.name == "phone" and node.args:
        given["country"] = node.args[0]
    if node.name in ("date", "unix") and len(node.args) > 1:
        given["tz"] = node.args[1]
    for name, value in given.items():
        if isinstance(value, nodes.Const) and name in _CONSTANTS:
            yield from _CONSTANTS[name](value.value)


def _wrong_zone(name: Any) -> Iterator[str]:
    try:
        zone(str(name))
    except WrongValue as error:
        yield str(error)


def _wrong_country(code: Any) -> Iterator[str]:
    from phonenumbers import SUPPORTED_REGIONS  # noqa: PLC0415  40 ms to import: only when a mapping names a country

    if code is not None and str(code) not in SUPPORTED_REGIONS:
        yield f'"{code}" is no country. Write two capital letters, like RU, KZ or US.'


_CONSTANTS: Mapping[str, Callable[[Any], Iterator[str]]] = {"country": _wrong_country, "tz": _wrong_zone}


def _about_call(node: nodes.Call) -> Iterator[str]:
    if node.dyn_args or node.dyn_kwargs:
        yield "A function takes no * and **."
    if isinstance(node.node, nodes.Name) and node.node.name not in _KNOWN_FUNCTIONS:
        yield unknown("function", node.node.name, _KNOWN_FUNCTIONS)


def _about_member(node: nodes.Getattr | nodes.Getitem) -> Iterator[str]:
    name = node.attr if isinstance(node, nodes.Getattr) else getattr(node.arg, "value", "")
    if isinstance(name, str) and name.startswith("__"):
        yield f'Names that begin with __ cannot be used ("{name}").'
