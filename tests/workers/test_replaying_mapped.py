"""Mapped again: which of today's calls a dead letter becomes, all that follows from it, and events nobody can read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from relay import hooks, ids, keys, replaying
from relay.errors import StoreUnavailable, WrongState
from relay.models import Configuration, Delivery
from relay.outcomes import Accepted, Refused
from relay.store import DeliveryFilter, Store
from tests.support.making import a_delivery, keep
from tests.support.story import Story

HEAD = """
accounts:
  school: {login: demo, secret: "${SECRET}", url: "http://127.0.0.1:9", max_per_second: 1000}
hooks:
  webinar:
    provider: generic
    token: ${TOKEN}
    contact: {email: "{{ body.email }}"}
    order: {id: "{{ body.order }}"}
    calls:
"""
ONE = "{function: AddLeadToGroup, params: {rid: [one]}}"
TWO = "{function: AddLeadToGroup, params: {rid: [two]}}"
SECOND = TWO.replace("two", "second")
NAMED = TWO.replace("{", "{name: into_two, ", 1)
ORDER = "{function: CreateOrder, params: {goods: [{good_name: course}]}}"
EXTRA = ORDER.replace("course", "extra")
PAID = "{function: UpdateOrderStatus, params: {bill_id: '{{ results.CreateOrder.bill_id }}', status: paid, date: 1}}"
ANNA = {"email": "anna@example.com", "order": "7"}

Load = Callable[..., Configuration]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """A configuration whose hook makes these calls."""

    def loaded(*calls: str) -> Configuration:
        path = tmp_path / "relay.yaml"
        path.write_text(HEAD + "".join(f"      - {call}\n" for call in calls), encoding="utf-8")
        return hooks.load(path, {"SECRET": "secret", "TOKEN": "lead-token"})

    return loaded


def kept(store: Store, configuration: Configuration, *came_to: str) -> list[Delivery]:
    """An event whose calls were ``done``, or are ``dead`` by JustClick's word, or go on ``waiting``."""
    story = Story(store, configuration)
    made = story.calls_of(story.came("webinar", ANNA))
    outcomes = {"done": Accepted(0, "", {"bill_id": 1}), "dead": Refused(103, "refused")}
    for id_, end in zip(made, came_to, strict=True):
        if end in outcomes:
            story.answered(id_, outcomes[end])
    return store.brief(made)


def again(store: Store, configuration: Configuration, dead: Delivery) -> Delivery:
    replaying.replay(store, configuration, dead.id, replaying.MAPPED)
    found = store.delivery(dead.id)
    assert found is not None
    assert found.state == "queued"
    return found


# ---------------------------------------------------------------- which call it is
def test_calls_without_a_name_are_told_apart_by_their_place(store: Store, load: Load) -> None:
    """The second goes into the second group, also when a call of another name has come between."""
    one, two = kept(store, load(ONE, TWO), "dead", "dead")
    today = load(ONE, ORDER, SECOND)
    assert again(store, today, two).params["rid"] == ["second"]
    assert again(store, today, one).params["rid"] == ["one"]


def test_the_second_order_stays_another_than_the_first(store: Store, load: Load) -> None:
    """Under the first one's links it would count as made already."""
    configuration = load(ORDER, EXTRA)
    _, extra = kept(store, configuration, "done", "dead")
    mapped = again(store, configuration, extra)
    assert mapped.params == extra.params
    assert mapped.makes == extra.makes == ("bill:school:7#2",)


def test_a_call_that_is_no_longer_made(store: Store, load: Load) -> None:
    """The second does not become the first."""
    _, two = kept(store, load(ONE, TWO), "done", "dead")
    with pytest.raises(WrongState, match="more or fewer calls"):
        replaying.replay(store, load(ONE), two.id, replaying.MAPPED)


@pytest.mark.parametrize(
    ("before", "today", "rid"),
    [
        ([ONE, TWO], [ONE, SECOND], "second"),  # it fits what still stands
        ([ORDER, TWO], [ORDER, SECOND], "second"),
        ([ONE, NAMED], [NAMED], "two"),  # a name of its own tells, whatever has become of the others
    ],
)
def test_calls_before_it_are_forgotten(store: Store, load: Load, before: list[str], today: list[str], rid: str) -> None:
    """Delivered calls are kept less long than dead letters."""
    _, dead = kept(store, load(*before), "done", "dead")
    assert store.forget_delivered().deliveries == 1
    assert again(store, load(*today), dead).params["rid"] == [rid]


@pytest.mark.parametrize("today", [[ONE], [TWO, ORDER], [ONE, TWO, TWO]])
def test_calls_before_it_are_forgotten_and_nothing_tells_which_it_is(
    store: Store, load: Load, today: list[str]
) -> None:
    """A guess would bring somebody into a group twice, and never into the other."""
    _, dead = kept(store, load(ONE, TWO), "done", "dead")
    store.forget_delivered()
    with pytest.raises(WrongState, match="nothing tells which"):
        replaying.replay(store, load(*today), dead.id, replaying.MAPPED)
    assert [one.state for one in store.brief([dead.id])] == ["dead"]


