"""Another try of dead letters: as they were sent, or mapped again with today's configuration.

A bulk replay is a filter: the worker's sweeper walks along what matches, in slices; its place stands in the store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog

from relay import linking, providers
from relay.errors import NotFound, StoreUnavailable, UnreadableBody, WrongState
from relay.fetching import FETCH
from relay.lifecycle import State, Trigger
from relay.mapping import map_event, refine
from relay.models import Call, Configuration, Delivery, Event, Hook, Reading, WebhookRequest
from relay.store import Count, DeliveryFilter, Move, Store

log = structlog.get_logger()
SENT, MAPPED = "sent", "mapped"
UNCERTAIN = "uncertain"


def replay(
    store: Store, configuration: Configuration, delivery_id: str, how: str = SENT, *, in_bulk: bool = False
) -> None:
    """Queues a dead letter again. Raises NotFound, or WrongState when it is not dead or still cannot be mapped.

    Who replays a single call whose outcome is uncertain has looked in JustClick, as our advice says: it is made without
    another look, which would end as before. ``in_bulk`` nobody has looked at each.
    """
    delivery = _dead_letter(store, delivery_id)
    again = how == MAPPED and delivery.function != FETCH  # a question to the sender is the same question again
    fields = _mapped_again(store, configuration, delivery) if again else _as_sent(delivery)
    cleared = {"code": None, "text": None, "reason": None, "note": None, "tries": None, "next_attempt_at": None}
    if delivery.reason == UNCERTAIN and not in_bulk:
        cleared["doubtful_since"] = None
    if not store.move(Move(delivery, Trigger.REPLAYED, fields=cleared | {"replay": str(store.now_ms())} | fields)):
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
    try:
        reading = reading_of(event, hook)
    except UnreadableBody as error:
        told = str(error).rstrip(".")
        raise WrongState(
            f"Today's configuration cannot read the event: {told}. Look at the hook's provider ({hook.provider}) and "
            "mend it; what was sent before can also be replayed as it was sent."
        ) from error
    # `now` in an expression is the time of the event, also when it is mapped again a week later.
    calls = map_event(reading, hook, configuration, event.received_at / 1000)
    return _fields(delivery, calls, _place(store, event, delivery, calls))


def _place(store: Store, event: Event, delivery: Delivery, calls: Sequence[Call]) -> int:
    """Which of today's calls this delivery's is. Raises WrongState.

    Calls without a name of their own share their function's: which is which is told, as in a plan, by their place among
    those of one name.
    """
    name = linking.name_of(delivery)
    same = [place for place, call in enumerate(calls) if linking.name_of(call) == name]
    made = event.deliveries if event.fetched is None else event.deliveries[1:]  # the first was the question
    before = made[: made.index(delivery.id)]
    names = {one.id: linking.name_of(one) for one in store.brief(made)}
    if same and name.startswith(delivery.function) and not names.keys() >= set(before):
        return _place_in_row([names.get(id_) for id_ in made], calls, len(before))
    if not same:
        raise WrongState("Today's configuration makes no such call for this event (see the hook's `when`).")
    if len(same) != sum(1 for id_ in made if names.get(id_) == name):
        raise WrongState(
            f"Today's configuration makes more or fewer calls {name} of this event than were made then: nothing tells "
            "which of them this one is. Replay it as it was sent, or discard it."
        )
    return same[sum(1 for id_ in before if names.get(id_) == name)]


def _place_in_row(names: Sequence[str | None], calls: Sequence[Call], place: int) -> int:
    """``place``, if today's calls fit all that still stand; None is one that is forgotten. Raises WrongState.

    Among those forgotten may have been calls of the same name, so counting them tells nothing.
    """
    row = [linking.name_of(call) for call in calls]
    if len(names) == len(row) and all(name in (None, today) for name, today in zip(names, row, strict=True)):
        return place
    raise WrongState(
        "Earlier calls of this event are no longer kept, and today's configuration makes other calls of it than were "
        "made then: nothing tells which of them this one is. Replay it as it was sent, or discard it."
    )


def _fields(delivery: Delivery, calls: Sequence[Call], place: int) -> dict[str, object]:
    """All that today's call says of its delivery. Raises WrongState."""
    call = calls[place]
    if call.function != delivery.function:  # it is counted and found under its function
        raise WrongState(
            f"The call {linking.name_of(delivery)} was {delivery.function} and is {call.function} today; a delivery "
            "keeps its function. Replay it as it was sent, or discard it."
        )
    if call.problems:
        raise WrongState("Mapped again, it is still wrong: " + linking.told(call.problems))
    links = linking.links_of(calls, delivery.event_id, delivery.account)[place]
    return {
        "params": call.params,
        "awaits": "\n".join(links.awaits) or None,
        "makes": "\n".join(links.makes) or None,
        "shared": "1" if links.shared else None,
        "order_id": call.order_id or None,
        "accept": list(call.accept),
        "retry": call.retry,
        "wait": call.wait,
        "problems": None,
    }


def reading_of(event: Event, hook: Hook) -> Reading:
    """The event as today's rules read it, with what its sender has told since. Raises UnreadableBody."""
    provider, request = providers.find(hook.provider), request_of(event)
    read = provider.read(request, hook)
    readings = (read, *read.further)
    if event.part >= len(readings):
        raise UnreadableBody(
            f"It was event {event.part + 1} of its request, in which today's rules find {len(readings)}."
        )
    if event.fetched is None:
        return refine(readings[event.part], hook, event.received_at / 1000)
    return refine(provider.read_fetched(request, hook, event.fetched, event.part), hook, event.received_at / 1000)


def request_of(event: Event) -> WebhookRequest:
    """The event as the request that it was, for reading it again; what was secret in its headers is gone."""
    return WebhookRequest(event.method, event.query, event.headers, event.body or b"", event.address)


# ---------------------------------------------------------------- many at once
def count_matching(store: Store, wanted: DeliveryFilter) -> Count:
    """How many dead letters a bulk replay of this filter would take; of very many perhaps only: at least so many."""
    return store.count_dead(wanted)


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
                replay(store, configuration, delivery_id, portion.how, in_bulk=True)
                replayed += 1
            except (NotFound, WrongState):
                continue  # it has been moved by hand meanwhile, or today's mapping does not help it either
            except StoreUnavailable:
                raise
            except Exception:  # one that meets a fault of ours stays dead and does not stop all behind it for ever
                log.exception("replay.failed", delivery_id=delivery_id)
        store.bulk_done(portion, replayed, len(portion.ids) - replayed)


def _only_dead(wanted: DeliveryFilter) -> DeliveryFilter:
    return replace(wanted, state=State.DEAD.value)
