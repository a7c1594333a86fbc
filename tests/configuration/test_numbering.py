"""Hooks of one account whose orders may have equal numbers: a word of warning, where it may be a mistake only."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from relay.expressions import evaluate
from relay.hooks import doubts
from relay.mapping import map_event
from relay.models import Awaited, Configuration, Contact, Order, Reading

Loaded = Callable[[str], Configuration]


def hooks(*several: str) -> str:
    """``tilda``: a hook of this provider that makes orders; what else it says stands behind a blank."""
    return "hooks:\n" + "".join(hook(place, *words.split(" ", 1)) for place, words in enumerate(several, 1))


def hook(place: int, provider: str, more: str = "") -> str:
    head = f"  shop-{place}:\n    provider: {provider}\n    token: ${{HOOK_TOKEN}}\n"
    call = "{function: CreateOrder, params: {goods: [{good_name: course}]}}"
    if more.startswith("order_id"):
        call, more = call[:-1] + f", {more}}}", ""
    return head + (f"    {more}\n" if more else "") + ("" if "calls" in more else f"    calls: [{call}]\n")


PREFIXED = "order_id: \"{{ 'b-' ~ order.id if order.id }}\""
PAYMENTS = "calls: [{function: UpdateOrderStatus, params: {bill_id: '{{ bill_of(order.id) }}', status: paid}}]"


def both(made: str, asked: str) -> str:
    """One hook that makes orders and has them paid: under which number, and asked for by which."""
    order = f'{{function: CreateOrder, order_id: "{{{{ {made} }}}}", params: {{goods: [{{good_name: course}}]}}}}'
    return (
        "calls: ["
        + order
        + ", "
        + PAYMENTS.removeprefix("calls: [").replace("order.id", asked).replace("'{{", '"{{').replace("}}'", '}}"')
    )


@pytest.mark.parametrize(
    "several",
    [
        ("tilda", "tilda"),
        ("tilda", "woocommerce"),
        ("tilda", "generic order: {id: '{{ body.number }}'}"),
        ("generic order_id: '{{ body.no }}'", "generic order_id: \"{{ body['number'] | default('none') }}\""),
        ("tilda " + PREFIXED, "woocommerce order_id: 'b-{{ order.id }}'"),
        ("tilda", "woocommerce " + PREFIXED, "tilda order_id: '{{ order.payment_id }}'"),
    ],
)
def test_shops_that_may_count_alike_are_told(loaded: Loaded, several: tuple[str, ...]) -> None:
    """Both hooks, the account, and what to write where."""
    [told] = doubts(loaded(hooks(*several)))
    last = f"shop-{len(several)}"
    assert f"The hooks shop-1 and {last} make orders in the account school" in told
    assert f"at CreateOrder of {last} write order_id:" in told


@pytest.mark.parametrize(
    "several",
    [
        ("tilda",),
        ("tilda", "robokassa " + PAYMENTS),
        ("tilda", "woocommerce " + PREFIXED),
        ("tilda", "woocommerce order_id: 'b-{{ order.id }}'"),
        ("tilda", "generic order: {id: 'b-{{ body.number }}'}"),
        ("tilda order_id: '{{ hook }}-{{ order.id }}'", "tilda order_id: '{{ hook }}-{{ order.id }}'"),
        ("generic order_id: '{{ body.shop }}-{{ body.no }}'", "generic order_id: '{{ body.shop }}-{{ body.no }}'"),
        ("tilda", "generic"),
        ("calendly", "generic"),
    ],
)
def test_what_is_told_apart_or_meant_is_no_doubt(loaded: Loaded, several: tuple[str, ...]) -> None:
    """One hook makes the order and the other pays it; one is marked; orders without a number are never shared."""
    assert not list(doubts(loaded(hooks(*several))))


@pytest.mark.parametrize(
    ("several", "sentence"),
    [
        (
            ("tilda " + both("'b-' ~ order.id", "order.id"),),
            'asks for the order "...", and CreateOrder of this hook makes "b-..."',
        ),
        (
            ("tilda " + both("order.id", "'b-' ~ order.id"),),
            'asks for the order "b-...", and CreateOrder of this hook makes "..."',
        ),
        (("robokassa " + PAYMENTS,), "no hook of the account school makes orders"),
        (("robokassa " + PAYMENTS, "generic"), "no hook of the account school makes orders"),
    ],
)
def test_a_payment_that_would_wait_in_vain_is_told(loaded: Loaded, several: tuple[str, ...], sentence: str) -> None:
    """Its order is kept under another number, or nobody makes one."""
    [told] = doubts(loaded(hooks(*several)))
    assert "UpdateOrderStatus of the hook shop-1" in told
    assert sentence in told


@pytest.mark.parametrize(
    "more",
    [
        both("'b-' ~ order.id", "'b-' ~ order.id"),
        both("order.id", "order.payment_id"),
        both("hook ~ order.id", "'shop-1' ~ order.id"),
        both("hook ~ '-' ~ order.id", "'shop-1-' ~ order.id"),
        both("'b' ~ '-' ~ order.id", "'b-' ~ order.id | trim"),
        both("'b-' ~ order.id if order.id else 'p-' ~ order.payment_id", "'p-' ~ order.payment_id"),
        both("['b', order.id] | join('-')", "'b-' ~ order.id"),
        both("'b-' ~ order.id", "order.id | regex_replace('^', 'b-')"),
        both("order.id", "order_id=order.id"),
        both("order.id", "order['id']"),
        "order: {id: 'b-{{ body.number }}'}\n    " + both("order.id", "order.id"),
        "order: {id: 'b-{{ body.number }}'}\n    " + both("order.id", "'b-' ~ body.number"),
        "order: {id: 'b-{{ body.number }}'}\n    " + both("order['id']", "order['id']"),
        both("x", "'b-' ~ order.id").replace('"{{ x }}"', "'{% if order.id %}b-{{ order.id }}{% endif %}'"),
    ],
)
def test_a_payment_that_finds_its_order_is_no_doubt(loaded: Loaded, more: str) -> None:
    """However the number is put together."""
    assert not list(doubts(loaded(hooks("tilda " + more))))


def test_several_calls_of_one_hook_and_several_accounts_are_no_doubt(loaded: Loaded) -> None:
    """One event of a shop may make several orders; another account has numbers of its own."""
    two = hooks("tilda", "tilda").replace("provider: tilda", "provider: tilda\n    account: other", 1)
    accounts = "accounts:\n" + "".join(
        f"  {name}: {{login: demo, secret: '${{HOOK_SECRET}}'}}\n" for name in ("school", "other")
    )
    several = accounts + two.replace("tilda\n    token", "tilda\n    account: school\n    token")
    assert not list(doubts(loaded(several)))
    twice = hooks("tilda").replace("calls: [", "calls: [{function: CreateOrder, params: {goods: [{good_name: a}]}}, ")
    assert not list(doubts(loaded(twice)))


def test_what_it_advises_is_right(loaded: Loaded) -> None:
    """Written as it says, the doubt is gone; and an order without a number does not become the order "shop-2-"."""
    [told] = doubts(loaded(hooks("tilda", "tilda")))
    order_id, bill_id = re.findall(r'_id: "([^"]+)"', told)
    configuration = loaded(hooks("tilda", f'tilda order_id: "{order_id}"'))
    assert not list(doubts(configuration))
    for number, kept in (("100", "shop-2-100"), (None, None)):
        reading = Reading(Contact(email="anna@example.com"), Order(id=number))
        [call] = map_event(reading, configuration.hooks["shop-2"], configuration)
        assert (call.order_id, call.problems) == (kept, {})
    assert evaluate(bill_id, {"order": Order(id="100")}) == Awaited("bill:shop-2-100")
