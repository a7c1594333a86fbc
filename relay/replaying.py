"""Another try of dead letters: as they were sent, or mapped again with today's configuration.

A bulk replay is a filter: the worker's sweeper walks along what matches, in slices; its place stands in the store.
"""

from __future__ import annotations

from dataclasses import replace

from relay import linking, providers
from relay.errors import NotFound, WrongState
from relay.fetching import FETCH
from relay.lifecycle import State, Trigger
from relay.mapping import map_event, refine
from relay.models import Configuration, Delivery, Event, Hook, Reading, WebhookRequest
from relay.store import Count, DeliveryFilter, Move, Store

SENT, MAPPED = "sent", "mapped"


def replay(store: Store, configuration: Configuration, delivery_id: str, how: str = SENT) -> None:
    """Queues a dead letter again. Raises NotFound, or WrongState when it is not dead or still cannot be mapped."""
    delivery = _dead_letter(store, delivery_id)
    again = how == MAPPED and delivery.function != FETCH  # a question to the sender is the same question again
    fields = _mapped_again(store, configuration, delivery) if again else _as_sent(delivery)
    cleared = {"code": None, "text": None, "reason": None, "note": None, "tries": None, "next_attempt_at": None}
    if not store.move(Move(delivery, Trigger.REPLAYED, fields=cleared | {"replay": "1"} | fields)):
        raise WrongState(f"{delivery_id} has just been moved by somebody else. Look at it again.")


def discard(store: Store, delivery_id: str) -> None:
    """A person decided that this dead letter is done with. Raises NotFound or WrongState."""
    delivery = _dead_letter(store, delivery_id)
    if not store.move(Move(delivery, Trigger.DISCARDED)):
        raise WrongState(f"{delivery_id} has just been moved by somebody else. Look at it again.")


def _dead_letter(store: Store, delivery_id: str) -> Delivery:
    delivery = store.delivery(delivery_id)
    if delivery is None:
        raise NotFound(f"There is no delivery {delivery_id}.")
    if delivery.state != State.DEAD:
        raise WrongState(f"{delivery_id} is {delivery.state}; only a dead letter can be replayed or discarded.")
    return delivery


def _as_sent(delivery: Delivery) -> dict[str, object]:
    if delivery.problems:
        raise WrongState("It was never sent, because it could not be mapped. Mend the mapping and map it again.")
    return {}


def _mapped_again(store: Store, configuration: Configuration, delivery: Delivery) -> dict[str, object]:
    event = store.event(delivery.event_id)
    hook = configuration.hooks.get(delivery.hook)
    if event is None or event.body is None:
        raise WrongState("The event's body is no longer kept, so it cannot be mapped again. Replay it as it was sent.")
    if hook is None:
        raise WrongState(f"The hook {delivery.hook} is no longer in the configuration, so nothing says how to map it.")
    # `now` in an expression is the time of the event, also when it is mapped again a week later.
    calls = map_event(reading_of(event, hook), hook, configuration, event.received_at / 1000)
    for place, call in enumerate(calls):
        if (call.name or call.function) == (delivery.name or delivery.function):
            orders_before = sum(1 for one in calls[:place] if one.function == linking.MAKES_ORDERS)
            again = linking.delivery_of(call, replace(delivery, problems={}), calls, orders_before)
            if call.problems:
                raise WrongState("Mapped again, it is still wrong: " + linking.told(call.problems))
            return {
                "params": again.params,
                "awaits": "\n".join(again.awaits) or None,
                "makes": "\n".join(again.makes) or None,
                "accept": list(again.accept),
                "problems": None,
            }
    raise WrongState("Today's configuration makes no such call for this event (see the hook's `when`).")


def reading_of(event: Event, hook: Hook) -> Reading:
    """The event as today's rules read it, with what its sender has told since. Raises UnreadableBody."""
    provider, request = providers.find(hook.provider), request_of(event)
    if event.fetched is not None:
        return refine(provider.read_fetched(request, hook, event.fetched, event.part), hook, event.received_at / 1000)
    read = provider.read(request, hook)
    return refine((read, *read.further)[event.part], hook, event.received_at / 1000)


def request_of(event: Event) -> WebhookRequest:
    """The event as the request that it was, for reading it again; what was secret in its headers is gone."""
    return WebhookRequest(event.method, event.query, event.headers, event.body or b"", event.address)


# ---------------------------------------------------------------- many at once
def count_matching(store: Store, wanted: DeliveryFilter) -> Count:
    """How many dead letters a bulk replay of this filter would take; of very many perhaps only: at least so many."""
    return store.count(_only_dead(wanted))


def start_bulk(store: Store, wanted: DeliveryFilter, how: str = SENT, count: Count | None = None) -> str:
    """Writes down which dead letters are to be replayed; the worker's sweeper finds and does them.

    Returns the bulk's id. What matches is replayed when its turn comes, if it is still a dead letter then.
    ``count`` is what count_matching has told.
    """
    return store.start_bulk(_only_dead(wanted), how, count or count_matching(store, wanted))


def bulk_progress(store: Store, bulk_id: str) -> dict[str, object]:
    """``total``, ``done``, ``replayed``, ``skipped``, ``finished``. Raises NotFound."""
    progress = store.bulk_progress(bulk_id)
    if progress is None:
        raise NotFound(f"There is no bulk replay {bulk_id}.")
    return progress


def work_on_bulks(store: Store, configuration: Configuration) -> None:
    """A slice of every bulk replay that is not finished."""
    for portion in store.next_of_bulks():
        replayed = 0
        for delivery_id in portion.ids:
            try:
                replay(store, configuration, delivery_id, portion.how)
                replayed += 1
            except (NotFound, WrongState):
                continue  # it has been moved by hand meanwhile, or today's mapping does not help it either
        store.bulk_done(portion, replayed, len(portion.ids) - replayed)


def _only_dead(wanted: DeliveryFilter) -> DeliveryFilter:
    return replace(wanted, state=State.DEAD.value)
