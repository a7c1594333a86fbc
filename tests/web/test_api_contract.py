"""Every answer of the JSON API keeps what the OpenAPI document promises, and has what the contract names."""

from __future__ import annotations

from typing import Any

import pytest

from relay.outcomes import Accepted, Refused, Unreached
from relay.store import DeliveryFilter
from tests.support.openapi_check import check_answer
from tests.web.conftest import Web

FIELDS = {
    *("state", "function", "params", "hook", "account", "event_id", "code", "text", "reason"),
    *("next_attempt_at", "result", "attempts"),
}


@pytest.fixture
def busy(web: Web) -> dict[str, str]:
    """A relay with something in every state; ids by what became of them."""
    story = web.story
    found = {name: story.lead(f"{name}@example.com") for name in ("dead", "dead2", "retrying", "sending", "other")}
    story.claim()
    story.answered(found["dead"], Refused(103, "Incorrect rass_id"))
    story.answered(found["dead2"], Refused(100, "Email is missing"))
    story.answered(found["retrying"], Unreached("timeout", "No answer.", may_have_arrived=True))
    order = story.came("order", {"email": "a@example.com", "order": "7", "amount": "1500.00"})
    found["order"] = story.calls_of(order)[0]
    story.answered(found["order"], Accepted(0, "Order created", {"bill_id": 9001, "goods": [{"sum": "1500.00"}]}))
    found["waiting"] = story.calls_of(story.came("payment", {"order": "404"}))[0]
    found["unmapped"] = story.calls_of(story.came("lead", {"name": "Nobody"}))[0]
    story.claim()
    found["event"] = order
    return found


