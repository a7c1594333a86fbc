"""What becomes of a webhook: a real worker process, a JustClick on good and bad days, the states of the contract."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from relay.intake import Intake
from relay.justclick.sandbox import Sandbox
from relay.store import DeliveryFilter, Store
from tests.support.deliveries import ended, send
from tests.support.making import a_delivery, keep
from tests.support.running import Running, eventually


def test_a_lead_arrives_unharmed(running: Running, intake: Intake, store: Store, sandbox: Sandbox) -> None:
    """Every value as it was sent: Cyrillic, emoji, plus signs, tildes; the phone in E.164."""
    running.start_worker()
    tag = "осень ~*'()!+&=%20 🎓 e\u0301"
    sent = send(
        intake, "lead", id="1", email="Anna@Example.com", name="Анна Смирнова", phone="8 (999) 000-00-00", tag=tag
    )
    delivered = ended(store, sent)
    assert (delivered.state, delivered.code, delivered.attempts[0].status) == ("delivered", 0, 200)
    [call] = sandbox.calls_of("AddLeadToGroup")
    assert call.signed
    assert call.params["tag"] == tag
    assert (call.params["lead_phone"], call.params["lead_name"]) == ("+79990000000", "Анна Смирнова")


@pytest.mark.parametrize("code", [100, 103, 101, 900, 4711])
def test_a_refusal_is_a_dead_letter(
    running: Running, intake: Intake, store: Store, sandbox: Sandbox, code: int
) -> None:
    """One call, no second; code and text are kept."""
    running.start_worker()
    dead = ended(store, send(intake, "lead", id="1", email=f"code-{code}@trouble.test"))
    assert (dead.state, dead.code, dead.reason, dead.number) == ("dead", code, "refused", 1)
    assert len(sandbox.calls_of("AddLeadToGroup")) == 1


@pytest.mark.parametrize(
    "trouble",
    [{"status": 503}, {"status": 429, "retry_after": "1"}, {"shape": "html"}, {"shape": "empty"}, {"shape": "cut"}],
    ids=str,
)
def test_what_carries_no_answer_is_tried_again(
    running: Running, intake: Intake, store: Store, sandbox: Sandbox, trouble: dict[str, Any]
) -> None:
    """Two bad answers, then a good one: delivered at the third attempt, and the attempts are told."""
    sandbox.trouble(times=2, **trouble)
    running.start_worker()
    done = ended(store, send(intake, "lead", id="1", email="anna@example.com"))
    assert (done.state, done.number) == ("delivered", 3)
    assert [attempt.trigger for attempt in done.attempts] == ["postponed", "postponed", "accepted"]


def test_when_the_tries_are_used_up_it_is_a_dead_letter(
    running: Running, intake: Intake, store: Store, sandbox: Sandbox
) -> None:
    """The account's four retries, then a person."""
    sandbox.trouble(status=503)
    running.start_worker()
    dead = ended(store, send(intake, "lead", id="1", email="anna@example.com"))
    assert (dead.state, dead.reason, dead.number) == ("dead", "tries-used-up", 5)


def test_a_forged_answer_is_not_believed(running: Running, intake: Intake, store: Store, sandbox: Sandbox) -> None:
    """Code 0 under a wrong hash is no success."""
    sandbox.trouble(shape="forged")
    running.start_worker()
    dead = ended(store, send(intake, "lead", id="1", email="anna@example.com"))
    assert (dead.state, dead.reason) == ("dead", "forged")


@pytest.mark.parametrize("shape", ["half", "cut"])
def test_an_order_whose_answer_is_lost_is_made_once(
    running: Running, intake: Intake, store: Store, sandbox: Sandbox, shape: str
) -> None:
    """Lost after the order was made, and before: exactly one order exists, and the delivery knows its number."""
    sandbox.trouble(shape=shape, function="CreateOrder", times=1)
    running.start_worker()
    done = ended(store, send(intake, "order", order="10457", email="anna@example.com", amount="4900.00"))
    assert done.state == "delivered", (done.reason, done.note)
    assert len(sandbox.state.orders) == 1
    assert str(done.result["bill_id"]) == str(next(iter(sandbox.state.orders)))


