"""The step before mapping for senders of ids only: asks the sender, reads the whole and maps it."""

from __future__ import annotations

from relay import linking, providers
from relay.errors import RelayError
from relay.fetching import ask
from relay.mapping import map_event, refine
from relay.models import Delivery, Event, Hook, Reading
from relay.outcomes import Accepted, Outcome, Unreached
from relay.replaying import request_of
from relay.store import Fetched
from relay.words import words_of
from workers.parts import WorkerParts


def carry_out(delivery: Delivery, parts: WorkerParts) -> tuple[Outcome, Fetched | None]:
    """What came of the question, and the calls that follow from the answers."""
    event = parts.store.event(delivery.event_id)
    hook = parts.configuration.hooks.get(delivery.hook)
    if event is None or event.body is None or hook is None:
        return _cannot("The event or its hook is no longer there, so nobody knows what to ask for."), None
    provider, request = providers.find(hook.provider), request_of(event)
    if provider.fetch is None:
        return _cannot(f"The provider {provider.name} has no question to ask any more."), None
    try:
        read = provider.read(request, hook)
        reading = (read, *read.further)[event.part]
        answers = ask(provider.fetch, reading, hook, parts.clients, parts.pool)
        if isinstance(answers, Unreached):
            return answers, None
        reading = refine(provider.read_fetched(request, hook, answers, event.part), hook, event.received_at / 1000)
    except RelayError as error:
        return _cannot(str(error)), None
    if reading.test:
        return Accepted(0, "", note="The sender was asked; it is a test event."), Fetched(answers, ())
    if (first := _repeated(reading, hook, event, parts)) is not None:
        return Accepted(0, "", note=f"The sender was asked; this is a repeat of {first}."), Fetched(answers, ())
    calls = map_event(reading, hook, parts.configuration, event.received_at / 1000)
    births = linking.deliveries_of(calls, event.id, hook.name, hook.account)
    note = f"The sender was asked; {len(births)} calls follow from its answers."
    return Accepted(0, "", note=note), Fetched(answers, births, words_of(reading))


def _repeated(reading: Reading, hook: Hook, event: Event, parts: WorkerParts) -> str | None:
    """The event that brought the same before, where only the answers tell what happened (a number, posted again)."""
    if not reading.event_id:
        return None
    first = parts.store.first_event(hook.name, f"asked:{reading.event_id}", event.id, int(hook.event_window * 1000))
    return first if first != event.id else None


def _cannot(detail: str) -> Unreached:
    return Unreached("fetch-failed", detail, may_have_arrived=False, permanent=True)
