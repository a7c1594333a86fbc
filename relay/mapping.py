"""A reading and a hook become calls. Pure: it runs before anything is written, and it never raises.

A call that cannot be mapped is a call with ``problems``, by parameter: it is born a dead letter.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from relay.errors import InvalidCall
from relay.expressions import ExpressionFailed, evaluate, holds, listed
from relay.expressions.values import WrongValue, blank, text_of
from relay.justclick import functions
from relay.linking import MAKES_ORDERS, awaited_keys
from relay.models import Call, CallPlan, Configuration, Hook, Reading
from relay.naming import names_of
from relay.refining import refine

__all__ = ["Considered", "consider", "map_event", "refine"]

MAX_CALLS = 100  # of one plan for one event: more is a mistake in `each`
_NOTHING: Any = object()  # an expression failed here, and its problem is noted


@dataclass(frozen=True, slots=True)
class Considered:
    """One call plan over one event: the call, or why none is made."""

    plan: CallPlan
    call: Call | None
    why: str = ""


def map_event(reading: Reading, hook: Hook, configuration: Configuration, now: float | None = None) -> list[Call]:
    """The calls of an event in the order of the hook's plans. ``now``: unix seconds, for expressions that ask."""
    return [one.call for one in consider(reading, hook, configuration, now) if one.call is not None]


def consider(reading: Reading, hook: Hook, configuration: Configuration, now: float | None = None) -> list[Considered]:
    """Every plan of the hook with what became of it."""
    names = names_of(reading, hook, configuration.tables, time.time() if now is None else now)
    found = [one for plan in hook.calls for one in _of_plan(plan, reading, names)]
    made = {one.call.name for one in found if one.call is not None}
    return [one if one.call is None else _checked(one, one.call, made) for one in found]


def _checked(one: Considered, call: Call, made: set[str]) -> Considered:
    checked = _answerable(call, made)
    return one if checked is call else replace(one, call=checked)


def _of_plan(plan: CallPlan, reading: Reading, names: Mapping[str, Any]) -> Iterator[Considered]:
    if plan.each is None:
        yield _considered(plan, reading, names, plan.name or plan.function)
        return
    try:
        several = listed(plan.each, names)
    except ExpressionFailed as error:
        yield Considered(plan, _broken(plan, "each", str(error)))
        return
    if len(several) > MAX_CALLS:
        yield Considered(
            plan, _broken(plan, "each", f"{plan.each} has {len(several)} members; {MAX_CALLS} are allowed.")
        )
        return
    if not several:
        yield Considered(plan, None, f"each: {plan.each} is empty")
    for place, member in enumerate(several, 1):
        yield _considered(plan, reading, {**names, "item": member}, f"{plan.name or plan.function}-{place}")


def _considered(plan: CallPlan, reading: Reading, names: Mapping[str, Any], name: str) -> Considered:
    try:
        if plan.when is not None and not holds(plan.when, names):
            return Considered(plan, None, f"when: {plan.when} is false")
    except ExpressionFailed as error:
        return Considered(plan, _broken(plan, "when", str(error)))
    return Considered(plan, _call(plan, reading, names, name))


def _broken(plan: CallPlan, key: str, sentence: str) -> Call:
    return Call(
        function=plan.function,
        params={},
        accept=plan.accept,
        retry=plan.retry,
        wait=plan.wait,
        name=plan.name or plan.function,
        problems={key: [sentence]},
        reason="expression-failed",
    )


def _call(plan: CallPlan, reading: Reading, names: Mapping[str, Any], name: str) -> Call:
    failed: dict[str, list[str]] = {}
    given = {key: _filled(value, names, key, failed) for key, value in plan.params.items()}
    given = {key: value for key, value in given.items() if value is not _NOTHING}
    order_id = _order_id(plan, reading, names, failed)
    function, problems, reason = functions.find(plan.function), failed, None
    try:
        params = function.prepare(given, reading)
    except InvalidCall as error:
        params, (wrong, reason) = _plain(given), _told(error, function, given, reading)
        kept = {key: sentences for key, sentences in wrong.items() if key.partition(".")[0] not in _roots(failed)}
        problems = {**failed, **kept}
    return Call(
        function=plan.function,
        params=params,
        accept=plan.accept,
        retry=plan.retry,
        wait=plan.wait,
        name=name,
        order_id=order_id,
        payments=_payments(plan, reading, names),
        problems=problems,
        reason="expression-failed" if failed else reason,
    )


