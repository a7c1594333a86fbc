"""Dead letters again: as they were sent, mapped again, discarded, and many at once."""

from __future__ import annotations

import json

import pytest

from relay import hooks, replaying
from relay.errors import NotFound, WrongState
from relay.intake import Intake
from relay.justclick.sandbox import Sandbox
from relay.models import Configuration, Delivery, WebhookRequest
from relay.store import Count, DeliveryFilter, Store
from tests.support.running import CONFIGURATION, Running, eventually


def dead_lead(running: Running, intake: Intake, number: int = 1, **body: str) -> Delivery:
    """A lead whose group does not exist: a dead letter with code 103."""
    told = {"id": str(number), "email": f"p{number}@example.com", "group": "no-such-group"} | body
    headers = {"content-type": "application/json"}
    request = WebhookRequest("POST", "", headers, json.dumps(told).encode(), "127.0.0.1", "lead-token")
    receipt = intake.receive(intake.configuration.hooks["lead"], request)

    def look() -> Delivery | None:
        event = intake.store.event(receipt.event_id or "")
        assert event is not None
        found = intake.store.delivery(event.deliveries[0])
        return found if found and found.state == "dead" else None

    return eventually(look, 60, "the dead letter")


def mended(running: Running, **changes: str) -> Configuration:
    """Tomorrow's configuration: every lead goes to the group ``webinar``, its e-mail stands in the field given."""
    text = CONFIGURATION.replace("{{ body.group | default('webinar') }}", "webinar")
    text = text.replace(
        'email: "{{ body.email }}", name', f'email: "{{{{ body.{changes.get("email", "email")} }}}}", name'
    )
    environ = running.environ
    path = running.folder / "tomorrow.yaml"
    path.write_text(text, encoding="utf-8")
    return hooks.load(path, environ)


def test_as_it_was_sent(running: Running, intake: Intake, store: Store, sandbox: Sandbox) -> None:
    """Somebody made the group in JustClick meanwhile: the same parameters pass, and the attempts go on counting."""
    running.start_worker()
    dead = dead_lead(running, intake)
    sandbox.trouble(code=0, function="AddLeadToGroup")
    replaying.replay(store, intake.configuration, dead.id)
    again = eventually(lambda: (found := store.delivery(dead.id)) and found.state == "delivered" and found)
    assert again.params == dead.params
    assert [attempt.code for attempt in again.attempts] == [103, 0]
    assert store.deliveries(DeliveryFilter(state="dead")).items == []


def test_mapped_again(running: Running, intake: Intake, store: Store, sandbox: Sandbox) -> None:
    """The mapping was mended: the event becomes other parameters."""
    running.start_worker()
    dead = dead_lead(running, intake)
    replaying.replay(store, mended(running), dead.id, replaying.MAPPED)
    again = eventually(lambda: (found := store.delivery(dead.id)) and found.state == "delivered" and found)
    assert again.params["rid"] == ["webinar"]
    assert sandbox.state.contacts["p1@example.com"]


def test_what_could_not_be_mapped_is_sent_after_mending(
    running: Running, intake: Intake, store: Store, sandbox: Sandbox
) -> None:
    """It was never sent, so it cannot be replayed as it was sent; mapped again it goes."""
    running.start_worker()
    dead = dead_lead(running, intake, email="", contact="anna@example.com")
    assert dead.reason == "no-contact"
    with pytest.raises(WrongState):
        replaying.replay(store, intake.configuration, dead.id)
    replaying.replay(store, mended(running, email="contact"), dead.id, replaying.MAPPED)
    again = eventually(lambda: (found := store.delivery(dead.id)) and found.state == "delivered" and found)
    assert again.problems == {}
    assert "anna@example.com" in sandbox.state.contacts


def test_only_dead_letters_are_replayed_or_discarded(running: Running, intake: Intake, store: Store) -> None:
    """Once; and what is not there says so."""
    running.start_worker()
    dead = dead_lead(running, intake)
    replaying.discard(store, dead.id)
    for act in (
        lambda: replaying.discard(store, dead.id),
        lambda: replaying.replay(store, intake.configuration, dead.id),
    ):
        with pytest.raises(WrongState):
            act()
    with pytest.raises(NotFound):
        replaying.discard(store, "dlv_unknown")


def test_many_at_once(running: Running, intake: Intake, store: Store, sandbox: Sandbox) -> None:
    """Thirty dead letters of a code, in the background, with its progress told."""
    running.start_worker()
    for number in range(30):
        dead_lead(running, intake, number)
    sandbox.trouble(code=0, function="AddLeadToGroup")
    wanted = DeliveryFilter(code=103)
    assert replaying.count_matching(store, wanted) == Count(30)
    bulk_id = replaying.start_bulk(store, wanted)
    eventually(lambda: store.counts()["delivered"] == 30, 60, "all delivered")
    eventually(lambda: replaying.bulk_progress(store, bulk_id)["finished"], 60, "the end of the bulk")
    assert replaying.bulk_progress(store, bulk_id)["replayed"] == 30