@pytest.mark.parametrize("shape", ["half", "cut"])
def test_a_payment_whose_answer_is_lost_is_made_once(
    running: Running, intake: Intake, store: Store, sandbox: Sandbox, shape: str
) -> None:
    """Marking as paid twice may pay twice: the order is looked at first, after and before it was done."""
    running.start_worker()
    ended(store, send(intake, "order", order="10457", email="anna@example.com", amount="4900.00"))
    sandbox.trouble(shape=shape, function="UpdateOrderStatus", times=1)
    done = ended(store, send(intake, "payment", order="10457"))
    assert done.state == "delivered", (done.reason, done.note)
    [order] = sandbox.state.orders.values()
    assert (order.paid > 0, order.payments) == (True, 1)
    assert sum(1 for call in sandbox.calls_of("UpdateOrderStatus") if call.acted) == 1


def test_a_lead_whose_answer_is_lost_counts_when_it_is_there_already(
    running: Running, intake: Intake, store: Store, sandbox: Sandbox
) -> None:
    """Repeated, JustClick says 102: that is success now, and the delivery says why."""
    sandbox.trouble(shape="half", function="AddLeadToGroup", times=1)
    running.start_worker()
    done = ended(store, send(intake, "lead", id="1", email="anna@example.com"))
    assert (done.state, done.code, [one.code for one in done.attempts]) == ("delivered", 102, [None, 102])
    assert "had worked" in (done.note or "")


def test_when_nobody_can_tell_a_person_decides(
    running: Running, intake: Intake, store: Store, sandbox: Sandbox
) -> None:
    """The answer to an order was lost and the looking functions are refused: dead, with both facts."""
    sandbox.trouble(shape="half", function="CreateOrder", times=1)
    for function in ("GetBills", "getOrderDetails", "getOrdersWithGoods", "GetOrders"):
        sandbox.trouble(code=3, function=function)
    running.start_worker()
    dead = ended(store, send(intake, "order", order="10457", email="anna@example.com", amount="4900.00"))
    assert (dead.state, dead.reason) == ("dead", "uncertain")
    assert "lost" in (dead.note or "")
    assert "3" in (dead.note or "")
    assert len(sandbox.calls_of("CreateOrder")) == 1


def test_a_payment_that_overtakes_its_order_waits(
    running: Running, intake: Intake, store: Store, sandbox: Sandbox
) -> None:
    """And is marked as paid the moment the order exists."""
    running.start_worker()
    payment = send(intake, "payment", order="10457")
    ended(store, payment, "waiting")
    ended(store, send(intake, "order", order="10457", email="anna@example.com", amount="4900.00"))
    assert ended(store, payment, seconds=20).state == "delivered"
    [order] = sandbox.state.orders.values()
    assert order.paid


def test_two_hooks_make_one_order(running: Running, intake: Intake, store: Store, sandbox: Sandbox) -> None:
    """Form and payment system both tell of order 10457."""
    sandbox.trouble(delay=0.3, function="CreateOrder")
    one = send(intake, "order", order="10457", email="anna@example.com", amount="4900.00")
    two = send(intake, "order", order="10457", email="anna@example.com", amount="4900")
    running.start_worker()
    assert {ended(store, one).state, ended(store, two).state} == {"delivered"}
    assert len(sandbox.calls_of("CreateOrder")) == len(sandbox.state.orders) == 1


def test_a_wrong_key_is_asked_about_once(running: Running, intake: Intake, store: Store, sandbox: Sandbox) -> None:
    """1,000 deliveries wait when the key becomes wrong: no more wrong calls than may be in flight, plus one check."""
    for number in range(1000):
        send(intake, "lead", id=str(number), email=f"p{number}@example.com")
    sandbox.default.secret = "another-secret"
    running.start_worker()
    eventually(lambda: store.counts()["held"] == 1000, what="1,000 held")
    assert 1 <= len(sandbox.calls) <= 64 + 1
    gate = store.gates()["account:school"]
    assert (gate.state, gate.code) == ("closed", 4)
    sandbox.default.secret = "sandbox-secret"
    store.probe_gate("account:school")
    eventually(lambda: store.counts()["delivered"] == 1000, 60, "all delivered")
    assert store.gates() == {}


