"""The numbers of orders, where two hooks may mean the same by accident, or nobody what another asks for. Pure.

An account has one order for one number, so that a payment finds it whichever hook it comes to. Two shops that both
count from 1 would share it as well: the second order would count as made, and nobody would hear of it. A payment that
asks for a number which no hook gives would wait in vain for hours. Both are allowed, and worth a word.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NoReturn

from jinja2 import nodes

from relay import providers
from relay.expressions import compiled, is_expression
from relay.expressions.language import JOINED
from relay.expressions.names import READING_NAMES
from relay.linking import MAKES_ORDERS
from relay.models import CallPlan, Configuration, Hook
from relay.reading import ReadingSchema

_SIMPLE = re.compile(r"\{\{ *([\w.]+) *\}\}")
_KEEPING = frozenset(
    {"default", "text", "trim", "digits", "lower", "upper", "number", "int"}
)  # filters: one value stays one
_DATA = frozenset({*READING_NAMES, "item", "now"})

# What a number is put together from: its fixed texts, and None for each place of what comes with the event.
Mark = tuple[str | None, ...]


class _NotUnderstood(Exception):
    """How this number is put together only an event can tell: nothing is said about it."""


def doubts(configuration: Configuration) -> Iterator[str]:
    """Sentences about what is right, and perhaps not meant."""
    yield from _shared_numbers(configuration)
    yield from dict.fromkeys(_waits_in_vain(configuration))


# ---------------------------------------------------------------- the same by accident
def _shared_numbers(configuration: Configuration) -> Iterator[str]:
    """One for all hooks of an account that make orders and write their numbers alike."""
    alike: defaultdict[tuple[str, Mark], dict[str, str]] = defaultdict(dict)
    for hook in configuration.hooks.values():
        for plan in hook.calls:
            mark = _mark(hook, plan) or ()
            if mark.count(None) == 1:  # with two of them the event itself tells the shops apart
                alike[hook.account, mark].setdefault(hook.name, _number(plan))
    for (account, _), numbers in alike.items():
        if len(numbers) > 1:
            yield _told(account, numbers)


def _told(account: str, numbers: dict[str, str]) -> str:
    *others, last = numbers
    number = numbers[last]
    return (
        f"The hooks {', '.join(others)} and {last} make orders in the account {account}, and nothing tells their "
        "numbers apart. Of two orders with one number only the first is made, and payments of both go to it. If that "
        f"is not meant, as two shops count for themselves, mark the numbers of one: at CreateOrder of {last} write "
        f"order_id: \"{{{{ '{last}-' ~ {number} if {number} }}}}\", and for its payments "
        f"bill_id: \"{{{{ bill_of('{last}-' ~ {number}) }}}}\"."
    )


def _number(plan: CallPlan) -> str:
    own = _SIMPLE.fullmatch(plan.order_id or "")
    return own.group(1) if own else "order.id"


# ---------------------------------------------------------------- asked for, and made by nobody
def _waits_in_vain(configuration: Configuration) -> Iterator[str]:
    """One for each call that asks with bill_of() for an order which its hook or account does not make."""
    made = {hook.name: [_mark(hook, plan) for plan in hook.calls] for hook in configuration.hooks.values()}
    makers = {hook.account for hook in configuration.hooks.values() if any(mark != () for mark in made[hook.name])}
    for hook in configuration.hooks.values():
        own = {mark for mark in made[hook.name] if mark}
        is_certain = own and None not in made[hook.name]
        for plan in hook.calls:
            asked = {_understood(node, hook) for node in _asked(plan.params)}
            if asked and hook.account not in makers:
                yield (
                    f"{plan.function} of the hook {hook.name} waits for its order, and no hook of the account "
                    f"{hook.account} makes orders that have a number of the sender. Let one make them (CreateOrder), "
                    "or give as bill_id the number that JustClick knows."
                )
            for mark in filter(None, asked - own if is_certain else ()):
                yield (
                    f"{plan.function} of the hook {hook.name} asks for the order {_shown(mark)}, and CreateOrder of "
                    f"this hook makes {' and '.join(sorted(map(_shown, own)))}. If it is to find the orders of its own "
                    "hook, write the number in bill_of() as in order_id."
                )


def _asked(value: Any) -> Iterator[nodes.Node]:
    """What stands in ``bill_of(...)``, anywhere in the parameters of a call."""
    if isinstance(value, Mapping | list | tuple):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _asked(inner)
    elif is_expression(value):
        for call in compiled(value).tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "bill_of":
                yield from [*call.args, *(pair.value for pair in call.kwargs)][:1]


def _shown(mark: Mark) -> str:
    return f'"{"".join(piece or "..." for piece in mark)}"'


# ---------------------------------------------------------------- how a number is put together
def _mark(hook: Hook, plan: CallPlan) -> Mark | None:
    """Empty for a call that makes no orders, or makes them without a number; None where it is not understood."""
    if plan.function != MAKES_ORDERS:
        return ()
    if plan.order_id is not None:
        return _understood(plan.order_id, hook)
    if "id" in hook.order:
        return _read_number(hook)
    return (None,) if _numbers_orders(hook) else ()


def _numbers_orders(hook: Hook) -> bool:
    """Whether its provider reads a number: without one every order is an order of its own."""
    provider = providers.find(hook.provider)
    schemas = (provider.schema, provider.fetch.schema if provider.fetch else None)
    return any(
        "order_id" in schema().fields or schema.finish is not ReadingSchema.finish for schema in schemas if schema
    )


def _understood(source: Any, hook: Hook) -> Mark | None:
    """``source``: a text with expressions, a constant, or a part of an expression."""
    if not isinstance(source, nodes.Node):
        source = compiled(source).tree if is_expression(source) else nodes.Const(source)
    try:
        return _joined(_pieces(source, hook))
    except _NotUnderstood:
        return None


def _joined(pieces: Iterable[str | None]) -> Mark:
    """Fixed texts that follow each other are one."""
    mark: list[str | None] = []
    for piece in pieces:
        if piece and mark and mark[-1]:
            mark[-1] += piece
        elif piece != "":
            mark.append(piece)
    return tuple(mark)


def _read_number(hook: Hook) -> Mark | None:
    """What a hook's own ``order: {id: ...}`` makes of ``order.id``."""
    return _understood(hook.order["id"], replace(hook, order={}))


