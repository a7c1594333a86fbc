"""Handshakes that must not be answered: with a wrong token, a wrong secret, or with nothing to say."""

from __future__ import annotations

import json
from typing import Any

import pytest

from relay import providers
from relay.errors import Unverified
from relay.models import Answer, Hook, WebhookRequest


def hook(provider: str, **options: Any) -> Hook:
    return Hook(**{"name": "sample", "provider": provider, "account": "school"} | options)


def greeted(provider: str, query: str, own: Hook) -> Answer | None:
    return providers.find(provider).handshake(WebhookRequest("GET", query, {}, b""), own)


def test_meta_is_told_no_with_a_wrong_verify_token() -> None:
    """403 is what it expects then; the hook's token in the URL may serve as the verify token."""
    query = "hub.mode=subscribe&hub.challenge=42&hub.verify_token=right"
    for own, status in (
        (hook("meta_leads", options={"verify_token": "right"}), 200),
        (hook("meta_leads", options={"verify_token": "other"}), 403),
        (hook("meta_leads", tokens=("right",)), 200),
        (hook("meta_leads", tokens=("other",)), 403),
        (hook("meta_leads"), 200),
    ):
        answer = greeted("meta_leads", query, own)
        assert answer is not None
        assert answer.status == status
        assert (answer.body == "42") == (status == 200)
    assert greeted("meta_leads", "hub.challenge=42", hook("meta_leads")) is None


STRING = {"options": {"confirmation": "c0de"}}


@pytest.mark.parametrize(
    ("body", "own", "status", "told"),
    [
        ({"type": "confirmation", "group_id": 1}, {"options": {"confirmation": "c0de"}}, 200, "c0de"),
        (
            {"type": "confirmation", "secret": "s"},
            {"options": {"confirmation": "c0de"}, "secrets": ("s",)},
            200,
            "c0de",
        ),
        ({"type": "confirmation"}, {}, 503, "This hook has no option `confirmation` yet."),
    ],
)
def test_vk_is_told_the_string(body: dict, own: dict, status: int, told: str) -> None:
    """Also before a secret was set there; without a string it must try again later."""
    request = WebhookRequest("POST", "", {"content-type": "application/json"}, json.dumps(body).encode())
    answer = providers.find("vk").handshake(request, hook("vk", **own))
    assert answer is not None
    assert (answer.status, answer.body) == (status, told)


def test_vk_with_a_wrong_secret_is_told_nothing() -> None:
    """It is no handshake then, and refused like any other."""
    body = b'{"type": "confirmation", "secret": "wrong"}'
    request = WebhookRequest("POST", "", {"content-type": "application/json"}, body)
    own = hook("vk", options={"confirmation": "c0de"}, secrets=("right",))
    assert providers.find("vk").handshake(request, own) is None
    with pytest.raises(Unverified):
        providers.find("vk").verify(request, own, 0)
