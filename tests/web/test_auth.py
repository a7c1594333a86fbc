"""Nobody sees or does anything without the password, and no form works that was not shown to its visitor."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from relay.lifecycle import State
from relay.outcomes import Refused
from relay.web.auth import LOGINS_A_MINUTE, braked_address
from relay.web.security import MOST
from relay.web.status import DONE, SHOWN
from tests.web.conftest import PASSWORD, Web, form_token


def filled(path: str) -> str:
    return path.replace("<int(signed=True):code>", "100").replace("<hook>", "lead").replace("<", "").replace(">", "")


@pytest.mark.parametrize("path", [filled(path) for path, _, _ in SHOWN])
def test_every_page_sends_a_stranger_to_the_log_in(web: Web, path: str) -> None:
    """Also pages of things that do not exist: a stranger learns nothing."""
    answer = web.visitor().get(path)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/login")


@pytest.mark.parametrize("path", [filled(path) for path, _, _ in DONE])
def test_every_action_sends_a_stranger_to_the_log_in(web: Web, path: str) -> None:
    """No action without the password."""
    answer = web.visitor().post(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")


def test_the_right_password_opens_and_leads_where_one_wanted_to_go(web: Web) -> None:
    """After the log-in one is on the page that was asked for."""
    client = web.visitor()
    asked = client.get("/deliveries?state=dead")
    form = client.get(asked.headers["Location"])
    answer = client.post(
        "/login", data={"csrf": form_token(form.text), "password": PASSWORD, "next": "/deliveries?state=dead"}
    )
    assert answer.headers["Location"] == "/deliveries?state=dead"
    assert client.get("/deliveries?state=dead").status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example"]
)
def test_the_log_in_never_leads_to_another_host(web: Web, elsewhere: str) -> None:
    """An address in `next` is only followed when it is a path of ours."""
    client = web.visitor()
    token = form_token(client.get("/login").text)
    answer = client.post("/login", data={"csrf": token, "password": PASSWORD, "next": elsewhere})
    assert answer.headers["Location"] == "/"


def test_a_wrong_password_stays_outside(web: Web) -> None:
    """With the sentence that helps."""
    client = web.visitor()
    token = form_token(client.get("/login").text)
    answer = client.post("/login", data={"csrf": token, "password": PASSWORD + "x"})
    assert answer.status_code == 401
    assert "RELAY_PASSWORD" in answer.text
    assert client.get("/").status_code == 303


def test_too_many_tries_are_braked(web: Web) -> None:
    """The right password is not even looked at then; another address is not braked."""
    client = web.visitor()
    token = form_token(client.get("/login").text)
    for _ in range(LOGINS_A_MINUTE):
        assert client.post("/login", data={"csrf": token, "password": "guess"}).status_code in (401, 429)
    braked = client.post("/login", data={"csrf": token, "password": PASSWORD})
    assert (braked.status_code, braked.headers["Retry-After"]) == (429, "60")
    other = client.post(
        "/login", data={"csrf": token, "password": PASSWORD}, environ_base={"REMOTE_ADDR": "198.51.100.9"}
    )
    assert other.status_code == 303


def test_one_ipv6_network_counts_as_one_address() -> None:
    """Whoever has one address of it has all of them."""
    assert braked_address("2001:db8::1") == braked_address("2001:db8::ffff:1") != braked_address("2001:db8:0:1::1")
    assert braked_address("203.0.113.7") == "203.0.113.7"


def test_without_a_password_the_page_is_closed(make_web: Callable[..., Web]) -> None:
    """And says how to open it, in both languages."""
    client = make_web(RELAY_PASSWORD="").visitor()
    for path in ("/", "/deliveries", "/login"):
        answer = client.get(path)
        assert answer.status_code == 403
        assert "RELAY_PASSWORD" in answer.text
    assert "Эта страница закрыта" in client.get("/", headers={"Accept-Language": "ru"}).text
    assert client.post("/login", data={"password": ""}).status_code == 403


def test_the_cookie_is_out_of_reach(web: Web) -> None:
    """No script reads it, no other site sends it with a form."""
    cookie = web.visitor().get("/login").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_behind_https_the_cookie_is_secure(make_web: Callable[..., Web]) -> None:
    """Also where a trusted proxy ends the TLS; an untrusted one is not believed."""
    said = {"X-Forwarded-Proto": "https"}
    trusting = make_web(RELAY_TRUSTED_PROXIES="1").visitor().get("/login", headers=said).headers["Set-Cookie"]
    assert trusting.startswith("__Host-relay=")
    assert "Secure" in trusting
    assert "Secure" not in make_web().visitor().get("/login", headers=said).headers["Set-Cookie"]


def test_a_cookie_of_before_the_log_in_is_worth_nothing_after_it(web: Web) -> None:
    """Whoever planted it does not get in with it."""
    client = web.visitor()
    form = client.get("/login")
    planted = form.headers["Set-Cookie"].partition(";")[0]
    client.post("/login", data={"csrf": form_token(form.text), "password": PASSWORD})
    stranger = web.visitor()
    assert stranger.get("/", headers={"Cookie": planted}).status_code == 303


def test_a_new_password_ends_all_sessions(make_web: Callable[..., Web]) -> None:
    """Whoever had got in with the old one is out."""
    client = make_web().insider()
    cookie = client.get_cookie("relay")
    assert cookie is not None
    elsewhere = make_web(RELAY_PASSWORD="another").visitor()
    assert elsewhere.get("/", headers={"Cookie": f"relay={cookie.value}"}).status_code == 303


def test_logging_out(web: Web) -> None:
    """By a form only: a link in an e-mail logs nobody out."""
    client = web.insider()
    assert client.get("/logout").status_code == 405
    assert client.get("/").status_code == 200
    assert client.post("/logout", data={"csrf": form_token(client.get("/").text)}).status_code == 303
    assert client.get("/").status_code == 303


@pytest.mark.parametrize("token", ["", "0" * 64, "stranger"])
def test_a_form_without_its_token_does_nothing(web: Web, token: str) -> None:
    """Not even for one who is logged in: another site could have sent it."""
    dead = web.story.lead("anna@example.com")
    web.story.answered(dead, Refused(100, "Email is missing"))
    client = web.insider()
    if token == "stranger":
        token = form_token(web.insider().get("/").text)
    for path, _, _ in DONE:
        address = path.replace("<delivery_id>", dead)
        sent = {"csrf": token, "gate": "account:school", "as": "sent"}
        assert client.post(address, data=sent).status_code == 400
    found = web.story.store.delivery(dead)
    assert found is not None
    assert found.state == State.DEAD
    assert not web.story.store.gates()


def test_the_language_is_the_readers(web: Web) -> None:
    """What the browser asks for, until one chooses by hand."""
    client = web.insider("ru")
    page = client.get("/").text
    assert '<html lang="ru">' in page
    client.post("/language", data={"csrf": form_token(page), "language": "en", "next": "/codes"})
    assert '<html lang="en">' in client.get("/codes").text
    client.post("/language", data={"csrf": form_token(page), "language": "xx"})
    assert '<html lang="en">' in client.get("/").text


@pytest.mark.parametrize("path", ["/", "/login", "/deliveries", "/nowhere", "/api/v1/status"])
def test_security_headers(web: Web, path: str) -> None:
    """Nothing foreign is loaded, nobody frames us, nothing is kept in a cache."""
    headers = web.insider().get(path).headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_a_form_beyond_all_reason_is_not_read(web: Web) -> None:
    """Nobody needs to be logged in to post one, and an uploaded file would lie on our disk."""
    visitor = web.visitor()
    token = form_token(visitor.get("/login").text)
    upload = {"csrf": token, "password": "x", "file": (io.BytesIO(b"x" * MOST), "large.bin")}
    answer = visitor.post("/login", data=upload, content_type="multipart/form-data")
    assert answer.status_code == 413
    assert "JustClick Relay" in answer.text