def _payments(plan: CallPlan, reading: Reading, names: Mapping[str, Any]) -> tuple[str, ...]:
    """What an order is paid by or with, unless the mapping itself says what makes an order another one."""
    if plan.function != MAKES_ORDERS or plan.order_id is not None:
        return ()
    numbers = dict.fromkeys(filter(None, (reading.order.payment_id, reading.order.invoice_id)))
    return tuple(f"{names['provider']}:{number}" for number in numbers)


def _roots(problems: Mapping[str, Any]) -> set[str]:
    return {key.partition(".")[0] for key in problems}


def _filled(value: Any, names: Mapping[str, Any], path: str, failed: dict[str, list[str]]) -> Any:
    """The value with its expressions evaluated; nothing vanishes from lists."""
    if not isinstance(value, str) and isinstance(value, Mapping):
        filled = {key: _filled(inner, names, f"{path}.{key}", failed) for key, inner in value.items()}
        return {key: inner for key, inner in filled.items() if inner is not _NOTHING}
    if isinstance(value, (list, tuple)):
        listed_ = [_filled(inner, names, f"{path}.{place}", failed) for place, inner in enumerate(value)]
        return [inner for inner in listed_ if inner is not _NOTHING and inner is not None]
    try:
        return evaluate(value, names)
    except ExpressionFailed as error:
        failed.setdefault(path, []).append(str(error))
        return _NOTHING


def _order_id(plan: CallPlan, reading: Reading, names: Mapping[str, Any], failed: dict[str, list[str]]) -> str | None:
    if plan.function != MAKES_ORDERS:
        return None
    if plan.order_id is None:
        return reading.order.id
    value = _filled(plan.order_id, names, "order_id", failed)
    try:
        return None if value is _NOTHING or blank(value) else text_of(value).strip()  # as bill_of() does
    except WrongValue as error:
        failed["order_id"] = [str(error)]
        return None


def _told(
    error: InvalidCall, function: type[functions.Function], given: Mapping[str, Any], reading: Reading
) -> tuple[dict[str, list[str]], str]:
    """The problems of a call; a missing e-mail address is said as what it is: nobody to write down."""
    problems, reason = dict(error.problems), "invalid-parameters"
    for name, parameter in function.parameters().items():
        lacking = parameter.attribute == "contact.email" and name in problems and blank(given.get(name))
        if lacking and reading.contact.email is None:
            problems[name] = list(_no_contact(reading))
            reason = "no-contact"
    return problems, reason


def _no_contact(reading: Reading) -> Iterator[str]:
    yield "No contact to create: the event has no e-mail address."
    for field, problem in reading.problems.items():
        if field.startswith("contact."):
            yield f"{field}: {problem}"


def _answerable(call: Call, made: set[str]) -> Call:
    """What waits for a call that this event does not make would wait in vain."""
    waits: dict[str, list[str]] = {}
    for name, value in call.params.items():
        for key in () if isinstance(value, str) else awaited_keys(value):
            kind, _, rest = key.partition(":")
            other = rest.rpartition(":")[0]
            if kind == "result" and other not in made:
                waits[name] = [f"It needs results.{other}, and this event makes no such call (see its `when`)."]
    return replace(call, problems={**call.problems, **waits}, reason=call.reason or "result-unknown") if waits else call


def _plain(value: Any) -> Any:
    """Parameters that were not accepted, as they can be kept and shown."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return text_of(value) if isinstance(value, Decimal) else value
