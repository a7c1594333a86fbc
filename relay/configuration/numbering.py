"""The numbers of orders, where two hooks may mean the same by accident, or nobody what another asks for. Pure.

An account has one order for one number, so that a payment finds it whichever hook it comes to. Two shops that both
count from 1 would share it as well: the second order would count as made, and nobody would hear of it. A payment that
asks for a number which no hook gives would wait in vain for hours. Both are allowed, and worth a word.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from jinja2 import nodes

from relay import providers
from relay.expressions import compiled, is_expression
from relay.linking import MAKES_ORDERS
from relay.models import CallPlan, Configuration, Hook
from relay.reading import ReadingSchema

_SIMPLE = re.compile(r"\{\{ *([\w.]+) *\}\}")
_DATA = ""  # in a mark: what only an event can tell


def doubts(configuration: Configuration) -> Iterator[str]:
    """Sentences about what is right, and perhaps not meant."""
    yield from _shared_numbers(configuration)
    yield from _waits_in_vain(configuration)


def _shared_numbers(configuration: Configuration) -> Iterator[str]:
    """One for all hooks of an account that make orders and write their numbers alike."""
    alike: defaultdict[tuple[str, tuple[str, ...]], dict[str, str]] = defaultdict(dict)
    for hook in configuration.hooks.values():
        for plan in hook.calls:
            mark = _mark(hook, plan)
            if mark.count(_DATA) == 1:  # with two of them the event itself tells the shops apart
                alike[hook.account, mark].setdefault(hook.name, _number(plan))
    for (account, _), numbers in alike.items():
        if len(numbers) > 1:
            yield _told(account, numbers)


def _waits_in_vain(configuration: Configuration) -> Iterator[str]:
    """One for each call that asks with bill_of() for an order that its hook or account does not make."""
    made = {hook.name: set(_made(hook)) for hook in configuration.hooks.values()}
    makers = {hook.account for hook in configuration.hooks.values() if made[hook.name]}
    for hook in configuration.hooks.values():
        for plan in hook.calls:
            asked = {tuple(_pieces(node, hook)) for node in _asked(plan.params)}
            if asked and hook.account not in makers:
                yield (
                    f"{plan.function} of the hook {hook.name} waits for its order, and no hook of the account "
                    f"{hook.account} makes orders that have a number of the sender. Let one make them (CreateOrder), "
                    "or give as bill_id the number that JustClick knows."
                )
            elif made[hook.name] and (strange := asked - made[hook.name]):
                yield (
                    f"{plan.function} of the hook {hook.name} asks for the order {_shown(strange)}, and CreateOrder of "
                    f"this hook makes {_shown(made[hook.name])}. A payment would not find its order: write the number "
                    "in bill_of() as in order_id."
                )


def _made(hook: Hook) -> Iterator[tuple[str, ...]]:
    yield from filter(None, (_mark(hook, plan) for plan in hook.calls))


def _asked(value: Any) -> Iterator[nodes.Node]:
    """What stands in ``bill_of(...)``, anywhere in the parameters of a call."""
    if isinstance(value, Mapping | list | tuple):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _asked(inner)
    elif is_expression(value):
        for call in compiled(value).tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "bill_of" and call.args:
                yield call.args[0]


def _shown(marks: set[tuple[str, ...]]) -> str:
    return " or ".join(sorted(f'"{"".join(piece or "..." for piece in mark)}"' for mark in marks))


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


def _mark(hook: Hook, plan: CallPlan) -> tuple[str, ...]:
    """What the number of an order is put together from: its fixed texts, and the places of what comes with the event.

    Empty for a call that makes no orders, or makes them without a number.
    """
    if plan.function != MAKES_ORDERS:
        return ()
    if plan.order_id is not None:
        return _of_source(plan.order_id, hook)
    if "id" in hook.order:
        return _read_number(hook)
    return (_DATA,) if _numbers_orders(hook) else ()


def _read_number(hook: Hook) -> tuple[str, ...]:
    """What ``order.id`` is in this hook's expressions."""
    return _of_source(hook.order["id"], replace(hook, order={})) if "id" in hook.order else (_DATA,)


def _of_source(source: str, hook: Hook) -> tuple[str, ...]:
    return tuple(_pieces(compiled(source).tree, hook)) if is_expression(source) else (str(source),)


def _numbers_orders(hook: Hook) -> bool:
    """Whether its provider reads a number: without one every order is an order of its own."""
    provider = providers.find(hook.provider)
    schemas = (provider.schema, provider.fetch.schema if provider.fetch else None)
    return any(
        "order_id" in schema().fields or schema.finish is not ReadingSchema.finish for schema in schemas if schema
    )


def _pieces(node: nodes.Node, hook: Hook) -> Iterator[str]:
    own = {"hook": hook.name, "provider": hook.provider}
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Const):
        yield str(node.value)
    elif isinstance(node, nodes.Name) and node.name in own:
        yield own[node.name]
    elif isinstance(node, nodes.Getattr) and node.attr == "id" and node.node == nodes.Name("order", "load"):
        yield from _read_number(hook)
    elif isinstance(node, nodes.Template | nodes.Output | nodes.Concat | nodes.List | nodes.Add):
        for child in node.iter_child_nodes():
            yield from _pieces(child, hook)
    elif isinstance(node, nodes.Filter) and node.node is not None:
        yield from _pieces(node.node, hook)
    elif isinstance(node, nodes.CondExpr):
        yield from _pieces(node.expr1, hook)
    else:
        yield _DATA
