"""Answers that lie, break off or are none, end to end: the state, the reason and the words that a person then reads."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme

from relay import hooks
from relay.gating import Resumed, resume
from relay.intake import Intake
from relay.justclick import codes
from relay.justclick.sandbox import Sandbox
from relay.justclick.signing import answer_hash
from relay.models import Delivery, WebhookRequest
from relay.reasons import explain
from relay.store import Store
from tests.support.running import CONFIGURATION, Running, eventually

ENDS = ("delivered", "dead", "discarded", "held")
LEAD = {"id": "1", "email": "anna@example.com"}
ORDER = {"order": "10457", "email": "anna@example.com", "amount": "4900.00"}


@pytest.fixture
def running(tmp_path: Path, redis_url: str, sandbox: Sandbox) -> Iterator[Running]:
    """A payment waits two seconds for its order; one retry."""
    soon = CONFIGURATION.replace(
        "calls:\n      - function: UpdateOrderStatus", "calls:\n      - wait: 2\n        function: UpdateOrderStatus"
    )
    relay = Running(tmp_path, redis_url, sandbox.url, configuration=soon.replace("[0.3, 0.3, 0.5, 1]", "[0.2]"))
    yield relay
    relay.stop()


Post = Callable[..., str]


@pytest.fixture
def posted(running: Running, store: Store) -> Post:
    """Takes a webhook in; the id of its one delivery."""

    def post(hook: str, body: dict[str, str]) -> str:
        intake = Intake(hooks.load(running.environ["RELAY_CONFIG"], running.environ), store, 1024 * 1024)
        content = json.dumps(body).encode()
        request = WebhookRequest("POST", "", {"content-type": "application/json"}, content, "127.0.0.1", "lead-token")
        event = store.event(intake.receive(intake.configuration.hooks[hook], request).event_id or "")
        assert event
        [delivery] = event.deliveries
        return delivery

    return post


def ended(store: Store, delivery: str, *states: str, seconds: float = 20) -> Delivery:
    def look() -> Delivery | None:
        found = store.delivery(delivery)
        return found if found and found.state in (states or ENDS) else None

    found = eventually(look, seconds, f"{delivery} {states}")
    assert isinstance(found, Delivery)
    return found


# ---------------------------------------------------------------- answers that are none, or not to be believed
Case = tuple[dict[str, Any], tuple[str, str, str, int]]  # the trouble; reason, note, meaning, how many attempts


@pytest.mark.parametrize(
    "case",
    [
        ({"shape": "forged"}, ("forged", "its hash is wrong", "not believed", 1)),
        ({"shape": "unsigned"}, ("forged", "carries no hash", "not believed", 1)),
        ({"shape": "html"}, ("tries-used-up", "the answer is not JSON: a page titled", "none brought an answer", 2)),
        ({"shape": "text"}, ("tries-used-up", "the answer is not JSON", "none brought an answer", 2)),
        ({"shape": "empty"}, ("tries-used-up", "no content", "none brought an answer", 2)),
        ({"shape": "redirect"}, ("redirected", "a redirect is never followed", "leads elsewhere", 1)),
        ({"status": 503}, ("tries-used-up", "HTTP 503", "none brought an answer", 2)),
    ],
    ids=lambda case: str(case[0]),
)
def test_what_is_no_answer(running: Running, posted: Post, store: Store, sandbox: Sandbox, case: Case) -> None:
    """A dead letter with the reason, what was seen, and what it means; HTTP 200 with a page is no success."""
    trouble, (reason, note, meaning, calls) = case
    sandbox.trouble(**trouble)
    running.start_worker()
    dead = ended(store, posted("lead", LEAD))
    assert (dead.state, dead.reason, dead.code) == ("dead", reason, None)
    assert note in (dead.note or "")
    assert meaning in explain(reason).meaning["en"]
    assert len(dead.attempts) == calls


def test_two_documents_in_one_body(running: Running, posted: Post, store: Store, sandbox: Sandbox) -> None:
    """Judged by the first, and the second is told: 101 then 0 is a dead letter, 0 then 0 is delivered."""
    running.start_worker()
    dead = ended(store, posted("lead", LEAD | {"email": "code-101.two@trouble.test"}))
    assert (dead.state, dead.reason, dead.code) == ("dead", "refused", 101)
    assert "more than one answer: judged by the first; the next one has code 0" in (dead.note or "")
    sandbox.trouble(shape="two")
    delivered = ended(store, posted("lead", LEAD | {"id": "2"}))
    assert (delivered.state, delivered.code) == ("delivered", 0)
    assert "more than one answer" in (delivered.note or "")


@pytest.mark.parametrize("text", ["Has an invalid subscriptions group", "HAS AN INVALID SUBSCRIPTIONS GROUP"])
def test_a_zero_that_refuses(running: Running, posted: Post, store: Store, sandbox: Sandbox, text: str) -> None:
    """Code 0 and a genuine hash, and yet nobody was added: no success."""
    sandbox.trouble(code=0, text=text)
    running.start_worker()
    dead = ended(store, posted("lead", LEAD))
    assert (dead.state, dead.reason, dead.code, dead.text) == ("dead", "refused", 0, text)
    assert "no contact was added" in codes.meaning(dead.function, 0, text).meaning["en"]


# ---------------------------------------------------------------- answers that concern the whole account
class _Says(BaseHTTPRequestHandler):
    """Answers every call with what its server was given."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1  # type: ignore[attr-defined]
        answer: bytes = self.server.answer  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        pass


Elsewhere = Callable[..., ThreadingHTTPServer]


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    """``elsewhere(code, text, secret)``: a JustClick that says this to everything, signed with this secret."""
    started: list[ThreadingHTTPServer] = []

    def start(code: int, text: str, secret: str, context: ssl.SSLContext | None = None) -> ThreadingHTTPServer:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Says)
        said = {"error_code": code, "error_text": text, "hash": answer_hash(code, text, secret)}
        server.answer, server.asked = json.dumps(said).encode(), 0  # type: ignore[attr-defined]
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


def test_code_5_under_an_empty_secret(running: Running, posted: Post, store: Store, elsewhere: Elsewhere) -> None:
    """No account, so no key: believed all the same. The account is paused, nothing is burnt."""
    running.justclick_url = f"http://127.0.0.1:{elsewhere(5, 'Invalid user name', '').server_port}"
    held = posted("lead", LEAD)
    running.start_worker()
    found = ended(store, held)
    assert (found.state, found.reason, found.code, found.tries) == ("held", "account-paused", 5, 0)
    gate = store.gates()["account:school"]
    assert (gate.state, gate.code) == ("closed", 5)
    assert "no account under this address" in codes.meaning("", 5).meaning["en"]


@pytest.mark.parametrize("code", [0, 5, 7, 103])
def test_a_stranger_s_hash(running: Running, posted: Post, store: Store, elsewhere: Elsewhere, code: int) -> None:
    """Neither a success nor a refusal is believed under a key that is neither ours nor, for 5, empty."""
    running.justclick_url = f"http://127.0.0.1:{elsewhere(code, 'OK', 'not ours').server_port}"
    running.start_worker()
    dead = ended(store, posted("lead", LEAD))
    assert (dead.state, dead.reason, dead.code) == ("dead", "forged", None)
    assert f"code {code} is not believed" in (dead.note or "")
    assert store.gates() == {}


def test_an_empty_secret_is_good_for_5_alone(
    running: Running, posted: Post, store: Store, elsewhere: Elsewhere
) -> None:
    """Anybody can sign with nothing: a 0 signed so is forged."""
    running.justclick_url = f"http://127.0.0.1:{elsewhere(0, 'OK', '').server_port}"
    running.start_worker()
    assert ended(store, posted("lead", LEAD)).reason == "forged"


