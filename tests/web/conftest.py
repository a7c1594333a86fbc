"""The web half over a real Redis, with a configuration of its own, and visitors inside and outside of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from app import create_app
from config.settings import load_settings
from relay.parts import Parts
from tests.support.story import Story

PASSWORD, API_TOKEN = "page-password", "api-token"
CONFIGURATION = """
accounts:
  school:
    login: ${JUSTCLICK_LOGIN}
    secret: ${JUSTCLICK_SECRET}
    url: http://127.0.0.1:9
    max_per_second: 1000
    max_in_flight: 1000
hooks:
  lead:
    provider: generic
    token: ${LEAD_TOKEN}
    contact: {email: "{{ body.email }}", name: "{{ body.name }}", phone: "{{ body.phone | phone('RU') }}"}
    calls:
      - when: body.skip is not defined
        function: AddLeadToGroup
        params: {rid: "{{ body.group | default('webinar') }}", tag: "{{ body.tag }}"}
  order:
    provider: generic
    token: ${LEAD_TOKEN}
    contact: {email: "{{ body.email }}"}
    order: {id: "{{ body.order }}", amount: "{{ body.amount }}"}
    calls:
      - function: CreateOrder
        params: {goods: [{good_name: course, good_sum: "{{ order.amount }}"}]}
  payment:
    provider: generic
    token: ${LEAD_TOKEN}
    order: {id: "{{ body.order }}"}
    calls:
      - function: UpdateOrderStatus
        params: {bill_id: "{{ bill_of(order.id) }}", status: paid, date: "{{ now }}"}
"""
ENVIRON = {
    "RELAY_PASSWORD": PASSWORD,
    "RELAY_API_TOKEN": API_TOKEN,
    "SECRET_KEY": "cookies",
    "JUSTCLICK_LOGIN": "demo",
    "JUSTCLICK_SECRET": "the-account-secret",
    "LEAD_TOKEN": "lead-token",
}


@dataclass
class Web:
    app: Flask
    story: Story

    def visitor(self) -> FlaskClient:
        """Somebody who has not logged in."""
        return self.app.test_client()

    def insider(self, language: str = "en") -> FlaskClient:
        """Somebody who has."""
        client = self.app.test_client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        token = form_token(client.get("/login").text)
        assert client.post("/login", data={"csrf": token, "password": PASSWORD}).status_code == 303
        return client

    def api(self, token: str = API_TOKEN) -> FlaskClient:
        client = self.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client


def form_token(html: str) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', html)
    assert found, "there is no form on this page"
    return found.group(1)


@pytest.fixture
def make_web(redis: Redis, tmp_path: Path) -> Callable[..., Web]:
    """A web half with other environment variables, or another configuration."""

    def make(configuration: str = CONFIGURATION, **environ: str) -> Web:
        path = tmp_path / "relay.yaml"
        path.write_text(configuration, encoding="utf-8")
        settings = load_settings({**ENVIRON, "RELAY_CONFIG": str(path), "RELAY_LOG_LEVEL": "error", **environ})
        app = create_app(settings, redis)
        parts: Parts = app.extensions["relay"]
        return Web(app, Story(parts.store, parts.configuration))

    return make


@pytest.fixture
def web(make_web: Callable[..., Web]) -> Web:
    """A web half with a worker that is alive and nothing else yet."""
    found = make_web()
    found.story.beats()
    return found
