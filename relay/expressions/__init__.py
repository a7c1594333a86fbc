"""Expressions of a mapping: ``{{ contact.email | lower }}``, compiled once, evaluated often. Pure.

A text that is one single ``{{ ... }}`` keeps the type of its value; any other text stays text, whatever its digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError, nodes
from jinja2.environment import Template
from jinja2.parser import Parser

from relay.errors import RelayError
from relay.expressions.complaints import syntax_sentence, type_sentence
from relay.expressions.language import Exact, Language
from relay.expressions.members import member
from relay.expressions.names import chains
from relay.expressions.restrictions import forbidden
from relay.expressions.values import MAX_TEXT, WrongValue, bounded, named, nothing, settled, shown

MAX_SOURCE = 10_000
_MARKS = re.compile(r"\{[{%#]")
_RESULT = "result"
_FAILURES = (
    WrongValue,
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
    AttributeError,
    TemplateError,
    RecursionError,
)


class BrokenExpression(RelayError):
    """The operator's: an expression that cannot be compiled; ``sentences`` say all that is wrong with it."""

    reason = "expression-broken"

    def __init__(self, source: str, sentences: list[str]) -> None:
        self.source = source
        self.sentences = sentences
        super().__init__(f"{source}: {' '.join(sentences)}")


class ExpressionFailed(RelayError):
    """The mapping's: an expression meets an event that it cannot work with. Names itself and the values."""

    reason = "expression-failed"

    def __init__(self, source: str, sentence: str, values: Mapping[str, Any]) -> None:
        self.source = source
        here = "; ".join(f"{name} is {shown(value)}" for name, value in values.items())
        super().__init__(f"The expression {source} failed: {sentence}{f' Here {here}.' if here else ''}")


class Expression:
    """A compiled expression; ``tree`` is what was parsed, for looking at names."""

    __slots__ = ("_path", "_render", "_template", "source", "tree")

    def __init__(self, source: str, tree: nodes.Template, template: Template, single: nodes.Expr | None) -> None:
        self.source = source
        self.tree = tree
        self._template = template
        self._path = _path_with_filters(single)
        self._render = _text_of if single is None else _value_of

    def value(self, names: Mapping[str, Any]) -> Any:
        """A plain value that can be kept and sent. Raises ExpressionFailed."""
        try:
            return settled(self._evaluated(names))
        except _FAILURES as error:
            raise self._failed(error, names) from None

    def found(self, names: Mapping[str, Any]) -> Any:
        """The value as it is, records of ours included. Raises ExpressionFailed."""
        try:
            return self._evaluated(names)
        except _FAILURES as error:
            raise self._failed(error, names) from None

    def _evaluated(self, names: Mapping[str, Any]) -> Any:
        if self._path is None or self._path.root not in names:
            return self._render(self._template, names)
        return self._path.value(names)

    def _failed(self, error: Exception, names: Mapping[str, Any]) -> ExpressionFailed:
        return ExpressionFailed(self.source, _sentence(error), self._met(names))

    def _met(self, names: Mapping[str, Any]) -> dict[str, Any]:
        """The values of the names in it, as far as they are single values."""
        met: dict[str, Any] = {}
        for chain in list(chains(self.tree))[:6]:
            try:
                value = _value_of(compiled(chain, condition=True)._template, names)
            except (RelayError, *_FAILURES):
                continue
            if nothing(value) or isinstance(value, str | int | float) or hasattr(value, "as_tuple"):
                met[chain] = value
        return dict(list(met.items())[:3])


def _sentence(error: Exception) -> str:
    if isinstance(error, WrongValue):
        return str(error)
    if isinstance(error, UndefinedError):
        return f"{error}."
    return "It is nested too deep." if isinstance(error, RecursionError) else type_sentence(error)


@dataclass(frozen=True, slots=True)
class PathWithFilters:
    """``body.customer.mail | lower``: a root, its members, filters with constants. Most expressions are no more than
    this, and need no engine.
    """

    root: str
    members: tuple[Any, ...]
    filters: tuple[Callable[[Any, Mapping[str, Any]], Any], ...]  # of a value and the names

    def value(self, names: Mapping[str, Any]) -> Any:
        value = names[self.root]
        for name in self.members:
            value = member(value, name)
        for one in self.filters:
            value = one(value, names)
        return _read(value)


def _path_with_filters(single: nodes.Expr | None) -> PathWithFilters | None:
    """Where it does not fit: None."""
    filters = []
    while isinstance(single, nodes.Filter):
        if (one := _constant_filter(single)) is None:
            return None
        filters.append(one)
        single = single.node
    members: list[Any] = []
    while isinstance(single, nodes.Getattr | nodes.Getitem):
        if isinstance(single, nodes.Getattr):
            members.append(single.attr)
        elif isinstance(single.arg, nodes.Const) and isinstance(single.arg.value, str | int):
            members.append(single.arg.value)
        else:
            return None
        single = single.node
    if not isinstance(single, nodes.Name):
        return None
    return PathWithFilters(single.name, tuple(reversed(members)), tuple(reversed(filters)))


