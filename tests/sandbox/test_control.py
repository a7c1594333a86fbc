"""What is seen of the sandbox from outside: the control endpoint, the page, the process, its state file."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from relay.justclick.sandbox import Sandbox
from relay.justclick.sandbox.state import State, dump, load, seeded
from tests.support.api_call import Answered, call, request

LEAD = {"rid": ["webinar"], "lead_email": "ivan@example.com", "lead_name": "Иван <b>", "utm": {"utm_source": "<i>"}}
COMMAND = [sys.executable, "-c", "from relay.commands.sandbox import command; command()"]


def control(url: str, method: str, path: str, **asked: Any) -> Answered:
    return request(method, f"{url}/_sandbox/{path}", json.dumps(asked).encode() if asked else None)


def test_calls_are_recorded_as_they_came(sandbox: Sandbox) -> None:
    """Function, parameters, raw body, verdict; filtered by function, address and number."""
    call(sandbox.url, "AddLeadToGroup", LEAD)
    call(sandbox.url, "AddLeadToGroup", {**LEAD, "lead_email": "other@example.com"}, secret="wrong")
    call(sandbox.url, "GetAllGroups", {})
    everything = control(sandbox.url, "GET", "calls").json["calls"]
    assert [(seen["function"], seen["signed"], seen["code"], seen["email"]) for seen in everything] == [
        ("AddLeadToGroup", True, 0, "ivan@example.com"),
        ("AddLeadToGroup", False, 4, "other@example.com"),
        ("GetAllGroups", True, 0, ""),
    ]
    assert everything[0]["params"]["utm"] == {"utm_source": "<i>"}
    assert everything[0]["body"].startswith("rid%5B0%5D=webinar&lead_email=ivan%40example.com")
    found = control(sandbox.url, "GET", "calls?function=AddLeadToGroup&email=Other@example.com&since=1&limit=5").json[
        "calls"
    ]
    assert [seen["number"] for seen in found] == [2]
    counts = control(sandbox.url, "GET", "counts").json
    assert (counts["total"], counts["unsigned"], counts["acted"], counts["contacts"]) == (3, 1, 2, 1)
    assert counts["by_code"] == {"0": 2, "4": 1}


def test_trouble_is_planned_listed_and_cleared(sandbox: Sandbox) -> None:
    planned = control(
        sandbox.url, "POST", "trouble", function="GetAllGroups", status=503, retry_after="7", times=2
    ).json
    assert planned["trouble"][0]["status"] == 503
    assert call(sandbox.url, "GetAllGroups", {}).headers["retry-after"] == "7"
    assert control(sandbox.url, "GET", "trouble").json["trouble"][0]["times"] == 1
    assert control(sandbox.url, "DELETE", "trouble").json == {"trouble": []}
    assert call(sandbox.url, "GetAllGroups", {}).status == 200


def test_secret_changes_and_account_is_disabled_from_outside(sandbox: Sandbox) -> None:
    control(sandbox.url, "POST", "account", secret="new")
    assert call(sandbox.url, "GetAllGroups", {}).code == 4
    assert call(sandbox.url, "GetAllGroups", {}, secret="new").code == 0
    control(sandbox.url, "POST", "account", disabled=True)
    assert call(sandbox.url, "GetAllGroups", {}, secret="new").code == 7


def test_reset_forgets_the_shop_and_the_calls(sandbox: Sandbox) -> None:
    call(sandbox.url, "AddLeadToGroup", LEAD)
    control(sandbox.url, "POST", "groups", name="extra", title="Ещё")
    assert set(control(sandbox.url, "GET", "state").json["contacts"]) == {"ivan@example.com"}
    counts = control(sandbox.url, "POST", "reset").json
    assert (counts["total"], counts["contacts"]) == (0, 0)
    assert "extra" not in sandbox.state.groups


@pytest.mark.parametrize(
    ("wrong", "asked", "status", "sentence"),
    [
        ("GET nothing", {}, 404, "no such endpoint"),
        ("PUT trouble", {}, 404, "no such endpoint"),
        ("POST trouble", {"statsu": 503}, 400, "statsu"),
        ("POST trouble", {"shape": "broken"}, 400, "shape is one of"),
        ("POST account", {"login": "x"}, 400, "only secret and disabled"),
        ("GET calls?since=soon", {}, 400, "soon"),
    ],
)
def test_mistakes_are_told(sandbox: Sandbox, wrong: str, asked: dict[str, Any], status: int, sentence: str) -> None:
    method, path = wrong.split()
    answer = control(sandbox.url, method, path, **asked)
    assert answer.status == status
    assert sentence in answer.json["error"]


def test_control_names_its_endpoints_and_troubles(sandbox: Sandbox) -> None:
    about = control(sandbox.url, "GET", "").json
    assert "POST trouble" in about["endpoints"]
    assert "forged" in about["trouble"]["shapes"]


def test_page_shows_what_arrived_and_escapes_it(sandbox: Sandbox) -> None:
    """Contacts, orders and calls, nothing of the secret, nothing as markup that came from outside."""
    call(sandbox.url, "AddLeadToGroup", LEAD)
    call(sandbox.url, "CreateOrder", {"goods": [{"good_name": "course"}], "bill_email": "<script>@example.com"})
    sandbox.trouble(status=503, times=3)
    page = request("GET", f"{sandbox.url}/")
    text = page.body.decode()
    assert "Иван &lt;b&gt;" in text
    assert "utm_source=&lt;i&gt;" in text
    assert "&lt;script&gt;@example.com" in text
    assert "<script" not in text
    assert "258367" in text
    assert "every function: status=503 (3 times)" in text
    assert "sandbox-secret" not in text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert request("GET", f"{sandbox.url}/demo/").status == 200
    assert request("GET", f"{sandbox.url}/nobody/").status == 404


def test_empty_page_says_what_to_do(sandbox: Sandbox) -> None:
    assert "No contact yet" in request("GET", f"{sandbox.url}/").body.decode()


def test_state_survives_json() -> None:
    """What is dumped and loaded is the same shop, numbers included."""
    with Sandbox() as sandbox:
        call(sandbox.url, "AddLeadToGroup", LEAD)
        call(sandbox.url, "CreateOrder", {"goods": [{"good_name": "course"}], "bill_email": "ivan@example.com"})
        state = sandbox.state
    loaded = load(json.loads(json.dumps(dump(state))))
    assert isinstance(loaded, State)
    assert loaded == state != seeded()


def start(*options: str) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen([*COMMAND, "--port", "0", *options], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    found = re.search(r"http://\S+", process.stdout.readline())
    assert found is not None
    return process, found[0]


def test_process_keeps_its_state_file(tmp_path: Path) -> None:
    """A second start still has the contacts; SIGTERM ends it cleanly; options reach the shop."""
    kept = tmp_path / "new" / "shop.json"
    process, url = start("--state", str(kept), "--group", "extra", "--good", "new=10.00", "--account", "other:key:2")
    assert call(url, "AddLeadToGroup", {**LEAD, "rid": ["extra"]}).code == 0
    assert call(f"{url}/other", "GetAllGroups", {}, login="other", secret="key:2").code == 0
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    process, url = start("--state", str(kept), "--latency", "150", "--dialect", "field")
    assert set(control(url, "GET", "state").json["contacts"]) == {"ivan@example.com"}
    assert call(url, "AddLeadToGroup", {**LEAD, "rid": ["extra"]}).text == "The subscriber is already registered"
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--account", "nosecret"], "has no ':' in it"),
        (["--good", "free"], "has no '=' in it"),
        (["--dialect", "live"], "'docs', 'field'"),
        (["--state", "{broken}"], "is damaged; delete it to begin afresh"),
        (["--port", "{taken}"], "cannot listen on 127.0.0.1"),
    ],
)
def test_wrong_options_are_told_in_words(sandbox: Sandbox, tmp_path: Path, options: list[str], sentence: str) -> None:
    broken = tmp_path / "shop.json"
    broken.write_text("{not json")
    filled = [option.format(broken=broken, taken=sandbox.port) for option in options]
    ended = subprocess.run([*COMMAND, *filled], check=False, capture_output=True, text=True, timeout=20)
    assert ended.returncode != 0
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr
