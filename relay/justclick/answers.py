"""What came back becomes an outcome: accepted, refused or no usable answer. Values, not exceptions; no network here.

Success is in the body, never in the HTTP status, and only an answer with a genuine hash is believed.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from relay.justclick import codes
from relay.justclick.signing import genuine
from relay.outcomes import Accepted, Outcome, Refused, Unreached

WRONG_HASH, NO_ACCOUNT = 4, 5
MOST_TEXT = 1000  # characters of error_text: every attempt and every gate keeps them
_TRANSIENT = frozenset({408, 425, 429})
_MAY_HAVE_RUN = frozenset({302, 303})  # what scripts answer behind a POST; the others move the address itself


@dataclass(frozen=True, slots=True)
class Reply:
    """JustClick's own answer, as it stood in the body. ``written`` is the code as the hash was made over it."""

    code: int
    written: str
    text: str
    result: Any
    hash: object
    note: str | None = None


def classify(
    function: str, status: int, headers: Mapping[str, str], content: bytes, secret: str | Sequence[str]
) -> Outcome:
    """Judges one HTTP answer. ``secret`` may be several; each of them can prove the answer."""
    reply = read_reply(content)
    if isinstance(reply, Unreached):
        return _without_reply(status, headers, reply)
    signed = signed_with(reply, secret) is not None
    if not signed and not _believed_unsigned(reply):
        return _forged(status, headers, reply)
    text, result, note = storable(reply.text[:MOST_TEXT]), reply.result, reply.note
    if not codes.refuses(function, reply.code, text):
        return Accepted(reply.code, text, result, note, status)
    if not signed and reply.code == WRONG_HASH:
        note = _joined(
            note, "The answer is signed with a key that the relay does not have: the secret is probably wrong."
        )
    given = reply.hash if isinstance(reply.hash, str) else None
    return Refused(reply.code, text, result, note, status, genuine=signed, hash=given)


def read_reply(content: bytes) -> Reply | Unreached:
    """The first JSON document of a body, read as PHP clients do. What stands behind it is only noted."""
    text = content.decode("utf-8-sig", "surrogateescape").strip("\ufeff \t\r\n\0")
    if not text:
        return Unreached("empty", "the answer has no content", may_have_arrived=True)
    try:
        document, end = _JSON.raw_decode(text)
        result = storable(document.get("result")) if isinstance(document, dict) else None
    except (ValueError, RecursionError):  # half a document, or one nested beyond reason
        return Unreached("not-json", f"the answer is not JSON: {_described(text)}", may_have_arrived=True)
    written = _code_of(document)
    if written is None:
        return Unreached("not-json", "the answer is JSON, but has no error_code", may_have_arrived=True)
    said = document.get("error_text")
    return Reply(
        code=int(written),
        written=written,
        text=said if isinstance(said, str) else "" if said is None else str(said),
        result=result,
        hash=document.get("hash"),
        note=_trailing(text[end:].strip()),
    )


def signed_with(reply: Reply, secret: str | Sequence[str]) -> str | None:
    """Which of the secrets the answer was signed with; None when with none of them."""
    for one in (secret,) if isinstance(secret, str) else secret:
        if one and (
            genuine(reply.written, reply.text, reply.hash, one) or genuine(reply.code, reply.text, reply.hash, one)
        ):
            return one
    return None


def retry_after(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """The seconds that a service asks us to wait: a number or an HTTP date. None when it says nothing readable."""
    given = next((value for name, value in headers.items() if name.lower() == "retry-after"), "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", given):
        return float(given)
    try:
        moment = parsedate_to_datetime(given).timestamp()
    except (ValueError, OverflowError):
        return None
    return max(0.0, moment - (time.time() if now is None else now))


# ---------------------------------------------------------------- no answer that can be believed
def _without_reply(status: int, headers: Mapping[str, str], found: Unreached) -> Unreached:
    if 300 <= status < 400:
        return _redirected(status, headers)
    if status >= 400 or status < 200:
        return _http_status(status, headers, found.detail)
    return Unreached(found.reason, found.detail, True, status, retry_after(headers))


def _forged(status: int, headers: Mapping[str, str], reply: Reply) -> Unreached:
    if status in _TRANSIENT or status >= 500:  # a proxy in front of JustClick may write JSON of its own
        return _http_status(status, headers, "an answer without a genuine hash")
    if 300 <= status < 400 and status != 302:
        return _redirected(status, headers)
    why = "its hash is wrong" if isinstance(reply.hash, str) and reply.hash else "it carries no hash"
    detail = f"an answer with code {reply.code} is not believed: {why}"
    return Unreached("forged", detail, may_have_arrived=True, status=status, permanent=True)


def _redirected(status: int, headers: Mapping[str, str]) -> Unreached:
    target = next((value for name, value in headers.items() if name.lower() == "location"), "")
    detail = f"HTTP {status}, on to {storable(target)[:200] or 'nowhere'}; a redirect is never followed"
    return Unreached("redirected", detail, may_have_arrived=status in _MAY_HAVE_RUN, status=status, permanent=True)


def _http_status(status: int, headers: Mapping[str, str], detail: str) -> Unreached:
    # a 4xx says that the request was not taken; behind a 5xx the function may have run all the same
    return Unreached("http-status", f"HTTP {status}; {detail}", status >= 500, status, retry_after(headers))


def _believed_unsigned(reply: Reply) -> bool:
    """The two answers that cannot carry our hash: no account, so no key (5); and the key is not ours (4)."""
    if reply.code == NO_ACCOUNT:
        return genuine(reply.written, reply.text, reply.hash, "")
    return reply.code == WRONG_HASH


# ---------------------------------------------------------------- reading
# money must not become a float on the way; NaN and Infinity stay the words that they are
_JSON = json.JSONDecoder(parse_float=str, parse_constant=str)


def _code_of(document: object) -> str | None:
    code = document.get("error_code") if isinstance(document, dict) else None
    if isinstance(code, bool) or not isinstance(code, int | str):
        return None
    return str(code).strip() if re.fullmatch(r"\s*-?[0-9]{1,9}\s*", str(code)) else None


def _trailing(rest: str) -> str | None:
    if not rest:
        return None
    try:
        further = _code_of(_JSON.raw_decode(rest)[0])
    except (ValueError, RecursionError):
        further = None
    if further is None:
        return "Something stood behind the answer; it was ignored."
    return f"The body held more than one answer: judged by the first; the next one has code {further}."


# bounded, both: over a page of "<title<title..." an open one would hold all threads for an hour
_HEAD = 4096  # characters
_TITLE = re.compile(r"<title[^<>]{0,100}>([^<]{1,80})", re.IGNORECASE)


def _described(text: str) -> str:
    title = _TITLE.search(text[:_HEAD])
    if title:
        return f'a page titled "{storable(title[1].strip())}"'
    return "a page" if text.startswith("<") else f"{len(text)} characters of something else"


def storable(value: Any) -> Any:
    """Text that can be stored: bytes that were no UTF-8, and half characters, become replacement marks."""
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            return re.sub("[\ud800-\udfff]", "\ufffd", value)
        return value
    if isinstance(value, list):
        return [storable(member) for member in value]
    if isinstance(value, dict):
        return {storable(name): storable(member) for name, member in value.items()}
    return value


def _joined(*notes: str | None) -> str:
    return " ".join(note for note in notes if note)
