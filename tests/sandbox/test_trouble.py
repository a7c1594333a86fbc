"""Trouble on demand: each kind does what it says, by address and by plan, and a misspelt one is told loudly."""

from __future__ import annotations

import http.client
import json
import threading
import time
from typing import Any

import pytest

from relay.justclick.sandbox import Sandbox
from relay.justclick.sandbox.trouble import DOMAIN, SHAPES
from relay.justclick.signing import genuine
from tests.support.api_call import Answered, call

CUT = (http.client.RemoteDisconnected, ConnectionResetError)


def add(sandbox: Sandbox, words: str, **more: Any) -> Answered:
    return call(sandbox.url, "AddLeadToGroup", {"rid": ["webinar"], "lead_email": f"{words}@{DOMAIN}", **more})


def arrived(sandbox: Sandbox, words: str) -> bool:
    return f"{words}@{DOMAIN}" in sandbox.state.contacts


@pytest.mark.parametrize("code", [1, 2, 3, 4, 5, 6, 7, 8, 101, 103, 105, 606, 4711])
def test_any_code_by_address(sandbox: Sandbox, code: int) -> None:
    """The code is answered in place of the work, with a genuine hash; 5 is signed with an empty secret."""
    answer = add(sandbox, f"code-{code}")
    assert answer.code == code
    assert genuine(code, answer.text, answer.json["hash"], "" if code == 5 else "sandbox-secret")
    assert not arrived(sandbox, f"code-{code}")


@pytest.mark.parametrize(
    ("words", "status", "begins", "acts"),
    [
        ("http-503", 503, b"<!doctype html>", False),
        ("http-429.retry-30", 429, b"<!doctype html>", False),
        ("acted-http-502", 502, b"<!doctype html>", True),
        ("html", 200, b"<!doctype html>", False),
        ("acted-html", 200, b"<!doctype html>", True),
        ("empty", 200, b"", False),
        ("text", 200, b"PHP Fatal error", False),
        ("redirect", 302, b"<!doctype html>", False),
        ("json.http-302", 302, b'{"error_code":0', True),
        ("ok", 200, b'{"error_code":0', True),
    ],
)
def test_answers_that_are_none(sandbox: Sandbox, words: str, status: int, begins: bytes, acts: bool) -> None:
    """Statuses, HTML, nothing, a PHP error; whether the work was done is a matter of its own."""
    answer = add(sandbox, words)
    assert (answer.status, answer.body[: len(begins)]) == (status, begins)
    assert answer.headers.get("retry-after") == ("30" if "retry" in words else None)
    assert ("location" in answer.headers) == (words == "redirect")
    assert arrived(sandbox, words) is sandbox.calls[-1].acted is acts


def test_forged_answer_says_ok_and_is_not_signed_by_us(sandbox: Sandbox) -> None:
    answer = add(sandbox, "forged")
    assert answer.code == 0
    assert not genuine(0, answer.text, answer.json["hash"], "sandbox-secret")
    assert not arrived(sandbox, "forged")


def test_unsigned_answer_has_no_hash(sandbox: Sandbox) -> None:
    assert list(add(sandbox, "unsigned").json) == ["error_code", "error_text"]


def test_two_documents_in_one_body(sandbox: Sandbox) -> None:
    """The first is the answer; F writes 101, then 0."""
    first, rest = json.JSONDecoder().raw_decode(add(sandbox, "code-101.two").body.decode())
    body = add(sandbox, "code-101.two").body.decode()
    second = json.loads(body[rest:])
    assert (first["error_code"], second["error_code"]) == (101, 0)


@pytest.mark.parametrize(("words", "acts"), [("cut", False), ("lost", True), ("half", True)])
def test_connection_dropped_before_or_after_the_work(sandbox: Sandbox, words: str, acts: bool) -> None:
    """``cut``: nothing was done. ``lost``: it was done, and nobody heard. ``half``: the answer breaks off."""
    with pytest.raises((*CUT, http.client.IncompleteRead)):
        add(sandbox, words)
    assert arrived(sandbox, words) is acts
    assert sandbox.calls[-1].code is None


