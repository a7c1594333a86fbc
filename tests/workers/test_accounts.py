"""Several accounts: each has its own login, secrets, address, limits and pause."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from relay import hooks
from relay.intake import Intake
from relay.justclick.sandbox import Sandbox
from relay.models import WebhookRequest
from relay.store import Store
from tests.support.running import Running, eventually

CONFIGURATION = """
accounts:
  school: {login: demo, secret: "${JUSTCLICK_SECRET}", url: "${JUSTCLICK_URL}", max_per_second: 200}
  shop:
    login: other
    secret: ["${SHOP_NEW}", "${SHOP_OLD}"]
    url: ${SHOP_URL}
    max_in_flight: 2
    max_per_second: 200
hooks:
  one: {provider: generic, token: "${LEAD_TOKEN}", account: school, contact: {email: "{{ body.email }}"},
        calls: [{function: AddLeadToGroup, params: {rid: webinar}}]}
  two: {provider: generic, token: "${LEAD_TOKEN}", account: shop, contact: {email: "{{ body.email }}"},
        calls: [{function: AddLeadToGroup, params: {rid: webinar}}]}
"""


@pytest.fixture
def shop() -> Iterator[Sandbox]:
    """The other account's JustClick; ``sandbox`` is the school's."""
    with Sandbox(login="other", secret="shop-old-secret") as running:
        yield running


@pytest.fixture
def running(tmp_path: Path, redis_url: str, sandbox: Sandbox, shop: Sandbox) -> Iterator[Running]:
    more = {"SHOP_NEW": "shop-new-secret", "SHOP_OLD": "shop-old-secret", "SHOP_URL": shop.url}
    relay = Running(tmp_path, redis_url, sandbox.url, configuration=CONFIGURATION, more_environ=more)
    yield relay
    relay.stop()


def post(intake: Intake, hook: str, number: int) -> None:
    body = json.dumps({"email": f"p{number}@example.com"}).encode()
    request = WebhookRequest("POST", "", {"content-type": "application/json"}, body, "127.0.0.1", "lead-token")
    intake.receive(intake.configuration.hooks[hook], request)


@pytest.fixture
def intake(running: Running, store: Store) -> Intake:
    return Intake(hooks.load(running.environ["RELAY_CONFIG"], running.environ), store, 1024 * 1024)


def test_each_goes_to_its_own(running: Running, intake: Intake, store: Store, sandbox: Sandbox, shop: Sandbox) -> None:
    """While the shop's secret is being rotated the answer's hash tells which one counts."""
    for number in range(10):
        post(intake, "one", number)
        post(intake, "two", 100 + number)
    running.start_worker()
    eventually(lambda: store.counts()["delivered"] == 20, 60, "all delivered")
    assert set(sandbox.state.contacts) == {f"p{number}@example.com" for number in range(10)}
    assert set(shop.state.contacts) == {f"p{100 + number}@example.com" for number in range(10)}
    assert shop.default.log.counts()["most_in_flight"] <= 2


def test_the_pause_of_one_does_not_stop_the_other(
    running: Running, intake: Intake, store: Store, shop: Sandbox
) -> None:
    """The shop's account is disabled (code 7): its deliveries are held, the school's arrive."""
    shop.default.disabled = True
    for number in range(10):
        post(intake, "one", number)
        post(intake, "two", 100 + number)
    running.start_worker()
    eventually(lambda: (store.counts()["delivered"], store.counts()["held"]) == (10, 10), 60, "10 and 10")
    assert {name: gate.code for name, gate in store.gates().items()} == {"account:shop": 7}
