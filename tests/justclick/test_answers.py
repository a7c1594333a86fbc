"""What one HTTP answer comes to: every kind of answer, genuine or not."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from relay.justclick.answers import classify, retry_after
from relay.justclick.signing import answer_hash
from relay.outcomes import Accepted, Outcome, Refused, Unreached

SECRET = "S3cr+t/Key ~*[x]|%#7"
VECTORS = json.loads((Path(__file__).parent.parent / "fixtures" / "php-query-vectors.json").read_text("utf-8"))


def judged(content: str | bytes, status: int = 200, function: str = "AddLeadToGroup", **headers: str) -> Outcome:
    body = content.encode() if isinstance(content, str) else content
    return classify(function, status, {k.replace("_", "-"): v for k, v in headers.items()}, body, SECRET)


@pytest.mark.parametrize("vector", VECTORS["signed_responses"], ids=lambda vector: vector["note"])
def test_answers_that_php_signed(vector: dict[str, Any]) -> None:
    """Every signed answer of the vectors is believed; 0 is accepted, the others are refusals with their text."""
    outcome = classify("CreateOrder", 200, {}, vector["body"].encode(), vector["secret"])
    document = json.loads(vector["body"])
    said = (int(document["error_code"]), document["error_text"], document.get("result"))
    assert outcome == (Accepted(*said) if said[0] == 0 else Refused(*said, genuine=said[0] != 5))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("OK", Accepted),
        ("ok", Accepted),
        ("Activation email sent to subscriber", Accepted),
        ("The subscriber is already registered", Accepted),
        ("Has an invalid subscriptions group", Refused),
        ("has an INVALID subscriptions group", Refused),
        ("Subscription forbidden for allleads", Refused),
    ],
)
def test_code_0_is_judged_by_its_text_too(says: Any, text: str, kind: type) -> None:
    """A 0 whose text refuses is a refusal."""
    assert judged(says(0, text)) == kind(0, text)


def test_money_never_becomes_a_float(says: Any) -> None:
    """Numbers with a point stay the text that they were."""
    body = says(0, "OK", {"price": "PRICE", "huge": "HUGE"}).replace('"PRICE"', "3900.10").replace('"HUGE"', "1e400")
    assert judged(body) == Accepted(0, "OK", {"price": "3900.10", "huge": "1e400"})


@pytest.mark.parametrize("code", [0, 100, 5, 7, "0"])
def test_a_wrong_hash_is_not_believed(says: Any, code: int | str) -> None:
    """Neither a success nor a refusal: it may have been done, and trying again cannot help."""
    outcome = judged(says(code, "OK", secret="theirs"))
    assert isinstance(outcome, Unreached)
    assert (outcome.reason, outcome.may_have_arrived, outcome.permanent) == ("forged", True, True)


@pytest.mark.parametrize("given", [None, "", 0, [], {"a": 1}])
def test_an_answer_without_a_hash_is_not_believed(given: object) -> None:
    """Whatever stands where the hash should be."""
    outcome = judged(json.dumps({"error_code": 0, "error_text": "OK", "hash": given}))
    assert isinstance(outcome, Unreached)
    assert outcome.reason == "forged"


def test_an_empty_secret_proves_only_code_5(says: Any) -> None:
    """No account, no key: 5 is signed with an empty one. A success signed so is not believed."""
    assert judged(says(5, "Invalid user name", secret="")) == Refused(5, "Invalid user name", genuine=False)
    outcome = judged(says(0, "OK", secret=""))
    assert isinstance(outcome, Unreached)
    assert outcome.reason == "forged"


def test_code_4_is_believed_with_a_note(says: Any) -> None:
    """A wrong key makes the hash of its own refusal wrong: the note says what that means."""
    outcome = judged(says(4, "Incorrect hash", secret="theirs"))
    assert isinstance(outcome, Refused)
    assert "secret is probably wrong" in str(outcome.note)
    assert judged(says(4, "Incorrect hash")) == Refused(4, "Incorrect hash")


def test_two_documents_in_one_body(says: Any) -> None:
    """Judged by the first; the note tells of the second."""
    outcome = judged(says(101, "Subscription error: x rass_id=7") + says(0, "OK"))
    assert isinstance(outcome, Refused)
    assert outcome.code == 101
    assert "more than one answer" in str(outcome.note)
    assert "code 0" in str(outcome.note)
    outcome = judged(says(0, "OK") + "<!-- 12 ms -->")
    assert isinstance(outcome, Accepted)
    assert "ignored" in str(outcome.note)


def test_byte_order_mark_and_blanks(says: Any) -> None:
    """What editors leave in front of a PHP script does no harm."""
    assert judged(b"\xef\xbb\xbf\r\n " + says(0, "OK").encode() + b"\n") == Accepted(0, "OK")


def test_bytes_that_are_not_utf8() -> None:
    """A text in windows-1251 is hashed as it came, and shown with marks instead of broken bytes."""
    text = "Wrong email: '\u043f\u043e'".encode("cp1251")
    given = answer_hash(600, text.decode("utf-8", "surrogateescape"), SECRET)
    body = b'{"error_code":600,"error_text":"' + text + b'","hash":"' + given.encode() + b'"}'
    assert judged(body) == Refused(600, "Wrong email: '\ufffd\ufffd'")


def test_half_characters_can_be_stored() -> None:
    """A lone surrogate in a JSON escape becomes a mark, in text and result."""
    given = answer_hash(0, "OK", SECRET)
    body = '{"error_code":0,"error_text":"OK","result":["\\ud83d"],"hash":"' + given + '"}'
    assert judged(body) == Accepted(0, "OK", ["\ufffd"])


# ---------------------------------------------------------------- no answer of JustClick's
@pytest.mark.parametrize("content", [b"", b"  \r\n", b"\xef\xbb\xbf", b"\0"])
def test_an_empty_body(content: bytes) -> None:
    """Transient, and it may have been carried out."""
    assert judged(content) == Unreached("empty", "the answer has no content", True, status=200)


@pytest.mark.parametrize(
    "content",
    [
        "<html><title>Works</title></html>",
        "OK",
        "[]",
        "7",
        "null",
        '{"error": "x"}',
        '{"error_code": true}',
        '{"error_code": "x"}',
        '{"error_code": 0.0}',
        '{"error_code": null}',
        '{"error_code": 0,',
        "[" * 100_000,
        '{"error_code": 0, "error_text": "OK", "result": ' + '{"a":[' * 420 + "]}" * 420 + "}",
        '{"error_code": ' + "9" * 5000 + "}",
        "\ud83d".encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
    ids=lambda content: content[:20],
)
def test_what_is_no_answer(content: str) -> None:
    """HTML, other JSON, half JSON, JSON nested beyond reason: transient, and it may have been carried out."""
    outcome = judged(content)
    assert isinstance(outcome, Unreached)
    assert (outcome.reason, outcome.may_have_arrived, outcome.permanent) == ("not-json", True, False)


def test_a_page_is_told_by_its_title() -> None:
    """What a person needs, and nothing else of the body."""
    outcome = judged("<html><head><title>502 Bad Gateway</title>secret</html>")
    assert isinstance(outcome, Unreached)
    assert "502 Bad Gateway" in outcome.detail
    assert "secret" not in outcome.detail


@pytest.mark.parametrize("content", ["<title" * 700_000, "<" + "<title >" * 500_000, "<title>" * 600_000])
def test_a_page_that_is_made_to_hold_us(content: str) -> None:
    """4 MiB of titles that never end are told at once."""
    began = time.monotonic()
    outcome = judged(content)
    assert isinstance(outcome, Unreached)
    assert "a page" in outcome.detail
    assert time.monotonic() - began < 1


def test_a_long_text_is_cut(says: Any) -> None:
    """Behind the check of its hash: every attempt keeps it."""
    assert judged(says(103, "é" * 4_000_000)) == Refused(103, "é" * 1000)
    assert judged(says(0, "x" * 1001)) == Accepted(0, "x" * 1000)


@pytest.mark.parametrize(
    ("status", "may_have_arrived"),
    [*((status, False) for status in (408, 425, 429, 400, 403, 404)), *((status, True) for status in (500, 502, 503))],
)
@pytest.mark.parametrize("content", ["", "<html></html>", '{"error_code": 0, "error_text": "OK"}'])
def test_http_errors_are_transient(says: Any, status: int, may_have_arrived: bool, content: str) -> None:
    """No answer of JustClick's; behind a 5xx the function may have run. Only 4xx with a false answer are forged."""
    outcome = judged(content, status, Retry_After="3")
    assert isinstance(outcome, Unreached)
    if content.startswith("{") and status in (400, 403, 404):
        assert (outcome.reason, outcome.permanent) == ("forged", True)
        return
    assert (outcome.reason, outcome.permanent, outcome.retry_after) == ("http-status", False, 3.0)
    assert outcome.may_have_arrived is may_have_arrived


