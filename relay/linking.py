"""From calls to deliveries: ids, what each waits for, what each brings. Pure."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from relay import ids, keys
from relay.errors import RelayError
from relay.lifecycle import State
from relay.models import Awaited, Call, Delivery

MAKES_ORDERS = "CreateOrder"


class Unresolved(RelayError):
    """The mapping's: the call that this one builds on brought no such value."""

    reason = "result-unknown"


class Links(NamedTuple):
    """What a delivery waits for, what it brings, and whether a sibling waits for its result."""

    awaits: tuple[str, ...]
    makes: tuple[str, ...]
    shared: bool


def deliveries_of(calls: Sequence[Call], event_id: str, hook: str, account: str) -> list[Delivery]:
    """One delivery a call; what could not be mapped is born as a dead letter."""
    now = time.time_ns() // 1_000_000
    return [
        _delivery_of(call, links, now, event_id=event_id, hook=hook, account=account)
        for call, links in zip(calls, links_of(calls, event_id, account), strict=True)
    ]


def _delivery_of(call: Call, links: Links, now: int, *, event_id: str, hook: str, account: str) -> Delivery:
    problems = {key: list(sentences) for key, sentences in call.problems.items()}
    return Delivery(
        id=ids.new_id("dlv", now),
        event_id=event_id,
        hook=hook,
        account=account,
        function=call.function,
        params=call.params,
        state=State.DEAD if problems else State.QUEUED,
        created_at=now,
        updated_at=now,
        name=name_of(call),
        accept=call.accept,
        retry=call.retry,
        wait=call.wait,
        order_id=call.order_id,
        reason=(call.reason or "unmappable") if problems else None,
        problems=problems,
        awaits=links.awaits,
        makes=links.makes,
        shared=links.shared,
    )


def name_of(one: Call | Delivery) -> str:
    """Its own, or its function's."""
    return one.name or one.function


def links_of(calls: Sequence[Call], event_id: str, account: str) -> list[Links]:
    """Of all calls of an event, one by one; each order that they make is one of its own."""
    awaited = [awaited_keys(one.params) for one in calls]
    asked = [key for each in awaited for key in each]
    every, orders_before = [], 0
    for call, keys_ in zip(calls, awaited, strict=True):
        result = f"result:{name_of(call)}:"
        awaits = tuple(link_of(key, event_id, account) for key in keys_)
        makes = tuple(_made_by(call, account, orders_before))
        every.append(Links(awaits, makes, any(result in key for key in asked)))
        orders_before += call.function == MAKES_ORDERS
    return every


def _made_by(call: Call, account: str, orders_before: int) -> Iterator[str]:
    """Under what the order can be found that this call makes: whoever would make it again finds it there."""
    if call.function != MAKES_ORDERS:
        return
    which = f"#{orders_before + 1}" if orders_before else ""
    if call.order_id:
        yield keys.bill_link(account, call.order_id) + which
    for payment in call.payments:
        yield keys.payment_link(account, payment) + which


def link_of(awaited: str, event_id: str, account: str) -> str:
    """``bill:10457`` in a mapping is ``bill:<account>:10457`` in the store, ``result:X:y`` is ``result:<event>:X``."""
    kind, _, rest = awaited.partition(":")
    if kind == "bill":
        return keys.bill_link(account, rest)
    return keys.result_link(event_id, rest.rpartition(":")[0])


def awaited_keys(params: Any) -> list[str]:
    """All that the parameters wait for, each once."""
    if isinstance(params, Awaited):
        return [params.key]
    inside = params.values() if isinstance(params, Mapping) else params if isinstance(params, (list, tuple)) else ()
    # nearly all are texts: no need to ask what else they might be
    return list(dict.fromkeys(key for one in inside if not isinstance(one, str) for key in awaited_keys(one)))


def resolved(params: Any, delivery: Delivery, links: Mapping[str, Any]) -> Any:
    """The parameters with every awaited value in its place. Raises Unresolved."""
    if isinstance(params, Awaited):
        value = links.get(link_of(params.key, delivery.event_id, delivery.account))
        if params.key.startswith("bill:"):
            return value
        _, name, field = params.key.split(":", 2)
        if not isinstance(value, Mapping) or value.get(field) is None:
            raise Unresolved(f"The result of {name} has no {field}, which this call needs.")
        return value[field]
    if isinstance(params, Mapping):
        return {name: resolved(value, delivery, links) for name, value in params.items()}
    if isinstance(params, list | tuple):
        return [resolved(value, delivery, links) for value in params]
    return params


def told(problems: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{name}: {' '.join(sentences)}" for name, sentences in problems.items())
