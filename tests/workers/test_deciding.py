"""The one place that knows the retry rule, as a table: what follows from which outcome."""

from __future__ import annotations

from typing import Any

import pytest

from relay.deciding import DELAYS, SILENCE_AFTER_LIMIT, Decision, decide, must_look_first, rest_when_left
from relay.fetching import FETCH
from relay.justclick import functions
from relay.lifecycle import Trigger
from relay.models import Delivery
from relay.outcomes import Accepted, Outcome, Refused, Unreached
from tests.support.making import a_delivery

LEAD = {"rid": ["webinar"], "lead_email": "anna@example.com"}
ORDER = {"goods": [{"good_name": "course"}], "bill_email": "anna@example.com"}
PAID = {"bill_id": 7, "status": "paid", "date": 1700000000}
SENT = {"bill_id": 7, "status": "sent", "date": 1700000000, "rpo": "80110012345678"}

LOST = Unreached("timeout", "no answer came in time", may_have_arrived=True)
NEVER_LEFT = Unreached("no-connection", "no connection", may_have_arrived=False)


def delivery(function: str = "AddLeadToGroup", tries: int = 1, **changes: Any) -> Delivery:
    params = {"CreateOrder": ORDER, "UpdateOrderStatus": PAID}.get(function, LEAD)
    return a_delivery(**{"function": function, "params": params, "tries": tries, **changes})


def decided(one: Delivery, outcome: Outcome, retry: tuple[float, ...] | None = None, **more: Any) -> Decision:
    return decide(one, outcome, retry, **{"spread": 0.0, **more})


# ---------------------------------------------------------------- the delays
def test_the_delays_are_those_of_the_contract() -> None:
    """5 s, 30 s, 2 min, 10 min, 30 min, 1 h, 3 h, 6 h, 12 h, 24 h, 24 h."""
    assert DELAYS == (5, 30, 120, 600, 1800, 3600, 10800, 21600, 43200, 86400, 86400)


@pytest.mark.parametrize(("tries", "planned"), list(enumerate(DELAYS, 1)))
@pytest.mark.parametrize(("spread", "share"), [(-1.0, 0.8), (0.0, 1.0), (1.0, 1.2)])
def test_each_try_waits_longer(tries: int, planned: float, spread: float, share: float) -> None:
    """A fifth shorter to a fifth longer than planned."""
    found = decided(delivery(tries=tries), NEVER_LEFT, spread=spread)
    assert (found.trigger, found.reason) == (Trigger.POSTPONED, "no-connection")
    assert found.delay == pytest.approx(planned * share)


def test_chance_stays_within_the_spread() -> None:
    """And it is chance: a thousand retries do not fall due at once."""
    delays = {decide(delivery(), NEVER_LEFT, None).delay or 0.0 for _ in range(200)}
    assert 4.0 <= min(delays) < max(delays) <= 6.0
    assert len(delays) > 100


def test_in_the_end_it_gives_up() -> None:
    """Eleven delays are twelve tries; the last cause is told."""
    assert decided(delivery(tries=11), NEVER_LEFT).trigger is Trigger.POSTPONED
    found = decided(delivery(tries=12), NEVER_LEFT)
    assert (found.trigger, found.reason, found.delay) == (Trigger.GAVE_UP, "tries-used-up", None)
    assert "12 tries" in (found.note or "")
    assert "no connection" in (found.note or "")


@pytest.mark.parametrize(
    ("own", "account", "delay"),
    [(None, None, 5.0), (None, (7.0,), 7.0), ((9.0,), (7.0,), 9.0), ((9.0,), None, 9.0)],
)
def test_whose_delays_count(own: tuple[float, ...] | None, account: tuple[float, ...] | None, delay: float) -> None:
    """The call's before the account's before ours."""
    assert decided(delivery(retry=own), NEVER_LEFT, account).delay == delay


@pytest.mark.parametrize(("own", "account"), [((), (7.0,)), (None, ())])
def test_no_delays_are_no_retries(own: tuple[float, ...] | None, account: tuple[float, ...]) -> None:
    """``retry: []`` means one try, on a call also where the account has more."""
    assert decided(delivery(retry=own), NEVER_LEFT, account).reason == "tries-used-up"