@pytest.mark.parametrize("status", [302, 400, 500, 503])
def test_a_genuine_answer_counts_whatever_the_status(says: Any, status: int) -> None:
    """Success is in the body: 302 with a body has been met in the field."""
    assert judged(says(0, "OK"), status) == Accepted(0, "OK", status=status)
    assert judged(says(103, "Has an invalid subscriptions group"), status) == Refused(
        103, "Has an invalid subscriptions group", status=status
    )


@pytest.mark.parametrize(("status", "may"), [(301, False), (302, True), (303, True), (307, False), (308, False)])
def test_redirects(status: int, may: bool) -> None:
    """Never followed, and trying again cannot help."""
    outcome = judged("<html>", status, Location="https://elsewhere.example/")
    assert isinstance(outcome, Unreached)
    assert (outcome.reason, outcome.permanent, outcome.may_have_arrived) == ("redirected", True, may)
    assert "https://elsewhere.example/" in outcome.detail


def test_a_302_with_a_false_answer_is_forged(says: Any) -> None:
    """It is judged by its body, so its hash matters."""
    outcome = judged(says(0, "OK", secret="theirs"), 302)
    assert isinstance(outcome, Unreached)
    assert outcome.reason == "forged"


def test_several_secrets_can_prove_an_answer(says: Any) -> None:
    """While one is being rotated, either is ours."""
    body = says(0, "OK", secret="old").encode()
    assert classify("GetAllGroups", 200, {}, body, ("new", "old")) == Accepted(0, "OK")


def test_retry_after_in_all_its_forms() -> None:
    """Seconds or an HTTP date; what cannot be read says nothing."""
    now = datetime(2025, 6, 1, 12, tzinfo=UTC)
    later = datetime(2025, 6, 1, 12, 2, tzinfo=UTC)
    stamp = now.timestamp()
    assert retry_after({"retry-AFTER": " 120 "}) == 120
    assert retry_after({"Retry-After": format_datetime(later, usegmt=True)}, stamp) == 120
    assert retry_after({"Retry-After": format_datetime(now, usegmt=True)}, stamp + 60) == 0
    assert [retry_after({"Retry-After": bad}) for bad in ("", "soon", "-5", "9" * 400)] == [None] * 4
    assert retry_after({}) is None