def _pieces(node: nodes.Node, hook: Hook) -> Iterator[str | None]:
    own = {"hook": hook.name, "provider": hook.provider}
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Const):
        yield "" if node.value is None else str(node.value)
    elif isinstance(node, nodes.Name) and node.name in own:
        yield own[node.name]
    elif _is_read_number(node) and "id" in hook.order:
        yield from _read_number(hook) or _give_up()
    elif _root(node) in _DATA:
        yield None
    elif isinstance(node, nodes.Template | nodes.Output | nodes.Concat | nodes.Add):
        for child in node.iter_child_nodes():
            yield from _pieces(child, hook)
    elif isinstance(node, nodes.Filter) and node.name == JOINED and node.node is not None:  # what a Concat becomes
        for child in node.node.iter_child_nodes():
            yield from _pieces(child, hook)
    elif isinstance(node, nodes.Filter) and node.node is not None and node.name in _KEEPING:
        yield from _pieces(node.node, hook)
    elif isinstance(node, nodes.CondExpr) and node.expr2 in (None, nodes.Const(None), nodes.Const("")):
        yield from _pieces(node.expr1, hook)
    else:
        _give_up()


def _root(node: nodes.Node) -> str:
    """``body`` of ``body.order.number``; empty for what is no path."""
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        node = node.node
    return node.name if isinstance(node, nodes.Name) else ""


def _is_read_number(node: nodes.Node) -> bool:
    """``order.id`` or ``order['id']``."""
    is_of_order = isinstance(node, nodes.Getattr | nodes.Getitem) and node.node == nodes.Name("order", "load")
    return is_of_order and (getattr(node, "attr", "") == "id" or getattr(node, "arg", None) == nodes.Const("id"))


def _give_up() -> NoReturn:
    raise _NotUnderstood
