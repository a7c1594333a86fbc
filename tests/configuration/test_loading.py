"""A right file becomes a Configuration."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path

import pytest

from relay.configuration.fields import seconds
from relay.hooks import load, variables
from relay.models import Configuration

Loaded = Callable[[str], Configuration]
EXAMPLE = Path(__file__).resolve().parents[2] / "config" / "relay.yaml"


def test_the_contracts_own_example_is_right(loaded: Loaded) -> None:
    """As it is written in the product's description."""
    configuration = loaded(
        """\
accounts:
  school:
    login: ${JUSTCLICK_LOGIN}
    secret: ${JUSTCLICK_SECRET}
    url: https://${JUSTCLICK_LOGIN}.justclick.ru
    max_in_flight: 16
    max_per_second: 10
    timeout: 15

hooks:
  webinar:
    provider: tilda
    secret: ${HOOK_SECRET}
    calls:
      - function: AddLeadToGroup
        params: {rid: [webinar], tag: "{{ contact.utm.campaign }}"}
        accept: [102]

  payments:
    provider: stripe
    secret: ${HOOK_SECRET}
    calls:
      - when: event_type == "checkout.session.completed"
        function: CreateOrder
        params: {goods: [{good_name: course, good_sum: "{{ order.amount }}"}]}
      - when: event_type == "checkout.session.completed" and order.paid
        function: UpdateOrderStatus
        params: {bill_id: "{{ bill_of(order.id) }}", status: paid, date: "{{ order.paid_at | unix }}"}

  crm:
    provider: generic
    verify: {hmac: sha256, encoding: hex, header: X-Signature, prefix: "sha256=", secret: "${HOOK_SECRET}"}
    event_id: "{{ headers['X-Request-Id'] }}"
    contact: {email: "{{ body.customer.mail | lower }}", phone: "{{ body.customer.tel | phone('RU') }}"}
    answer: {status: 200, type: application/json, body: '{"accepted": true}'}
    calls:
      - {function: DeleteSubscribe, when: "body.action == 'unsubscribe'", params: {rass_name: webinar}}
"""
    )
    account = configuration.accounts["school"]
    assert (account.login, account.secrets, account.url) == ("demo", ("account-secret",), "https://demo.justclick.ru")
    assert (account.max_in_flight, account.max_per_second, account.timeout) == (16, 10.0, 15.0)
    webinar, payments, crm = configuration.hooks.values()
    assert webinar.secrets == ("hook-secret",)
    assert webinar.calls[0].params == {"rid": ["webinar"], "tag": "{{ contact.utm.campaign }}"}
    assert webinar.calls[0].accept == (102,)
    assert webinar.calls[0].line == 15
    assert [plan.function for plan in payments.calls] == ["CreateOrder", "UpdateOrderStatus"]
    assert crm.secrets == ("hook-secret",)
    assert crm.verify == {"hmac": "sha256", "encoding": "hex", "header": "X-Signature", "prefix": "sha256="}
    assert crm.answer == {"status": 200, "type": "application/json", "body": '{"accepted": true}'}
    assert crm.line == 30


def test_every_key_of_a_hook_is_read(loaded: Loaded) -> None:
    """With its units and in its type."""
    hook = loaded(
        """\
hooks:
  all-keys_1:
    provider: generic
    account: school
    secret: ["${HOOK_SECRET}", "${JUSTCLICK_SECRET}"]
    token: ${HOOK_TOKEN}
    verify: {hmac: sha256, header: X-Sig}
    tolerance: 5 min
    hash: sha512
    addresses: [185.71.76.0/27, 2a02:5180::/32, 10.0.0.1]
    country: kz
    event_id: "{{ body.id }}"
    event_window: 2 days
    contact: {email: "{{ body.mail }}", utm: {campaign: "{{ body.c }}"}, custom: {any: "{{ body.x }}"}}
    order: {id: "{{ body.no }}", goods: {each: body.lines, id: "{{ item.sku }}"}}
    event_type: "{{ body.kind }}"
    test: body.mode == 'test'
    answer: {body: done, headers: {X-A: b}}
    options: {region: eu}
    max_per_minute: 60
    calls:
      - function: CreateOrder
        name: shop
        params: {goods: "{{ order.goods | goods_of }}"}
        order_id: "{{ order.payment_id }}"
        retry: [5, 1 min, 2h]
        wait: 1 day
      - function: AddLeadToGroup
        each: order.goods
        params: {rid: "{{ item.id | lookup('groups') }}", noaff: true, aff: 17}
        accept: 102
        when: false
tables:
  groups: {A1: webinar, 17: 0017}
"""
    )
    read = hook.hooks["all-keys_1"]
    assert read.secrets == ("hook-secret", "account-secret")
    assert read.tokens == ("hook-token",)
    assert (read.tolerance, read.hash, read.country, read.event_window) == (300.0, "sha512", "KZ", 172800.0)
    assert read.addresses is not None
    assert ip_network("10.0.0.1/32") in read.addresses
    assert (read.max_per_minute, read.options, read.test) == (60, {"region": "eu"}, "body.mode == 'test'")
    create, add = read.calls
    assert (create.name, create.retry, create.wait) == ("shop", (5.0, 60.0, 7200.0), 86400.0)
    assert create.order_id == "{{ order.payment_id }}"
    assert (add.each, add.accept, add.when) == ("order.goods", (102,), "false")
    assert hook.tables == {"groups": {"A1": "webinar", "17": "0017"}}