def ask(web: Web, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """One request; its answer has been held against the document."""
    client = web.api()
    answer = client.open("/api/v1" + path, method=method, json=body)
    document = client.get("/api/v1/openapi.json").get_json()
    check_answer(document, method, path.partition("?")[0], answer.status_code, answer.get_json())
    return answer.status_code, answer.get_json()


def test_status(web: Web, busy: dict[str, str]) -> None:
    """Counts by state, oldest waiting in seconds, workers alive, accounts with their pauses."""
    web.story.answered(busy["other"], Refused(4, "Incorrect hash"))
    _, status = ask(web, "GET", "/status")
    assert status["counts"] == {
        **dict.fromkeys(("waiting", "held", "sending", "retrying", "delivered"), 1),
        "queued": 0,
        "dead": 3,
        "discarded": 0,
    }
    assert 0 <= status["oldest_waiting_seconds"] < 60
    assert status["workers_alive"] == 1
    (account,) = status["accounts"]
    assert account["paused"]
    (pause,) = account["pauses"]
    assert (pause["code"], pause["state"], pause["held"]) == (4, "closed", 1)
    assert "Resume" in pause["advice"]
    assert status["summary"] == "The key of account school is wrong: 1 delivery is held."


def test_one_delivery_in_every_state(web: Web, busy: dict[str, str]) -> None:
    """All the fields of the contract, whatever became of it."""
    for name, delivery_id in busy.items():
        if name != "event":
            _, one = ask(web, "GET", f"/deliveries/{delivery_id}")
            assert one.keys() >= FIELDS, name
    dead = ask(web, "GET", f"/deliveries/{busy['dead']}")[1]
    assert (dead["state"], dead["code"], dead["text"]) == ("dead", 103, "Incorrect rass_id")
    assert dead["attempts"][0]["number"] == 1
    assert dead["meaning"]
    assert ask(web, "GET", f"/deliveries/{busy['retrying']}")[1]["next_attempt_at"].endswith("Z")
    assert ask(web, "GET", f"/deliveries/{busy['waiting']}")[1]["params"]["bill_id"] == {"awaits": "bill:404"}
    assert ask(web, "GET", f"/deliveries/{busy['unmapped']}")[1]["problems"]["lead_email"]
    assert ask(web, "GET", f"/deliveries/{busy['order']}")[1]["result"]["bill_id"] == 9001


def test_one_event(web: Web, busy: dict[str, str]) -> None:
    """Word for word, with its deliveries."""
    _, event = ask(web, "GET", f"/events/{busy['event']}")
    assert event["body"] == '{"email": "a@example.com", "order": "7", "amount": "1500.00"}'
    assert [one["id"] for one in event["deliveries"]] == [busy["order"]]


def test_lists_are_filtered_and_paged(web: Web, busy: dict[str, str]) -> None:
    """Newest first; every one exactly once."""
    _, dead = ask(web, "GET", "/deliveries?state=dead&function=AddLeadToGroup&hook=lead")
    assert {one["id"] for one in dead["items"]} == {busy["dead"], busy["dead2"], busy["unmapped"]}
    _, found = ask(web, "GET", "/deliveries?q=retrying@example.com")
    assert [one["id"] for one in found["items"]] == [busy["retrying"]]
    _, by_code = ask(web, "GET", "/deliveries?code=100")
    assert [one["id"] for one in by_code["items"]] == [busy["dead2"]]
    seen, path = [], "/deliveries?limit=3"
    while path:
        _, page = ask(web, "GET", path)
        seen += [one["id"] for one in page["items"]]
        path = f"/deliveries?limit=3&cursor={page['next']}" if page["next"] else ""
    assert seen == sorted(seen, reverse=True)
    assert sorted(seen) == sorted(id_ for name, id_ in busy.items() if name != "event")


def test_replay_and_discard(web: Web, busy: dict[str, str]) -> None:
    """202 with the new state; 409 when the state does not allow it; 404 for nobody."""
    assert ask(web, "POST", f"/deliveries/{busy['dead']}/replay", {"as": "sent"}) == (
        202,
        {"id": busy["dead"], "state": "queued"},
    )
    status, error = ask(web, "POST", f"/deliveries/{busy['dead']}/replay", {"as": "mapped"})
    assert (status, error["error"]) == (409, "wrong-state")
    assert ask(web, "POST", f"/deliveries/{busy['dead2']}/replay", {"as": "mapped"})[0] == 202
    status, error = ask(web, "POST", f"/deliveries/{busy['unmapped']}/replay", {"as": "sent"})
    assert status == 409
    assert "map it again" in error["message"]
    assert ask(web, "POST", f"/deliveries/{busy['unmapped']}/discard")[1]["state"] == "discarded"
    assert ask(web, "POST", f"/deliveries/{busy['unmapped']}/discard")[0] == 409
    assert ask(web, "POST", "/deliveries/dlv_nobody/discard")[0] == 404
    assert ask(web, "POST", "/deliveries/dlv_nobody/replay", {})[0] == 404


def test_bulk_replay(web: Web, busy: dict[str, str]) -> None:
    """How many first; then an id, and its progress."""
    dry = {"filter": {"function": "AddLeadToGroup"}, "as": "sent", "dry_run": True}
    assert ask(web, "POST", "/replays", dry)[1] == {"id": None, "dry_run": True, "count": 3, "at_least": False}
    assert len(web.story.store.deliveries(DeliveryFilter(state="dead")).items) == 3
    status, started = ask(web, "POST", "/replays", {"filter": {"code": 103}, "as": "sent"})
    assert (status, started["count"]) == (202, 1)
    _, progress = ask(web, "GET", f"/replays/{started['id']}")
    assert (progress["total"], progress["finished"]) == (1, False)
    assert ask(web, "GET", "/replays/rpl_nobody")[0] == 404


@pytest.mark.parametrize(
    ("path", "gate"),
    [
        ("/accounts/school", "account:school"),
        ("/hooks/lead", "hook:lead"),
        ("/accounts/school/functions/CreateOrder", "function:school:CreateOrder"),
    ],
)
def test_pause_and_resume(web: Web, path: str, gate: str) -> None:
    """202 each time, also when it was so already."""
    for _ in range(2):
        assert ask(web, "POST", f"{path}/pause", {"note": "moving"}) == (
            202,
            {"gate": gate, "state": "closed", "held": 0},
        )
    assert web.story.store.gates()[gate].text == "moving"
    assert ask(web, "POST", f"{path}/resume")[1]["state"] == "opened"
    assert ask(web, "POST", f"{path}/resume")[1]["state"] == "open"


def test_resuming_a_refused_account_probes_it(web: Web) -> None:
    """One call first."""
    for number in range(3):
        web.story.lead(f"lead{number}@example.com")
    first = next(iter(web.story.claim()))
    web.story.answered(first, Refused(4, "Incorrect hash"))
    assert ask(web, "POST", "/accounts/school/resume")[1]["state"] == "probing"


@pytest.mark.parametrize("path", ["/accounts/scool", "/hooks/leed", "/accounts/school/functions/CreateOder"])
def test_pausing_what_does_not_exist_names_the_nearest(web: Web, path: str) -> None:
    """404 with a sentence that helps."""
    status, error = ask(web, "POST", f"{path}/pause")
    assert status == 404
    assert "Did you mean" in error["message"]
