"""``python -m relay plan``: the last events of a hook under a changed file, against a real store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from relay import linking
from relay.commands.plan import command, told
from relay.hooks import load
from relay.ids import new_id
from relay.mapping import map_event
from relay.models import Event
from relay.planning import Change, plan
from relay.replaying import reading_of
from relay.store import Store

ENVIRON = {"JUSTCLICK_LOGIN": "demo", "JUSTCLICK_SECRET": "hush-account", "LEAD_TOKEN": "hush-token"}
BEFORE = """\
accounts:
  school: {login: "${JUSTCLICK_LOGIN}", secret: "${JUSTCLICK_SECRET}"}
hooks:
  lead:
    provider: generic
    token: ${LEAD_TOKEN}
    contact: {email: "{{ body.mail }}"}
    order: {id: "{{ body.order }}"}
    calls:
      - function: AddLeadToGroup
        params: {rid: [webinar], tag: "{{ body.tag }}"}
      - function: DeleteOrder
        when: order.id
        params: {bill_id: "{{ bill_of(order.id) }}"}
"""


@pytest.fixture
def kept(store: Store, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three events as the intake kept them under the file above."""
    for name, value in {**ENVIRON, "REDIS_URL": redis_url}.items():
        monkeypatch.setenv(name, value)
    file = tmp_path / "relay.yaml"
    file.write_text(BEFORE)
    configuration = load(file, ENVIRON)
    hook = configuration.hooks["lead"]
    for body in (
        b'{"mail": "a@example.com", "tag": "x"}',
        b'{"mail": "b@example.com", "order": "7"}',
        b'{"order": "8"}',
    ):
        id_ = new_id("evt")
        event = Event(id_, "lead", "generic", 1789378890000, headers={"content-type": "application/json"}, body=body)
        calls = map_event(reading_of(event, hook), hook, configuration)
        deliveries = linking.deliveries_of(calls, id_, "lead", "school")
        event = Event(
            id_,
            "lead",
            "generic",
            1789378890000,
            headers={"content-type": "application/json"},
            body=body,
            deliveries=tuple(one.id for one in deliveries),
        )
        store.keep(event, deliveries, idempotency_key=id_, window_ms=1000, words=(), max_per_minute=1000)
    return file


def run(file: Path, *changes: tuple[str, str], options: tuple[str, ...] = ()) -> Result:
    text = BEFORE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text)
    return CliRunner().invoke(command, ["lead", "--config", str(file), *options])


def test_an_unchanged_file_changes_nothing(kept: Path) -> None:
    """Also calls that wait for an order, and those that could not be mapped."""
    ran = run(kept, options=("--strict",))
    assert ran.exit_code == 0, ran.output
    assert "the last 3 events" in ran.output
    assert "5 stay the same" in ran.output
    assert "hush" not in ran.output


def test_a_changed_parameter_is_shown_before_and_after(kept: Path) -> None:
    """An intended change is no error, unless one asks for it."""
    changed = ('tag: "{{ body.tag }}"', "tag: \"{{ body.tag | default('site') }}\"")
    ran = run(kept, changed)
    assert ran.exit_code == 0, ran.output
    assert "4 stay the same" in ran.output
    assert "1 change their parameters" in ran.output
    assert 'tag: not sent -> "site"' in ran.output
    assert run(kept, changed, options=("--strict",)).exit_code == 1


def test_calls_appear_and_vanish(kept: Path) -> None:
    """With the parameters of the new ones."""
    added = "      - {function: AddLeadToGroup, name: second, params: {rid: news}, when: contact.email}\n"
    ran = run(kept, ("when: order.id", "when: body.tag"), ("    calls:\n", "    calls:\n" + added))
    assert "2 are no longer made" in ran.output
    assert "second appeared" in ran.output
    assert 'rid.0: "news"' in ran.output


def test_calls_that_become_invalid_fail_the_command(kept: Path) -> None:
    """In the CI of somebody's own repository this stops the change."""
    ran = run(kept, ("{{ bill_of(order.id) }}", "{{ order.id | unix }}"), options=("--json",))
    assert ran.exit_code == 1
    found = json.loads(ran.stdout)["lead"]
    assert found["counts"][Change.INVALID] == 2
    assert '"7" is no date' in str(found["differences"])


def test_mended_calls_are_told(kept: Path) -> None:
    """What was a dead letter could now be mapped again."""
    ran = run(kept, ("{{ body.mail }}", "{{ body.mail | default('nobody@example.com') }}"))
    assert ran.exit_code == 0, ran.output
    assert "1 are mended" in ran.output


def test_events_that_cannot_be_mapped_again_are_left_out_and_counted(kept: Path) -> None:
    """Their bodies are gone, or no rule of today can read them."""
    configuration = load(kept, ENVIRON)
    hook = configuration.hooks["lead"]
    gone = Event("evt_1", "lead", "generic", 0, body=None)
    broken = Event("evt_2", "lead", "generic", 0, headers={"content-type": "application/json"}, body=b"{")
    found = plan([(gone, []), (broken, [])], hook, configuration)
    assert (found.events, found.left_out) == (2, 1)
    assert found.unreadable[0][0] == "evt_2"
    assert "no longer kept" in "\n".join(told("lead", found, 5))
