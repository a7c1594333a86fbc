"""From calls to deliveries: ids, what each waits for, what each brings. Pure."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from relay import ids, keys
from relay.errors import RelayError
from relay.lifecycle import State
from relay.models import Awaited, Call, Delivery

MAKES_ORDERS = "CreateOrder"


class Unresolved(RelayError):
    """The mapping's: the call that this one builds on brought no such value."""

    reason = "result-unknown"


def deliveries_of(calls: Sequence[Call], event_id: str, hook: str, account: str) -> list[Delivery]:
    """One delivery a call; what could not be mapped is born as a dead letter."""
    now = time.time_ns() // 1_000_000
    deliveries: list[Delivery] = []
    for call in calls:
        blank = Delivery(ids.new_id("dlv", now), event_id, hook, account, call.function, {}, State.QUEUED, now, now)
        orders_before = sum(1 for one in deliveries if one.function == MAKES_ORDERS)
        deliveries.append(delivery_of(call, blank, calls, orders_before))
    return deliveries


def delivery_of(call: Call, blank: Delivery, siblings: Sequence[Call], orders_before: int = 0) -> Delivery:
    """The delivery that carries this call; ``blank`` gives its id, event, hook and account.

    ``orders_before``: how many orders this event makes before this one; each is an order of its own.
    """
    name = call.name or call.function
    account = blank.account
    problems = {key: list(sentences) for key, sentences in call.problems.items()}
    return Delivery(
        id=blank.id,
        event_id=blank.event_id,
        hook=blank.hook,
        account=account,
        function=call.function,
        params=call.params,
        state=State.DEAD if problems else State.QUEUED,
        created_at=blank.created_at,
        updated_at=blank.updated_at,
        name=name,
        accept=call.accept,
        retry=call.retry,
        wait=call.wait,
        order_id=call.order_id,
        reason=(call.reason or "unmappable") if problems else None,
        problems=problems,
        awaits=tuple(link_of(key, blank) for key in awaited_keys(call.params)),
        makes=tuple(_made_by(call, account, orders_before)),
        shared=any(f"result:{name}:" in key for one in siblings for key in awaited_keys(one.params)),
    )


def _made_by(call: Call, account: str, orders_before: int) -> Iterator[str]:
    """Under what the order can be found that this call makes: whoever would make it again finds it there."""
    if call.function != MAKES_ORDERS:
        return
    which = f"#{orders_before + 1}" if orders_before else ""
    if call.order_id:
        yield keys.bill_link(account, call.order_id) + which
    for payment in call.payments:
        yield keys.payment_link(account, payment) + which


def link_of(awaited: str, delivery: Delivery) -> str:
    """``bill:10457`` in a mapping is ``bill:<account>:10457`` in the store, ``result:X:y`` is ``result:<event>:X``."""
    kind, _, rest = awaited.partition(":")
    if kind == "bill":
        return keys.bill_link(delivery.account, rest)
    return keys.result_link(delivery.event_id, rest.rpartition(":")[0])


def awaited_keys(params: Any) -> list[str]:
    """All that the parameters wait for, each once."""
    if isinstance(params, Awaited):
        return [params.key]
    if isinstance(params, str):  # nearly all are: no need to ask what else it might be
        return []
    inside = params.values() if isinstance(params, Mapping) else params if isinstance(params, list | tuple) else ()
    return list(dict.fromkeys(key for value in inside for key in awaited_keys(value)))


def resolved(params: Any, delivery: Delivery, links: Mapping[str, Any]) -> Any:
    """The parameters with every awaited value in its place. Raises Unresolved."""
    if isinstance(params, Awaited):
        value = links.get(link_of(params.key, delivery))
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
