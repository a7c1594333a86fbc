"""``python -m relay preview``: the reading, the calls, the signed requests; nothing is sent."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from relay.commands.preview import command

CONFIGURATION = """\
accounts:
  school: {login: "${JUSTCLICK_LOGIN}", secret: "${JUSTCLICK_SECRET}"}
hooks:
  lead:
    provider: generic
    verify: {hmac: sha256, header: X-Signature, secret: "${HOOK_SECRET}"}
    event_type: "{{ body.kind }}"
    contact: {email: "{{ body.mail }}", phone: "{{ body.phon }}"}
    order: {id: "{{ body.number }}"}
    calls:
      - function: AddLeadToGroup
        params: {rid: webinar, tag: "a b"}
      - function: DeleteOrder
        params: {bill_id: "{{ bill_of(order.id) }}"}
        when: order.id
      - function: AddLeadToGroup
        params: {rid: other}
        when: event_type == "other"
      - function: AddLeadToGroup
        params: {rid: x, aff: "{{ body.mail | number }}"}
    answer: {type: application/json, body: '{"got":"{{ order.id }}"}'}
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JUSTCLICK_LOGIN", "demo")
    monkeypatch.setenv("JUSTCLICK_SECRET", "hush-account")
    monkeypatch.setenv("HOOK_SECRET", "hush-hook")
    (tmp_path / "relay.yaml").write_text(CONFIGURATION)
    (tmp_path / "body.json").write_text('{"kind": "lead", "mail": "anna@example.com", "phone": "1", "number": "77"}')
    return tmp_path


def run(files: Path, body: str = "body.json", *options: str, hook: str = "lead") -> Result:
    return CliRunner().invoke(command, [hook, str(files / body), "--config", str(files / "relay.yaml"), *options])


def data(files: Path, body: str = "body.json") -> Any:
    return json.loads(run(files, body, "--json").stdout)


def test_a_person_sees_everything_in_plain_lines(files: Path) -> None:
    """What was read, which calls would be made, which not and why."""
    ran = run(files)
    assert ran.exit_code == 0, ran.output
    for line in (
        "REFUSED: ",
        'Answer    200 application/json: {"got":"77"}',
        "Event     lead",
        'email: "anna@example.com"',
        'This body has no body.phon. Did you mean "phone"?',
        "+  AddLeadToGroup (line 11)",
        "POST https://demo.justclick.ru/api/AddLeadToGroup",
        "rid%5B0%5D=webinar&lead_email=anna%40example.com&tag=a+b::demo::<secret>",
        "It waits for bill_id of order 77",
        'is not made: when: event_type == "other" is false',
        "would be a dead letter, expression-failed",
        "{{ body.mail | number }} failed",
    ):
        assert line in ran.output
    assert "hush" not in ran.output


def test_the_request_is_the_exact_one(files: Path) -> None:
    """The body is what would be sent: its hash is that of the shown text with the true secret."""
    first, second, third, fourth = data(files)["calls"]
    request = first["request"]
    text = request["signed_text"].replace("<secret>", "hush-account")
    assert request["body"].endswith("&hash=" + hashlib.md5(text.encode()).hexdigest())
    assert request["body"].startswith(text.partition("::")[0])
    assert second["request"]["waits_for"] == ["bill_id of order 77"]
    assert second["params"] == {"bill_id": "<bill_id of order 77>"}
    assert (third["made"], third["why"]) == (False, 'when: event_type == "other" is false')
    assert fourth["problems"]["aff"]


def test_headers_may_lie_beside_the_body(files: Path) -> None:
    """As in captured samples: then the proof is looked at."""
    import hmac

    body = (files / "body.json").read_bytes()
    signature = hmac.new(b"hush-hook", body, "sha256").hexdigest()
    (files / "body.headers").write_text(f"Content-Type: application/json\nX-Signature: {signature}\n")
    assert data(files)["refused"] is None
    assert "Proof     accepted" in run(files).output


def test_forms_and_addresses_are_read_too(files: Path) -> None:
    """Without headers the first sign tells a form from JSON; a file .url holds a GET."""
    (files / "form.txt").write_text("mail=b%40example.com&number=5")
    assert data(files, "form.txt")["reading"]["contact"]["email"] == "b@example.com"
    (files / "get.url").write_text("GET /hooks/lead?mail=c%40example.com HTTP/1.1\n")
    assert data(files, "get.url")["reading"]["contact"]["email"] == "c@example.com"


def test_a_body_that_cannot_be_read_is_told(files: Path) -> None:
    """With where it is wrong."""
    (files / "broken.json").write_text('{"a": ')
    assert "UNREADABLE" in run(files, "broken.json").output
    assert data(files, "broken.json")["unreadable"]


def test_a_misspelt_hook_is_told(files: Path) -> None:
    """With the nearest one."""
    assert 'Did you mean "lead"?' in str(run(files, hook="leed").exception)
