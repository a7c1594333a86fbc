"""Senders that bring several events in one request, and a hook that says by what a repeat is known: none is lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from relay.intake import Intake, Receipt
from relay.models import WebhookRequest
from relay.store import Store

HOOK = """
accounts:
  school: {login: demo, secret: "${JUSTCLICK_SECRET}", url: "${JUSTCLICK_URL}"}
hooks:
  crm:
    provider: PROVIDER
    token: "${LEAD_TOKEN}"
    event_id: "EVENT_ID"
    contact: {email: "anna@example.com"}
    calls:
      - {function: AddLeadToGroup, params: {rid: [webinar]}}
"""
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def amocrm(*numbers: int) -> WebhookRequest:
    pairs = [(f"contacts[add][{place}][id]", number) for place, number in enumerate(numbers)]
    return batch(urlencode(pairs).encode(), FORM)


def hubspot(*numbers: int) -> WebhookRequest:
    changes = [{"eventId": 7, "objectId": number, "subscriptionType": "contact.creation"} for number in numbers]
    return batch(json.dumps(changes).encode(), JSON)


def meta_leads(*numbers: int) -> WebhookRequest:
    changes = [{"field": "leadgen", "value": {"leadgen_id": str(number)}} for number in numbers]
    return batch(json.dumps({"object": "page", "entry": [{"id": "1", "changes": changes}]}).encode(), JSON)


def batch(body: bytes, content_type: str) -> WebhookRequest:
    headers = {"content-type": content_type, "x-request-id": "r1"}
    return WebhookRequest("POST", "", headers, body, address="10.0.0.1", token="lead-token")


def crm(make_intake: Callable[..., Intake], provider: str, event_id: str) -> Callable[[WebhookRequest], Receipt]:
    intake = make_intake(HOOK.replace("PROVIDER", provider).replace("EVENT_ID", event_id))
    return lambda request: intake.receive(intake.configuration.hooks["crm"], request)


def parts(store: Store) -> Sequence[int]:
    return sorted(event.part for event in store.events().items)


@pytest.mark.parametrize("several", [amocrm, hubspot, meta_leads], ids=lambda made: made.__name__)
def test_an_id_of_the_whole_request_loses_no_part(
    make_intake: Callable[..., Intake], store: Store, several: Callable[..., WebhookRequest]
) -> None:
    """Each part is an event of its own; the same request again is a repeat of them all."""
    receive = crm(make_intake, several.__name__, "{{ headers['X-Request-Id'] }}")
    first = receive(several(1, 2, 3))
    assert parts(store) == [0, 1, 2]
    again = receive(several(1, 2, 3))
    assert (first.duplicate, again.duplicate, again.event_id) == (False, True, first.event_id)
    assert store.counts()["queued"] == 3


def test_what_is_said_twice_in_one_request_is_a_repeat(make_intake: Callable[..., Intake], store: Store) -> None:
    """Word for word, under one id: as if it had come in two requests."""
    receive = crm(make_intake, "amocrm", "{{ headers['X-Request-Id'] }}")
    receive(amocrm(1, 2, 2, 3, 1))
    assert parts(store) == [0, 1, 3]


def test_an_id_of_each_part_stays_as_it_is(make_intake: Callable[..., Intake], store: Store) -> None:
    """Its place in a request says nothing then: sent again in another batch, it is a repeat."""
    receive = crm(make_intake, "hubspot", "{{ body.objectId }}")
    receive(hubspot(1, 2))
    assert not receive(hubspot(2, 3)).duplicate
    assert store.counts()["queued"] == 3


def test_the_providers_own_id_stays_as_it_is(make_intake: Callable[..., Intake], store: Store) -> None:
    """It is one of each event: told twice in one request with other words around it, it is a repeat."""
    intake = make_intake(HOOK.replace("PROVIDER", "meta_leads").replace('    event_id: "EVENT_ID"\n', ""))
    request = meta_leads(5, 5)
    told_later = request.body.replace(b'"leadgen_id": "5"', b'"created_time": 1, "leadgen_id": "5"', 1)
    intake.receive(intake.configuration.hooks["crm"], replace(request, body=told_later))
    assert parts(store) == [0]