def test_parameters_that_break_the_signature_do_not_pause_the_account(
    running: Running, intake: Intake, store: Store, sandbox: Sandbox
) -> None:
    """Code 4 for one call while GetAllGroups passes: this call is at fault."""
    sandbox.trouble(code=4, function="AddLeadToGroup", times=1)
    running.start_worker()
    dead = ended(store, send(intake, "lead", id="1", email="anna@example.com"))
    assert (dead.state, dead.code) == ("dead", 4)
    assert ended(store, send(intake, "lead", id="2", email="boris@example.com")).state == "delivered"


def test_an_unreachable_justclick_burns_no_tries(
    running: Running, intake: Intake, store: Store, sandbox: Sandbox
) -> None:
    """It is down while 200 deliveries wait: most are held untouched, and all go on by themselves when it is back."""
    for number in range(200):
        send(intake, "lead", id=str(number), email=f"p{number}@example.com")
    sandbox.trouble(status=503)
    running.start_worker()
    gate = eventually(lambda: store.gates().get("account:school"), what="the gate")
    assert gate.reason == "account-unreachable"
    eventually(lambda: store.counts()["held"] >= 130, what="the rest held")
    held = store.deliveries(DeliveryFilter(state="held"), limit=200).items
    assert sum(one.tries == 0 for one in held) >= 100, "all but those whose calls were open when it began"
    assert max(one.tries for one in held) <= 1
    sandbox.clear_trouble()
    eventually(lambda: store.counts()["delivered"] == 200, 60, "all delivered")
    assert store.gates() == {}


def test_code_8_rests_the_function_for_a_day(running: Running, intake: Intake, store: Store, sandbox: Sandbox) -> None:
    """Every call would prolong the block: one is made, the rest is held."""
    running.start_worker()
    ended(store, send(intake, "lead", id="1", email="code-8@trouble.test"), "held")
    ended(store, send(intake, "lead", id="2", email="anna@example.com"), "held")
    gate = store.gates()["function:school:AddLeadToGroup"]
    assert gate.until is not None
    assert 23.9 * 3600_000 < gate.until - gate.since <= 24 * 3600_000
    assert len(sandbox.calls) == 1


def test_what_cannot_be_mapped_is_a_dead_letter_at_once(intake: Intake, store: Store) -> None:
    """No e-mail: nothing is sent, the reason is told field by field."""
    dead = send(intake, "lead", id="1", name="Анна")
    assert (dead.state, dead.reason) == ("dead", "no-contact")
    assert dead.problems
    assert store.deliveries(DeliveryFilter(state="dead", hook="lead")).items[0].id == dead.id


def test_a_fault_of_ours_is_a_dead_letter_and_no_endless_loop(
    running: Running, intake: Intake, store: Store, sandbox: Sandbox
) -> None:
    """A delivery that no code of ours can carry out is shown to a person once, and the worker goes on."""
    impossible = a_delivery(function="NoSuchFunction", hook="lead", doubtful_since=1)
    keep(store, impossible, hook="lead")
    running.start_worker()
    dead = ended(store, impossible)
    assert (dead.state, dead.reason, dead.number) == ("dead", "internal-error", 1)
    assert ended(store, send(intake, "lead", id="1", email="anna@example.com")).state == "delivered"


def test_connections_of_a_peak_are_closed_when_it_is_over(
    running: Running, intake: Intake, store: Store, sandbox: Sandbox
) -> None:
    """A quiet worker holds none: they would be closed by the other side, and stay open with us for ever."""
    sandbox.trouble(delay=0.5)
    for number in range(20):
        send(intake, "lead", id=str(number), email=f"p{number}@example.com")
    worker = psutil.Process(running.start_worker().pid)

    def to_justclick() -> int:
        port = urlsplit(sandbox.url).port
        return sum(bool(one.raddr) and one.raddr.port == port for one in worker.net_connections("tcp"))

    eventually(lambda: to_justclick() == 20, 60, "the peak")
    eventually(lambda: store.counts()["delivered"] == 20, what="all delivered")
    eventually(lambda: to_justclick() == 0, what="none left")