@pytest.mark.parametrize(
    ("written", "length"),
    [
        (90, 90),
        ("90", 90),
        ("6h", 21600),
        ("2 days", 172800),
        ("1 h 30 min", 5400),
        ("1.5 hours", 5400),
        ("1 week", 604800),
    ],
)
def test_durations(written: object, length: float) -> None:
    """Seconds, or a number with a unit."""
    assert seconds(written) == length


@pytest.mark.parametrize("written", ["", "soon", "5 lightyears", "h", "1 30", "-5", True, None, [5]])
def test_what_is_no_duration(written: object) -> None:
    """Refused, not guessed."""
    with pytest.raises(ValueError):
        seconds(written)


def test_several_accounts_and_a_rotating_secret(loaded: Loaded) -> None:
    """A hook names its own; the newest secret comes first; http is fine on this machine."""
    configuration = loaded(
        """\
accounts:
  ru: {login: shop-ru, secret: ["${HOOK_SECRET}", "${JUSTCLICK_SECRET}"], url: "http://127.0.0.1:8400/", retry: [1, 2]}
  io: {login: Shop, secret: "${JUSTCLICK_SECRET}", max_per_second: 0.5}
hooks:
  a: {provider: tilda, account: io, secret: "${HOOK_SECRET}"}
  b: {provider: generic, account: ru, verify: none}
"""
    )
    assert configuration.accounts["ru"].secrets == ("hook-secret", "account-secret")
    assert configuration.accounts["ru"].url == "http://127.0.0.1:8400"
    assert configuration.accounts["ru"].retry == (1.0, 2.0)
    assert configuration.accounts["io"].url == "https://shop.justclick.ru"
    assert configuration.hooks["a"].account == "io"
    assert configuration.hooks["b"].verify == "none"


def test_money_in_the_file_keeps_every_digit(loaded: Loaded) -> None:
    """No float on its way into a signature."""
    hook = loaded(
        "hooks:\n  h:\n    provider: tilda\n    secret: ${HOOK_SECRET}\n    calls:\n"
        "      - {function: CreateOrder, params: {goods: [{good_name: course, good_sum: 1990.10}]}}\n"
    )
    assert hook.hooks["h"].calls[0].params["goods"][0]["good_sum"] == Decimal("1990.10")


def test_no_secret_shows_in_the_configuration(loaded: Loaded) -> None:
    """It may be printed or logged."""
    configuration = loaded("hooks:\n  h: {provider: tilda, secret: '${HOOK_SECRET}', token: '${HOOK_TOKEN}'}\n")
    shown = repr(configuration)
    assert "hook-secret" not in shown
    assert "hook-token" not in shown
    assert "account-secret" not in shown


def test_the_projects_own_file_is_right() -> None:
    """With any values for the variables that it names, and the sandbox's address."""
    names = variables(EXAMPLE)
    assert names[:2] == ["JUSTCLICK_LOGIN", "JUSTCLICK_SECRET"]
    assert "JUSTCLICK_URL" not in names
    configuration = load(EXAMPLE, dict.fromkeys(names, "made-up") | {"JUSTCLICK_URL": "http://127.0.0.1:8400"})
    assert list(configuration.hooks) == ["lead", "webinar", "payments", "crm"]
    assert configuration.accounts["school"].url == "http://127.0.0.1:8400"
    assert configuration.hooks["lead"].tokens == ("made-up",)


def test_a_list_with_commas_may_hold_expressions(loaded: Loaded) -> None:
    """Some of its members are known only with an event."""
    tags = "params: {lead_tags: ['{{ contact.city }}', vip]}"
    hook = f"tilda\n    secret: ${{HOOK_SECRET}}\n    calls: [{{function: UpdateSubscriberData, {tags}}}]"
    [plan] = loaded(f"hooks:\n  h:\n    provider: {hook}\n").hooks["h"].calls
    assert plan.params == {"lead_tags": ["{{ contact.city }}", "vip"]}
