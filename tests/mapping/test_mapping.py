"""A reading and a hook become calls, with JustClick's own functions."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from relay.mapping import consider, map_event
from relay.models import Awaited, CallPlan, Configuration, Contact, Hook, Reading

Configured = Callable[..., tuple[Hook, Configuration]]


def test_a_lead_joins_a_group(reading: Reading, configured: Configured) -> None:
    """The reading fills what the mapping leaves out; utm goes along."""
    plan = CallPlan("AddLeadToGroup", {"rid": ["webinar"], "tag": "{{ contact.utm.campaign }}"}, accept=(102,))
    [call] = map_event(reading, *configured(plan))
    assert not call.problems
    assert call.params == {
        "rid": ["webinar"],
        "lead_email": "anna@example.com",
        "lead_name": "Анна Смирнова",
        "lead_phone": "+79990000000",
        "tag": "autumn",
        "utm": {"utm_source": "yandex", "utm_campaign": "autumn"},
    }
    assert (call.name, call.accept, call.order_id) == ("AddLeadToGroup", (102,), None)


def test_a_payment_creates_an_order_and_marks_it_paid(reading: Reading, configured: Configured) -> None:
    """The second call waits for the number of the first."""
    paid = {"bill_id": "{{ bill_of(order.id) }}", "status": "paid", "date": "{{ order.paid_at | unix }}"}
    plans = (
        CallPlan("CreateOrder", {"goods": [{"good_name": "course", "good_sum": "{{ order.amount }}"}]}),
        CallPlan("UpdateOrderStatus", paid, when="order.paid"),
    )
    create, update = map_event(reading, *configured(*plans))
    assert create.params["goods"] == [{"good_name": "course", "good_sum": "4990.00"}]
    assert create.order_id == "10457"
    assert update.params == {"bill_id": Awaited("bill:10457"), "status": "paid", "date": 1789378890}
    assert not create.problems
    assert not update.problems


def test_the_result_of_one_call_goes_into_the_next(reading: Reading, configured: Configured) -> None:
    """By the name of the call."""
    plans = (
        CallPlan("CreateOrder", {"goods": "{{ order.goods | goods_of('courses') }}"}, name="shop"),
        CallPlan("DeleteOrder", {"bill_id": "{{ results.shop.bill_id }}"}),
    )
    create, delete = map_event(reading, *configured(*plans))
    assert create.params["goods"] == [
        {"good_name": "course", "good_sum": "3000.00"},
        {"good_name": "book", "good_sum": "1990.00"},
    ]
    assert delete.params == {"bill_id": Awaited("result:shop:bill_id")}


def test_waiting_for_a_call_that_is_not_made_is_a_problem(reading: Reading, configured: Configured) -> None:
    """It would wait for ever."""
    plans = (
        CallPlan("CreateOrder", {"goods": [{"good_name": "course"}]}, when="not order.paid", name="shop"),
        CallPlan("DeleteOrder", {"bill_id": "{{ results.shop.bill_id }}"}),
    )
    [call] = map_event(reading, *configured(*plans))
    assert "makes no such call" in call.problems["bill_id"][0]
    assert call.reason == "result-unknown"


def test_a_call_for_each_good(reading: Reading, configured: Configured) -> None:
    """``item`` is the good; every call has a name of its own."""
    plan = CallPlan(
        "AddLeadToGroup", {"rid": "{{ item.id | lookup('courses') }}"}, each="order.goods", when="item.id != 'B2'"
    )
    both = consider(reading, *configured(replace(plan, when=None)))
    assert [one.call and one.call.params["rid"] for one in both] == [["course"], ["book"]]
    assert [one.call and one.call.name for one in both] == ["AddLeadToGroup-1", "AddLeadToGroup-2"]
    [first, second] = consider(reading, *configured(plan))
    assert first.call is not None
    assert second.call is None
    assert "item.id != 'B2' is false" in second.why


def test_each_over_nothing_makes_no_call_and_says_so(reading: Reading, configured: Configured) -> None:
    """Not an error: the order simply has no goods."""
    plan = CallPlan("AddLeadToGroup", {"rid": "x"}, each="body.nobody")
    [one] = consider(reading, *configured(plan))
    assert one.call is None
    assert "is empty" in one.why


def test_each_over_what_is_no_list_is_a_problem(reading: Reading, configured: Configured) -> None:
    """So is one over far too many."""
    for each in ("body.sum", "body.customer", "range(101)"):
        [call] = map_event(reading, *configured(CallPlan("AddLeadToGroup", {"rid": "x"}, each=each)))
        assert call.problems["each"]
        assert call.reason == "expression-failed"


def test_an_event_without_an_e_mail_fails_softly(reading: Reading, configured: Configured) -> None:
    """The reason says that there is nobody, and what became of the address that was there."""
    nobody = replace(reading, contact=Contact(), problems={"contact.email": "there is no @ in it"})
    [call] = map_event(nobody, *configured(CallPlan("AddLeadToGroup", {"rid": ["webinar"]})))
    assert call.reason == "no-contact"
    assert call.problems["lead_email"] == [
        "No contact to create: the event has no e-mail address.",
        "contact.email: there is no @ in it",
    ]


def test_a_failing_expression_is_a_problem_of_its_field(reading: Reading, configured: Configured) -> None:
    """It names itself, the value and the field; the rest of the call is still checked and shown."""
    params = {
        "goods": [{"good_name": "course", "good_sum": "{{ body.sum * 2 }}"}],
        "bill_created": "{{ body.sum | unix }}",
        "bill_aff": "x",
    }
    [call] = map_event(reading, *configured(CallPlan("CreateOrder", params)))
    assert call.reason == "expression-failed"
    assert set(call.problems) == {"goods.0.good_sum", "bill_created", "bill_aff"}
    assert "{{ body.sum * 2 }} failed" in call.problems["goods.0.good_sum"][0]
    assert "1 500,50" in call.problems["goods.0.good_sum"][0]


def test_a_number_of_an_order_inside_a_text_is_a_problem(reading: Reading, configured: Configured) -> None:
    """It cannot be written down before it is known."""
    [call] = map_event(reading, *configured(CallPlan("DeleteOrder", {"bill_id": "No. {{ bill_of(order.id) }}"})))
    assert "has to stand alone" in call.problems["bill_id"][0]


def test_wrong_parameters_are_problems_by_name(reading: Reading, configured: Configured) -> None:
    """As the function documents them."""
    [call] = map_event(
        reading, *configured(CallPlan("UpdateOrderStatus", {"bill_id": "0", "status": "{{ body.sum }}"}))
    )
    assert call.reason == "invalid-parameters"
    assert set(call.problems) == {"bill_id", "status"}
    assert call.params["status"] == "1 500,50"


def test_a_condition_that_fails_is_a_dead_letter_and_not_a_skipped_call(
    reading: Reading, configured: Configured
) -> None:
    """Losing a call in silence is the one thing that must not happen."""
    [call] = map_event(reading, *configured(CallPlan("AddLeadToGroup", {"rid": "x"}, when="body.sum > 100")))
    assert "cannot be compared" in call.problems["when"][0]


def test_what_a_mapping_says_counts_also_as_nothing(reading: Reading, configured: Configured) -> None:
    """An expression that finds nothing sends nothing, and in a list it vanishes."""
    params = {"rid": ["webinar", "{{ body.nobody }}"], "lead_phone": "{{ body.nobody }}", "lead_name": ""}
    [call] = map_event(reading, *configured(CallPlan("AddLeadToGroup", params)))
    assert call.params["rid"] == ["webinar"]
    assert "lead_phone" not in call.params
    assert "lead_name" not in call.params


def test_an_order_may_be_remembered_under_another_number(reading: Reading, configured: Configured) -> None:
    """``order_id`` replaces the reading's."""
    plan = CallPlan("CreateOrder", {"goods": [{"good_name": "course"}]}, order_id="{{ body.items[0].id }}")
    assert map_event(reading, *configured(plan))[0].order_id == "7"
    blanks = CallPlan("CreateOrder", {"goods": [{"good_name": "course"}]}, order_id=" {{ order.id }} {{ 'b' }} ")
    assert map_event(reading, *configured(blanks))[0].order_id == "10457 b"  # bill_of() asks without them as well


def test_a_reading_makes_its_own_calls_only(reading: Reading, configured: Configured) -> None:
    """Further events of the same request are kept and mapped each by itself."""
    several = replace(reading, further=(replace(reading, contact=Contact(email="boris@example.com")),))
    assert len(map_event(several, *configured(CallPlan("AddLeadToGroup", {"rid": "x"})))) == 1


def test_mapping_is_fast(reading: Reading, configured: Configured) -> None:
    """It runs inside the intake: a median far under two milliseconds."""
    plan = CallPlan("AddLeadToGroup", {"rid": ["webinar"], "tag": "{{ contact.utm.campaign }}"}, when="order.paid")
    hook, configuration = configured(plan)
    times = []
    for _ in range(200):
        start = time.thread_time()
        map_event(reading, hook, configuration)
        times.append(time.thread_time() - start)
    assert sorted(times)[100] < 0.002
