"""Jinja2, cut down to what a mapping needs: no methods, no imports, no macros, no endless loop, no endless text.

Arithmetic is exact (Decimal, never float), and what is missing is nothing instead of the word "None".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal, DecimalException
from types import BuiltinMethodType
from typing import Any

from jinja2 import nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from relay.expressions.filters import FILTERS
from relay.expressions.members import TEXT_METHODS, member
from relay.expressions.questions import TESTS
from relay.expressions.values import Missing, WrongValue, bounded, named, nothing, text_of
from relay.models import Awaited

MAX_STEPS = 10_000  # of all loops of one evaluation together
_MAX_NUMBER = 10**40
_STEPS = "\0steps"  # no template can name it
OWN_PREFIX = "\0"
JOINED, _LOOPED = "\0joined", "\0looped"


class Language(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self) -> None:
        super().__init__(undefined=Missing, finalize=text_of, autoescape=False, cache_size=0, loader=None)
        self.filters = {**FILTERS, JOINED: _joined, _LOOPED: _looped}
        self.tests = dict(TESTS)
        self.globals = {"bill_of": bill_of, "lookup": FILTERS["lookup"], "range": _range}

    def getattr(self, obj: Any, attribute: str) -> Any:
        return member(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        return member(obj, argument)

    def is_safe_callable(self, obj: Any) -> bool:
        if isinstance(obj, BuiltinMethodType):
            return isinstance(obj.__self__, str) and obj.__name__ in TEXT_METHODS
        return any(obj is known for known in self.globals.values())

    def call_binop(self, _context: Context, operator: str, left: Any, right: Any) -> Any:
        return arithmetic(operator, left, right)


def bill_of(order_id: Any = None) -> Awaited:
    """The ``bill_id`` of the order that the sender calls by this number."""
    if nothing(order_id) or not text_of(order_id).strip():
        raise WrongValue("bill_of() needs the sender's number of the order, and there is none in this event.")
    return Awaited(f"bill:{text_of(order_id).strip()}")


def _range(*numbers: Any) -> range:
    whole = [int(number) for number in numbers]
    found = range(*whole)
    if len(found) > 1000:
        raise WrongValue("range() counts no further than 1000 steps.")
    return found


@pass_context
def _looped(context: Context, things: Any) -> Iterator[Any]:
    """Counts the steps of every loop, so that loops in loops cannot run for ever."""
    if isinstance(things, str):
        raise WrongValue(f"{named(things).capitalize()} is no list to loop over.")
    steps = context.vars
    for thing in () if nothing(things) else things:
        steps[_STEPS] = steps.get(_STEPS, 0) + 1
        if steps[_STEPS] > MAX_STEPS:
            raise WrongValue(f"The loops run more than {MAX_STEPS} times.")
        yield thing


def _joined(pieces: Iterable[Any]) -> str:
    """``a ~ b``: nothing is an empty text."""
    return bounded("".join(text_of(piece) for piece in pieces))


_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: Decimal(a) / Decimal(b),
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
}
_VERBS = {"+": "added", "-": "subtracted", "*": "multiplied", "/": "divided", "//": "divided", "%": "divided"}


def arithmetic(operator: str, left: Any, right: Any) -> Any:
    """Numbers with numbers, ``+`` also for two texts or two lists; everything else is refused in words."""
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        return bounded(left + right)
    if operator == "+" and isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return _short([*left, *right])
    if operator not in _OPERATIONS:
        raise WrongValue(f'"{operator}" is not available in expressions.')
    for value in (left, right):
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise WrongValue(
                f"{named(left)} and {named(right)} cannot be {_VERBS[operator]}.{_remedy(value)}".capitalize()
            )
    try:
        found = _OPERATIONS[operator](_exact(left), _exact(right))
    except (DecimalException, ArithmeticError):
        raise WrongValue(f"{named(left)} cannot be {_VERBS[operator]} by {named(right)}.".capitalize()) from None
    if abs(found) > _MAX_NUMBER:
        raise WrongValue("The number grows beyond all reason.")
    return found


def _remedy(value: object) -> str:
    if isinstance(value, str):
        return " Make a number of a text with | number; to put texts together use ~."
    return ""


def _exact(value: Any) -> Any:
    return Decimal(repr(value)) if isinstance(value, float) else value


def _short(listed: list[Any]) -> list[Any]:
    if len(listed) > MAX_STEPS:
        raise WrongValue(f"The list grows beyond {MAX_STEPS}.")
    return listed


class Exact(NodeTransformer):
    """Puts our own joining in the place of ``~`` and a counted loop in the place of every loop."""

    def visit_Concat(self, node: nodes.Concat, *_: Any, **__: Any) -> nodes.Node:
        self.generic_visit(node)
        return nodes.Filter(nodes.List(node.nodes, lineno=node.lineno), JOINED, [], [], None, None, lineno=node.lineno)

    def visit_For(self, node: nodes.For, *_: Any, **__: Any) -> nodes.Node:
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, _LOOPED, [], [], None, None, lineno=node.lineno)
        return node