def test_calls_that_followed_from_an_answer_stand_behind_the_question(store: Store, load: Load) -> None:
    """The question is delivered and forgotten first; it is no call of the plan."""
    one, two = unsent(store, ["one", "two"])
    listed = {"fetched": "{}", "deliveries": f"dlv_question {one.id} {two.id}"}
    store.redis.hset(keys.EVENT + one.event_id, mapping=listed)
    assert again(store, load(ONE, SECOND), two).params["rid"] == ["second"]


# ---------------------------------------------------------------- what follows from it
def test_all_that_a_call_says_is_todays(store: Store, load: Load) -> None:
    """Its patience, the number it is kept under, what counts as delivered, and that another waits for it now."""
    [dead] = kept(store, load(ORDER), "dead")
    more = ORDER.replace("{", "{wait: 30m, retry: [5s, 1m], accept: [7], order_id: 'A-{{ order.id }}', ", 1)
    mapped = again(store, load(more, PAID), dead)
    assert (mapped.wait, mapped.retry, mapped.accept, mapped.order_id) == (1800.0, (5.0, 60.0), (7,), "A-7")
    assert (mapped.shared, mapped.makes) == (True, ("bill:school:A-7",))


def test_what_a_call_no_longer_says_is_gone(store: Store, load: Load) -> None:
    """The other way round."""
    more = ORDER.replace("{", "{wait: 30m, retry: [5s, 1m], accept: [7], order_id: '{{ body.email }}', ", 1)
    dead, _ = kept(store, load(more, PAID), "dead", "waiting")
    mapped = again(store, load(ORDER), dead)
    usual = replace(mapped, wait=6 * 3600.0, retry=None, accept=(), order_id="7", shared=False)
    assert mapped == usual


def test_a_delivery_keeps_its_function(store: Store, load: Load) -> None:
    """What it was counted and found under; the parameters of another function would be refused or do harm."""
    [dead] = kept(store, load(NAMED), "dead")
    today = load(ORDER.replace("{", "{name: into_two, ", 1))
    with pytest.raises(WrongState, match="was AddLeadToGroup and is CreateOrder today"):
        replaying.replay(store, today, dead.id, replaying.MAPPED)


# ---------------------------------------------------------------- what nobody can read
def unsent(store: Store, groups: Sequence[str] = ("one",), hook: str = "webinar", **event: Any) -> list[Delivery]:
    """Dead letters of an event of their own, one for each group."""
    event_id = ids.new_id("evt")
    dead = [a_delivery(event_id, hook=hook, state="dead", params={"rid": [group]}) for group in groups]
    keep(store, *dead, id=event_id, hook=hook, **event)
    return dead


UNREADABLE = [({"body": b"{"}, "cannot read the event"), ({"part": 1}, "event 2 of its request")]


@pytest.mark.parametrize(("event", "said"), UNREADABLE)
def test_an_event_that_cannot_be_read_says_so(store: Store, load: Load, event: dict[str, Any], said: str) -> None:
    """The provider was changed: the body is none of its, or its requests bring fewer events."""
    [dead] = unsent(store, **event)
    with pytest.raises(WrongState, match=said):
        replaying.replay(store, load(ONE), dead.id, replaying.MAPPED)


def test_one_that_meets_a_fault_does_not_stop_a_bulk(store: Store, load: Load) -> None:
    """Whatever is raised for one: those before and behind it are replayed, and the bulk comes to its end."""
    configuration = load(ONE)
    faulty = replace(configuration.hooks["webinar"], name="faulty", provider="of-yesterday")
    configuration = replace(configuration, hooks={**configuration.hooks, "faulty": faulty})
    before = unsent(store)
    for event in ({"body": b"{"}, {"part": 1}, {"hook": "faulty"}):
        unsent(store, **event)
    behind = unsent(store)
    bulk = replaying.start_bulk(store, DeliveryFilter(function="AddLeadToGroup"), replaying.MAPPED)
    with capture_logs() as written:
        replaying.work_on_bulks(store, configuration)
    told = replaying.bulk_progress(store, bulk)
    assert (told["finished"], told["replayed"], told["skipped"]) == (True, 2, 3)
    assert {one.state for one in store.brief([before[0].id, behind[0].id])} == {"queued"}
    [line] = written
    assert line["event"] == "replay.failed"
    assert line.keys() == {"event", "log_level", "exc_info", "delivery_id"}


def test_a_store_that_fails_stops_a_bulk_for_now(store: Store, load: Load) -> None:
    """Nobody is left out: the same portion comes again."""
    [dead] = unsent(store)
    key, aside = keys.EVENT + dead.event_id, "aside"
    store.redis.rename(key, aside)
    store.redis.set(key, "what no command for a hash can read")
    bulk = replaying.start_bulk(store, DeliveryFilter(), replaying.MAPPED)
    with pytest.raises(StoreUnavailable):
        replaying.work_on_bulks(store, load(ONE))
    assert replaying.bulk_progress(store, bulk)["done"] == 0
    store.redis.rename(aside, key)
    store.redis.delete(keys.REPLAY + bulk + ":taken")  # half a minute is over
    replaying.work_on_bulks(store, load(ONE))
    told = replaying.bulk_progress(store, bulk)
    assert (told["finished"], told["replayed"]) == (True, 1)