@pytest.mark.parametrize("trusted", [True, False])
def test_a_wrong_certificate(running: Running, posted: Post, store: Store, elsewhere: Elsewhere, trusted: bool) -> None:
    """Another host's, or of an authority that nobody knows: nothing is sent, and the delivery says why."""
    authority, path = trustme.CA(), running.folder / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("other.example" if trusted else "localhost").configure_cert(context)
    server = elsewhere(0, "OK", "sandbox-secret", context)
    running.justclick_url = f"https://localhost:{server.server_port}"
    running.more_environ = {"SSL_CERT_FILE": str(path)} if trusted else {}
    running.start_worker()
    dead = ended(store, posted("lead", LEAD))
    assert (dead.state, dead.reason) == ("dead", "tries-used-up")
    assert [one.reason for one in dead.attempts] == ["tls", "tries-used-up"]
    assert "no trusted connection" in (dead.note or "")
    assert "certificate could not be trusted" in explain("tls").meaning["en"]
    assert (server.asked, dead.doubtful_since) == (0, None)  # type: ignore[attr-defined]


# ---------------------------------------------------------------- one pause behind another
@pytest.mark.parametrize("code", [606, 8])
def test_a_probe_that_meets_another_refusal_opens_its_own_gate(
    running: Running, posted: Post, store: Store, sandbox: Sandbox, code: int
) -> None:
    """Resumed after a 7, the first call learns that its function is switched off: the account serves us again."""
    function, hook, body = ("CreateOrder", "order", ORDER) if code == 606 else ("AddLeadToGroup", "lead", LEAD)
    sandbox.default.disabled = True
    first = posted(hook, body)
    running.start_worker()
    ended(store, first, "held")
    sandbox.default.disabled = False
    sandbox.trouble(function=function, code=code)
    assert resume(store, "account:school") is Resumed.PROBING
    eventually(lambda: set(store.gates()) == {f"function:school:{function}"}, 20, "only the function's gate")
    other = posted("lead", LEAD | {"id": "2"}) if code == 606 else posted("order", ORDER)
    assert ended(store, other, "delivered").code == 0


def test_account_and_function_are_tried_by_the_same_call(
    running: Running, posted: Post, store: Store, sandbox: Sandbox
) -> None:
    """Both were closed and both resumed: one call that passes opens both; while the account refuses, both stay."""
    sandbox.trouble(function="CreateOrder", code=606)
    running.start_worker()
    order = posted("order", ORDER)
    ended(store, order, "held")
    sandbox.default.disabled = True
    ended(store, posted("lead", LEAD), "held")
    assert set(store.gates()) == {"account:school", "function:school:CreateOrder"}
    resume(store, "function:school:CreateOrder")
    resume(store, "account:school")
    eventually(lambda: store.gates()["account:school"].state == "closed", 20, "closed again")
    sandbox.clear_trouble()
    sandbox.default.disabled = False
    resume(store, "account:school")
    assert ended(store, order, "delivered", seconds=30).code == 0
    eventually(lambda: store.gates() == {}, 20, "both open")


def test_an_account_that_is_still_refused_stays_closed(
    running: Running, posted: Post, store: Store, sandbox: Sandbox
) -> None:
    """Resumed too early: one call, and the gate says what JustClick answered this time."""
    sandbox.default.disabled = True
    ids = [posted("lead", {"id": str(number), "email": f"p{number}@example.com"}) for number in range(5)]
    running.start_worker()
    eventually(lambda: store.counts()["held"] == 5, 20, "held")
    before = len(sandbox.calls)
    assert resume(store, "account:school") is Resumed.PROBING
    eventually(lambda: store.gates()["account:school"].state == "closed", 20, "closed again")
    assert len(sandbox.calls) == before + 1
    sandbox.default.disabled = False
    resume(store, "account:school")
    assert {ended(store, one, "delivered").code for one in ids} == {0}


# ---------------------------------------------------------------- an order that never comes
def test_a_payment_whose_order_never_comes(running: Running, posted: Post, store: Store, sandbox: Sandbox) -> None:
    """It waits as long as the call says, and is a dead letter that can be replayed when the order is there."""
    payment = posted("payment", {"order": "10457"})
    running.start_worker()
    assert ended(store, payment, "waiting").state == "waiting"
    dead = ended(store, payment, "dead")
    assert (dead.reason, len(sandbox.calls)) == ("order-unknown", 0)
    assert "did not come in time" in explain("order-unknown").meaning["en"]