def _constant_filter(node: nodes.Filter) -> Callable[[Any, Mapping[str, Any]], Any] | None:
    function = language().filters.get(node.name)
    given: list[Any] = [*node.args, *(pair.value for pair in node.kwargs)]
    constant = all(isinstance(one, nodes.Const) for one in given) and not (node.dyn_args or node.dyn_kwargs)
    asks_for_context = hasattr(function, "jinja_pass_arg")
    is_ours = getattr(function, "__module__", "").startswith("relay.")
    if function is None or not constant or (asks_for_context and not is_ours):
        return None
    args = [one.value for one in given[: len(node.args)]]
    named_args = {str(pair.key): one.value for pair, one in zip(node.kwargs, given[len(node.args) :], strict=True)}
    if asks_for_context:  # ours only get() names of it
        return lambda value, names: function(names, value, *args, **named_args)
    return lambda value, _names: function(value, *args, **named_args)


def _value_of(template: Template, names: Mapping[str, Any]) -> Any:
    context = template.new_context(dict(names))
    for _ in template.root_render_func(context):
        pass
    return _read(context.vars[_RESULT])


def _read(value: Any) -> Any:
    """map() and its like work only when they are read."""
    return list(value) if hasattr(value, "__next__") else value


def _text_of(template: Template, names: Mapping[str, Any]) -> str:
    pieces, length = [], 0
    for piece in template.root_render_func(template.new_context(dict(names))):
        pieces.append(piece)
        length += len(piece)
        if length > MAX_TEXT:
            break
    return bounded("".join(pieces))


def is_expression(text: object) -> bool:
    """Whether a text holds anything to evaluate; all others stand for themselves."""
    return isinstance(text, str) and _MARKS.search(text) is not None


@lru_cache(maxsize=1)
def language() -> Language:
    return Language()


@lru_cache(maxsize=4096)
def compiled(source: str, condition: bool = False) -> Expression:
    """``condition``: a bare expression without braces, as in ``when`` (with braces it means the same).

    Raises BrokenExpression.
    """
    if len(source) > MAX_SOURCE:
        raise BrokenExpression(source[:60] + "...", [f"It is longer than {MAX_SOURCE} characters."])
    try:
        tree = _bare(source) if condition and not is_expression(source) else _parsed(source)
    except TemplateSyntaxError as error:
        raise BrokenExpression(source, [syntax_sentence(error)]) from None
    except RecursionError:
        raise BrokenExpression(source[:60] + "...", ["It is nested too deep."]) from None
    single = _single(tree)
    if condition and single is None:
        raise BrokenExpression(source, ["Here one expression should stand, without text around it."])
    if sentences := forbidden(tree, language().filters, language().tests):
        raise BrokenExpression(source, sentences)
    try:
        return Expression(source, tree, _template(tree, single), single)
    except (RecursionError, SyntaxError):  # Python's own limits
        raise BrokenExpression(source[:60] + "...", ["It is nested too deep."]) from None


def _parsed(source: str) -> nodes.Template:
    """Blanks and line ends around one single ``{{ ... }}`` do not make a text of it."""
    tree = language().parse(source.strip())
    return tree if _single(tree) is not None else language().parse(source)


def _bare(source: str) -> nodes.Template:
    parser = Parser(language(), source, state="variable")
    expression = parser.parse_expression()
    if not parser.stream.eos:
        parser.fail(f"unexpected {parser.stream.current.value!r}")
    tree = nodes.Template([nodes.Output([expression], lineno=1)], lineno=1)
    tree.set_environment(language())
    return tree


def _single(tree: nodes.Template) -> nodes.Expr | None:
    if len(tree.body) == 1 and isinstance(tree.body[0], nodes.Output) and len(tree.body[0].nodes) == 1:
        only = tree.body[0].nodes[0]
        return None if isinstance(only, nodes.TemplateData) else only
    return None


def _template(tree: nodes.Template, single: nodes.Expr | None) -> Template:
    body = tree.body if single is None else [nodes.Assign(nodes.Name(_RESULT, "store"), single, lineno=1)]
    ready: nodes.Template = Exact().visit(nodes.Template(body, lineno=1)).set_environment(language())
    return language().from_string(ready)


def evaluate(source: Any, names: Mapping[str, Any]) -> Any:
    """The value of a text that may hold expressions; anything else stays as it is."""
    expression = _expression_in(source) if isinstance(source, str) else None
    return source if expression is None else expression.value(names)


@lru_cache(maxsize=4096)
def _expression_in(text: str) -> Expression | None:
    return compiled(text) if is_expression(text) else None


def listed(source: str, names: Mapping[str, Any]) -> list[Any]:
    """The members of what ``each`` names. Raises ExpressionFailed."""
    found = compiled(source, condition=True).found(names)
    if nothing(found):
        return []
    if not isinstance(found, list | tuple | range):
        raise ExpressionFailed(source, f"{named(found).capitalize()} is no list.", {})
    return list(found)


def holds(source: str, names: Mapping[str, Any]) -> bool:
    """Whether a condition is true. Raises ExpressionFailed."""
    return bool(compiled(source, condition=True).found(names))
