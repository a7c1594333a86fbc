"""Orders of several hooks under one account whose numbers may be equal: allowed, and worth a word. Pure.

An account has one order for one number, so that a payment finds it whichever hook it comes to. Two shops that both
count from 1 would share it as well: the second order would count as made, and nobody would hear of it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from jinja2 import nodes

from relay import providers
from relay.expressions import compiled, is_expression
from relay.linking import MAKES_ORDERS
from relay.models import CallPlan, Configuration, Hook
from relay.reading import ReadingSchema

_SIMPLE = re.compile(r"\{\{ *([\w.]+) *\}\}")
_DATA = ""  # in a mark: what only an event can tell


def shared_order_numbers(configuration: Configuration) -> Iterator[str]:
    """A sentence for all hooks of an account that make orders and write their numbers alike."""
    alike: defaultdict[tuple[str, tuple[str, ...]], dict[str, str]] = defaultdict(dict)
    for hook in configuration.hooks.values():
        for plan in hook.calls:
            mark = _mark(hook, plan) if plan.function == MAKES_ORDERS else ()
            if mark.count(_DATA) == 1:  # with two of them the event itself tells the shops apart
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


def _mark(hook: Hook, plan: CallPlan) -> tuple[str, ...]:
    """What the number is put together from: its fixed texts, and the places of what comes with the event."""
    source = hook.order.get("id") if plan.order_id is None else plan.order_id
    if source is None:
        return (_DATA,) if _numbers_orders(hook) else ()
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
    elif isinstance(node, nodes.Template | nodes.Output | nodes.Concat | nodes.List | nodes.Add):
        for child in node.iter_child_nodes():
            yield from _pieces(child, hook)
    elif isinstance(node, nodes.Filter) and node.node is not None:
        yield from _pieces(node.node, hook)
    elif isinstance(node, nodes.CondExpr):
        yield from _pieces(node.expr1, hook)
    else:
        yield _DATA
