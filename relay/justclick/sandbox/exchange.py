"""One API call from its raw body to the bytes of its answer, with the trouble that was asked for. Knows no socket."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from relay.justclick.sandbox.account import SandboxAccount
from relay.justclick.sandbox.answers import Dialect, Reply, document
from relay.justclick.sandbox.calls import SeenCall
from relay.justclick.sandbox.php_post import PhpArray, PhpValue, parse_post
from relay.justclick.sandbox.trouble import Trouble, UnknownTrouble

HTML = "text/html; charset=UTF-8"
_PAGE = "<!doctype html>\n<html><head><title>{0}</title></head><body><h1>{0}</h1><hr>nginx</body></html>\n"
_FATAL = b"PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted in /www/api/index.php on line 42\n"


@dataclass(frozen=True, slots=True)
class HttpRequest:
    method: str
    path: str  # without the query string
    query: str
    headers: dict[str, str]  # names in lower case
    body: bytes
    address: str


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    body: bytes = b""
    status: int = 200
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    cut: str = ""  # "all": the connection is dropped without an answer; "half": in the middle of it


@dataclass(frozen=True, slots=True)
class _Call:
    """One call on its way through the account."""

    number: int
    account: SandboxAccount
    function: str
    request: HttpRequest
    post: PhpArray
    given: PhpValue | None  # the hash that came with it
    email: str
    trouble: Trouble
    complaint: str  # about a trouble that nobody knows


@dataclass(frozen=True, slots=True)
class _Outcome:
    reply: Reply
    signed: bool
    acted: bool


async def exchange(account: SandboxAccount, function: str, request: HttpRequest) -> HttpAnswer:
    """Carry out one call. The work itself never waits, so two calls can't be in the middle of it at once."""
    number = account.log.entered()
    try:
        call = _read(number, account, function, request)
        if call.trouble.late:
            await asyncio.sleep(call.trouble.late)
        outcome = _work(call)
        answer = _answer(call, outcome.reply)
        account.log.note(_seen(call, outcome, answer))
        if wait := call.trouble.delay + account.latency:
            await asyncio.sleep(wait)
        return answer
    finally:
        account.log.left()


def _read(number: int, account: SandboxAccount, function: str, request: HttpRequest) -> _Call:
    post = _post_of(request)
    given = post.pop("hash", None)
    email = account.email_of(post)
    try:
        trouble, complaint = account.plans.next_for(function, email) or Trouble(), ""
    except UnknownTrouble as error:
        trouble, complaint = Trouble(), str(error)
    return _Call(number, account, function, request, post, given, email, trouble, complaint)


def _post_of(request: HttpRequest) -> PhpArray:
    """A GET, or a body of another type, leaves ``$_POST`` empty."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    form = request.method == "POST" and media == "application/x-www-form-urlencoded"
    return parse_post(request.body) if form else PhpArray()


def _work(call: _Call) -> _Outcome:
    account, trouble = call.account, call.trouble
    signed = call.given == account.hash_of(call.post)
    code = account.general_check(call.post, call.given, signed)
    acts = code == 0 and trouble.works and not call.complaint
    reply = account.carry_out(call.function, call.post, call.request.address) if acts else Reply(code)
    if call.complaint:
        reply = Reply(999, call.complaint)
    # The general codes come before a function's own: a wrong signature is 4 even where 103 was asked for.
    elif trouble.code is not None and (code == 0 or trouble.code <= 7):
        reply = Reply(trouble.code, trouble.text)
    return _Outcome(account.say(reply, call.function), signed, acts)


def _answer(call: _Call, reply: Reply) -> HttpAnswer:
    account, trouble, request = call.account, call.trouble, call.request
    if trouble.shape in ("cut", "half"):
        return HttpAnswer(document(reply, account.secret), cut="all" if trouble.shape == "cut" else "half")
    headers = {"Retry-After": trouble.retry_after} if trouble.retry_after else {}
    if trouble.shape == "redirect":
        headers["Location"] = f"http://{request.headers.get('host', 'localhost')}{request.path}"
        return HttpAnswer(_page("302 Found"), trouble.status or 302, HTML, headers)
    body = _body(account, reply, trouble)
    # Nobody documents the media type of an answer; text/html is what PHP says unless it is told otherwise.
    media = "application/json" if account.dialect is Dialect.DOCS and body.startswith(b"{") else HTML
    return HttpAnswer(body, trouble.status or 200, media, headers)


def _body(account: SandboxAccount, reply: Reply, trouble: Trouble) -> bytes:
    true = document(reply, account.secret)
    match trouble.shape:
        case "html":
            return _page("Technical works")
        case "empty":
            return b""
        case "text":
            return _FATAL
        case "forged":
            return document(reply, account.secret, forged=True)
        case "unsigned":
            return true.rpartition(b',"hash"')[0] + b"}"
        case "two":
            return true + document(account.say(Reply(), ""), account.secret)
        case "" if trouble.status is not None:
            return _page(f"{trouble.status} Error")
    return true


def _page(title: str) -> bytes:
    return _PAGE.format(title).encode()


def _seen(call: _Call, outcome: _Outcome, answer: HttpAnswer) -> SeenCall:
    heard = call.trouble.answers
    return SeenCall(
        number=call.number,
        at=int(call.account.clock() * 1000),
        function=call.function,
        params=call.post,
        body=call.request.body.decode("latin-1"),
        signed=outcome.signed,
        email=call.email,
        code=outcome.reply.code if heard else None,
        text=outcome.reply.text if heard else "",
        status=None if answer.cut == "all" else answer.status,
        acted=outcome.acted,
        trouble=call.trouble.in_words,
        host=call.request.headers.get("host", ""),
    )