@pytest.mark.parametrize(("words", "done_at_once"), [("slow-600ms", True), ("late-600ms", False)])
def test_slow_answers_after_the_work_late_works_after_a_while(sandbox: Sandbox, words: str, done_at_once: bool) -> None:
    """Both answer late; what differs is what a caller who gave up has left behind."""
    began = time.monotonic()
    caller = threading.Thread(target=add, args=(sandbox, words))
    caller.start()
    while not (sandbox.calls if done_at_once else sandbox.default.log.in_flight):
        assert time.monotonic() < began + 5
        time.sleep(0.005)
    assert caller.is_alive()
    assert arrived(sandbox, words) is done_at_once
    caller.join()
    assert time.monotonic() - began >= 0.6
    assert arrived(sandbox, words)


def test_first_times_only(sandbox: Sandbox) -> None:
    """``once`` and ``first-2`` count each address and each function by itself."""
    assert [add(sandbox, "once-503").status for _ in range(2)] == [503, 200]
    assert [add(sandbox, "first-2-code-602+a").code for _ in range(3)] == [602, 602, 0]
    assert add(sandbox, "first-2-code-602+b").code == 602
    with pytest.raises(CUT):
        add(sandbox, "once-lost")
    assert add(sandbox, "once-lost").code == 102


def test_trouble_of_one_function(sandbox: Sandbox) -> None:
    """A word that names a function keeps the others well; reading functions are never troubled by an address."""
    email = f"updateorderstatus.code-202+7@{DOMAIN}"
    number = call(sandbox.url, "CreateOrder", {"goods": [{"good_name": "course"}], "bill_email": email}).result[
        "bill_id"
    ]
    assert call(sandbox.url, "UpdateOrderStatus", {"bill_id": number, "status": "paid", "date": "1"}).code == 202
    assert str(number) in call(sandbox.url, "GetBills", {"email": email}).result
    assert add(sandbox, "code-500").code == 500
    assert call(sandbox.url, "GetLeadGroupStatuses", {"email": f"cut@{DOMAIN}"}).code == 500


def test_a_misspelt_trouble_is_told(sandbox: Sandbox) -> None:
    """A test would pass for nothing if it were taken for an ordinary address."""
    answer = add(sandbox, "cod-103")
    assert (answer.code, answer.text) == (999, "Sandbox: no such trouble: cod-103")
    assert not arrived(sandbox, "cod-103")
    with pytest.raises(ValueError, match="shape is one of"):
        sandbox.trouble(shape="broken")


def test_a_wrong_signature_comes_before_a_scripted_code(sandbox: Sandbox) -> None:
    """4 before 103; but the codes that come before it may be asked for."""
    lead = {"rid": ["webinar"], "lead_email": f"code-103@{DOMAIN}"}
    assert call(sandbox.url, "AddLeadToGroup", lead, secret="wrong").code == 4
    lead["lead_email"] = f"code-7@{DOMAIN}"
    assert call(sandbox.url, "AddLeadToGroup", lead, secret="wrong").code == 7


def test_plans_strike_by_function_address_and_number(sandbox: Sandbox) -> None:
    """The oldest plan that fits goes first, counts down and goes before what an address asks for."""
    sandbox.trouble(function="AddLeadToGroup", code=8, times=2)
    sandbox.trouble(email=f"ok+1@{DOMAIN}", status=500)
    assert call(sandbox.url, "GetAllGroups", {}).code == 0
    assert add(sandbox, "code-103").code == 8
    assert add(sandbox, "ok+1").code == 8
    assert [add(sandbox, "ok+1").status for _ in range(2)] == [500, 500]
    assert add(sandbox, "code-103").code == 103
    sandbox.clear_trouble()
    assert add(sandbox, "ok+1").code == 0


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_can_be_planned(sandbox: Sandbox, shape: str) -> None:
    """And strikes once when told to: the next call is well."""
    sandbox.trouble(shape=shape, times=1)
    try:
        add(sandbox, "ok")
    except (*CUT, http.client.IncompleteRead):
        assert shape in ("cut", "half")
    assert f"shape={shape}" in sandbox.calls[-1].trouble
    assert add(sandbox, "ok+2").code == 0
    assert sandbox.calls[-1].trouble == ""