@pytest.mark.parametrize(
    ("asked", "spread", "delay"),
    [
        (0.0, 0.0, 30.0),  # at least what was planned, also where the spread would make it less
        (0.0, -1.0, 30.0),
        (0.0, 1.0, 36.0),
        (40.0, 0.0, 40.0),
        (40.0, 1.0, 40.0),
        (60.0, 0.0, 60.0),
        (3600.0, 0.0, 60.0),  # a service may ask for patience, but not for ever
        (3600.0, 1.0, 60.0),
        (None, -1.0, 24.0),
    ],
)
def test_retry_after_is_heard_within_reason(asked: float | None, spread: float, delay: float) -> None:
    """Between one and two times the planned delay (30 s for the second try)."""
    outcome = Unreached("http-status", "HTTP 503", may_have_arrived=True, status=503, retry_after=asked)
    assert decided(delivery(tries=2), outcome, spread=spread).delay == pytest.approx(delay)


@pytest.mark.parametrize("reason", ["forged", "redirected", "invalid-parameters", "uncertain"])
def test_what_trying_again_cannot_mend_ends_at_once(reason: str) -> None:
    """With the reason and the detail as they came."""
    found = decided(delivery(), Unreached(reason, "why it is so", may_have_arrived=True, permanent=True))
    assert found == Decision(Trigger.GAVE_UP, reason, note="why it is so")


# ---------------------------------------------------------------- doubtful outcomes
@pytest.mark.parametrize(
    ("one", "outcome", "delay"),
    [
        (delivery("CreateOrder"), LOST, 15.0),
        (delivery("UpdateOrderStatus"), LOST, 15.0),
        (delivery("CreateOrder"), NEVER_LEFT, 5.0),  # nobody can be at work on what was never sent
        (delivery("AddLeadToGroup"), LOST, 5.0),  # is simply made again
        (delivery("UpdateOrderStatus", params=SENT), LOST, 5.0),
        (delivery("CreateOrder", tries=2), LOST, 30.0),  # longer already
        (delivery("CreateOrder", retry=(0.3,)), LOST, 15.0),
        (delivery(FETCH, params={}), LOST, 5.0),
    ],
    ids=["order", "paid", "not-sent", "lead", "parcel", "second", "own-delays", "question"],
)
def test_nobody_looks_while_justclick_may_still_be_at_work(one: Delivery, outcome: Outcome, delay: float) -> None:
    """A look-up within the account's timeout could see "not there" just before it is: two orders."""
    assert decided(one, outcome, patience=15.0).delay == pytest.approx(delay)


def test_patience_goes_before_the_bounds_of_retry_after() -> None:
    """Twice the planned delay may be too early."""
    outcome = Unreached("http-status", "HTTP 502", may_have_arrived=True, status=502, retry_after=1.0)
    assert decided(delivery("CreateOrder"), outcome, patience=60.0).delay == 60.0


@pytest.mark.parametrize(
    ("function", "params", "doubtful", "looks"),
    [
        ("CreateOrder", ORDER, 1, True),
        ("CreateOrder", ORDER, None, False),
        ("UpdateOrderStatus", PAID, 1, True),
        ("UpdateOrderStatus", SENT, 1, False),
        ("AddLeadToGroup", LEAD, 1, False),
        ("DeleteOrder", {"bill_id": 7}, 1, False),
    ],
)
def test_what_is_looked_up_before_it_is_made_again(
    function: str, params: dict[str, Any], doubtful: int | None, looks: bool
) -> None:
    """Only what must not happen twice, and only when it may have happened."""
    assert must_look_first(delivery(function, doubtful_since=doubtful), params) is looks


@pytest.mark.parametrize(
    ("function", "params", "seconds"),
    [("CreateOrder", ORDER, 60), ("UpdateOrderStatus", PAID, 60), ("AddLeadToGroup", LEAD, 0), ("Fetch", {}, 0)],
)
def test_what_is_looked_up_rests_until_a_call_left_in_its_middle_must_have_ended(
    function: str, params: dict[str, Any], seconds: float
) -> None:
    """What may be made twice goes on at once."""
    assert rest_when_left(delivery(function, params=params), 60.0) == seconds


# ---------------------------------------------------------------- answers
def test_accepted_is_delivered() -> None:
    """With the note that came with it."""
    found = decided(delivery(), Accepted(0, "OK", note="the body held more than one answer"))
    assert found == Decision(Trigger.ACCEPTED, note="the body held more than one answer")


def test_a_code_that_the_call_accepts_is_delivered() -> None:
    """``accept: [102]``; any other code stays a refusal, and a dead letter."""
    one = delivery(accept=(102,))
    assert decided(one, Refused(102, "The subscriber is already registered")).trigger is Trigger.ACCEPTED
    found = decided(one, Refused(103, "Has an invalid subscriptions group", note="noted"))
    assert found == Decision(Trigger.REFUSED, "refused", note="noted")


SETTLED = [
    ("AddLeadToGroup", 102),
    ("AddGood", 301),
    ("CreateOrder", 601),
    ("DeleteSubscribe", 801),
    ("DeleteOrder", 200),
    ("DeleteOrder", 302),
]


@pytest.mark.parametrize(("function", "code"), SETTLED)
def test_a_repeat_that_was_done_already_is_delivered(function: str, code: int) -> None:
    """After a lost answer this code says that it had worked; without one it is a refusal like any other."""
    found = decided(delivery(function, tries=2, doubtful_since=1), Refused(code, "text"))
    assert found.trigger is Trigger.ACCEPTED
    assert str(code) in (found.note or "")
    assert decided(delivery(function), Refused(code, "text")).trigger is Trigger.REFUSED


def test_the_table_above_is_complete() -> None:
    """No function declares a code of this kind that is not tested here."""
    declared = {(name, code) for name, function in functions.FUNCTIONS.items() for code in function.settled_by_repeat}
    assert declared == set(SETTLED)


@pytest.mark.parametrize("code", [4, 5, 6, 7])
@pytest.mark.parametrize("function", ["AddLeadToGroup", "CreateOrder", "GetAllGroups"])
def test_refusals_of_the_account_pause_it(code: int, function: str) -> None:
    """Whatever the function; nothing opens the gate by itself."""
    found = decided(delivery(function), Refused(code, "no"))
    assert (found.trigger, found.reason, found.gate) == (Trigger.BLOCKED, "account-paused", "account:school")
    assert found.gate_seconds is None


def test_the_limit_of_the_address_rests_a_day() -> None:
    """Code 8 closes AddLeadToGroup alone, and each earlier call would start the day anew."""
    found = decided(delivery(), Refused(8, "Limit to subscribe for this IP exided. Try later. 203.0.113.7"))
    assert (found.trigger, found.gate) == (Trigger.BLOCKED, "function:school:AddLeadToGroup")
    assert found.gate_seconds == SILENCE_AFTER_LIMIT == 86400


def test_a_function_that_is_switched_off_is_paused() -> None:
    """Code 606 closes CreateOrder until a person resumes it."""
    text = "Function for creating new orders throw API was disabled for your account"
    found = decided(delivery("CreateOrder"), Refused(606, text))
    assert (found.trigger, found.reason, found.gate) == (
        Trigger.BLOCKED,
        "function-paused",
        "function:school:CreateOrder",
    )
    assert found.gate_seconds is None


def test_an_accepted_code_pauses_nothing() -> None:
    """Who writes ``accept: [606]`` knows why."""
    assert decided(delivery("CreateOrder", accept=(606,)), Refused(606, "no")).gate is None


@pytest.mark.parametrize("text", ["Has an invalid subscriptions group", "The subscriber is already registered"])
def test_a_zero_that_refuses_is_refused(text: str) -> None:
    """The client has judged the text; here it is a refusal like any other."""
    assert decided(delivery(), Refused(0, text)).trigger is Trigger.REFUSED


def test_an_unknown_code_is_a_dead_letter() -> None:
    """Never repeated on a guess."""
    assert decided(delivery(), Refused(7777, "What is this")).trigger is Trigger.REFUSED
