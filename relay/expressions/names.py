"""The names that an expression uses, and whether they exist where it stands. Pure.

Names of a body cannot be known beforehand; those of a contact, an order, a table or an earlier call can.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import nodes

from relay.expressions.members import RECORDS, TEXT_METHODS
from relay.models import Contact, Good, Order, Utm
from relay.nearest import instead, unknown

Chain = tuple[str | int, ...]
READING_NAMES = ("contact", "order", "event_type", "test", "event_id", "body", "query", "headers")
OTHER_NAMES = ("hook", "provider", "now", "tables")
_RECORDS_BY_NAME: Mapping[str, type] = {"contact": Contact, "order": Order}
_INNER: Mapping[tuple[type, str], type] = {(Contact, "utm"): Utm}
_LISTED: Mapping[tuple[type, str], type | None] = {(Order, "goods"): Good, (Contact, "tags"): None}
_FREE = frozenset({(Contact, "custom")})


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be named at one place of the file."""

    results: tuple[str, ...] | None = None  # earlier calls; None: calls are not known here at all
    tables: tuple[str, ...] = ()
    each: bool = False  # whether `item` exists
    goods: bool = False  # whether `item` is one of the order's goods
    extra: tuple[str, ...] = field(default=())

    @property
    def names(self) -> tuple[str, ...]:
        return (*READING_NAMES, *OTHER_NAMES, *(("item",) if self.each else ()), *self._calls(), *self.extra)

    def _calls(self) -> tuple[str, ...]:
        return () if self.results is None else ("results", "bill_of")


def chains(tree: nodes.Node) -> Iterator[str]:
    """Every ``body.customer.mail`` of an expression, as it is written, each once."""
    yield from dict.fromkeys(written(chain) for chain in _chains(tree))


def body_chains(tree: nodes.Node) -> list[Chain]:
    """What an expression asks of the body: ``("customer", "mail")``."""
    return list(dict.fromkeys(chain[1:] for chain in _chains(tree) if chain[0] == "body" and len(chain) > 1))


def written(chain: Chain) -> str:
    text = str(chain[0])
    for part in chain[1:]:
        text += f".{part}" if isinstance(part, str) and part.isidentifier() else f"[{part!r}]"
    return text


def wrong_names(tree: nodes.Template, scope: Scope) -> list[str]:
    """A sentence for every name that does not exist at this place."""
    own = {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"} | {"loop"}
    found: dict[str, None] = {}
    for chain in _chains(tree):
        if chain[0] not in own:
            found.update(dict.fromkeys(_about(chain, scope)))
    found.update(dict.fromkeys(_about_tables(tree, scope)))
    return list(found)


def _chains(node: nodes.Node) -> Iterator[Chain]:
    chain = _chain(node)
    if chain is not None:
        yield chain
        return
    for child in node.iter_child_nodes():
        yield from _chains(child)


def _chain(node: nodes.Node) -> Chain | None:
    if isinstance(node, nodes.Name):
        return (node.name,) if node.ctx == "load" else None
    if isinstance(node, nodes.Getattr):
        before = _chain(node.node)
        return None if before is None else (*before, node.attr)
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str | int):
        before = _chain(node.node)
        return None if before is None else (*before, node.arg.value)
    return None


def _about(chain: Chain, scope: Scope) -> Iterator[str]:
    root, rest = chain[0], chain[1:]
    if root in ("results", "bill_of") and scope.results is None:
        yield f'"{root}" can be used only inside params: elsewhere no call has been made yet.'
    elif root in ("lookup", "range"):
        return
    elif root == "item" and not scope.each:
        yield '"item" exists only in a call that has "each:".'
    elif root not in scope.names:
        yield unknown("name", root, scope.names)
    elif root in _RECORDS_BY_NAME:
        yield from _about_record(_RECORDS_BY_NAME[str(root)], str(root), rest)
    elif root == "item" and scope.goods:
        yield from _about_record(Good, "item", rest)
    elif root == "results":
        yield from _about_result(rest, scope)
    elif root == "tables" and rest and rest[0] not in scope.tables:
        yield unknown("table", rest[0], scope.tables) if scope.tables else f'There is no table "{rest[0]}" in the file.'


def _about_record(record: type, name: str, rest: Chain) -> Iterator[str]:
    if not rest:
        return
    first, further = rest[0], rest[1:]
    if first not in RECORDS[record]:
        yield f'"{name}" has no "{first}". {instead(first, sorted(RECORDS[record]))}'
    elif (record, first) in _INNER:
        yield from _about_record(_INNER[record, str(first)], f"{name}.{first}", further)
    elif (record, first) in _LISTED:
        yield from _about_list(_LISTED[record, str(first)], f"{name}.{first}", further)
    elif (record, first) not in _FREE and further and further[0] not in TEXT_METHODS:
        yield f'"{name}.{first}" is one single value; it has no "{further[0]}".'


def _about_list(record: type | None, name: str, rest: Chain) -> Iterator[str]:
    if rest and not isinstance(rest[0], int):
        one = f'Take one with {name}[0], or make a call for each with "each: {name}".'
        yield f'"{name}" is a list; it has no "{rest[0]}". {one}'
    elif rest and record is not None:
        yield from _about_record(record, f"{name}[{rest[0]}]", rest[1:])


def _about_result(rest: Chain, scope: Scope) -> Iterator[str]:
    earlier = scope.results or ()
    if not rest:
        yield '"results" needs the name of an earlier call and a field, like results.CreateOrder.bill_id.'
    elif rest[0] not in earlier:
        known = instead(rest[0], earlier) if earlier else "There is no call before this one."
        yield f'No single earlier call of this hook is named "{rest[0]}". {known}'
    elif len(rest) == 1:
        yield f'"results.{rest[0]}" needs a field, like results.{rest[0]}.bill_id.'


def _about_tables(tree: nodes.Template, scope: Scope) -> Iterator[str]:
    for use in tree.find_all((nodes.Filter, nodes.Call)):
        table = _table_of(use)
        if isinstance(table, nodes.Const) and table.value not in scope.tables:
            where = unknown("table", table.value, scope.tables)
            yield where if scope.tables else f'There is no table "{table.value}": the file has no "tables:".'


def _table_of(use: Any) -> Any:
    if isinstance(use, nodes.Filter) and use.name in ("lookup", "goods_of"):
        place = 0
    elif isinstance(use, nodes.Call) and isinstance(use.node, nodes.Name) and use.node.name == "lookup":
        place = 1
    else:
        return None
    for keyword in use.kwargs:
        if keyword.key == "table":
            return keyword.value
    return use.args[place] if len(use.args) > place else None
