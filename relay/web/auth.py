"""Log-in, log-out and the choice of language; and the guard that stands in front of every page.

A page is shown to who has given RELAY_PASSWORD; a form is taken only with the token of the page that it came from.
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

import structlog
from flask import Blueprint, Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from relay.errors import StoreUnavailable
from relay.parts import Parts
from relay.store import glances
from relay.web.language import LANGUAGES
from relay.web.proxies import is_secure, sender_address
from relay.web.rendering import LANGUAGE_COOKIE, page, visitor_here
from relay.web.security import harden
from relay.web.visitors import TOKEN_FIELD, Visitors

LOGINS_A_MINUTE = 10  # of one address, over all web processes
A_YEAR = 365 * 86_400

log = structlog.get_logger()


def blueprint(parts: Parts) -> Blueprint:
    doors = Blueprint("auth", __name__)
    hops = parts.settings.trusted_proxies
    guard(doors, parts, everybody=True)

    @doors.get("/login")
    def login_form() -> ResponseReturnValue:
        return redirect(_target(), 303) if visitor_here().logged_in else _form()  # type: ignore[union-attr]

    @doors.post("/login")
    def login() -> ResponseReturnValue:
        address = braked_address(sender_address(request, hops))
        if glances.count_login(parts.store, address) > LOGINS_A_MINUTE:
            log.warning("login.braked", address=address)
            return _form(429, "login.braked", {"Retry-After": "60"})
        if not g.visitors.password_is(request.form.get("password", "")):
            log.warning("login.refused", address=address)
            return _form(401, "login.wrong")
        g.visitor = g.visitors.fresh(logged_in=True)
        g.new_visitor = True
        log.info("login.accepted", address=address)
        return redirect(_target(), 303)

    @doors.post("/logout")
    def logout() -> ResponseReturnValue:
        response = redirect(url_for("auth.login_form"), 303)
        g.visitors.forget(response)
        g.new_visitor = False
        return response

    @doors.post("/language")
    def choose_language() -> ResponseReturnValue:
        response = redirect(_target(), 303)
        if request.form.get("language") in LANGUAGES:
            chosen = request.form["language"]
            response.set_cookie(
                LANGUAGE_COOKIE, chosen, max_age=A_YEAR, samesite="Lax", secure=is_secure(request, hops)
            )
        return response

    return doors


def guard(pages: Blueprint, parts: Parts, *, everybody: bool = False) -> None:
    """Nothing of this blueprint is shown without the password (``everybody``: the log-in itself), no POST is taken
    without its token, and what goes wrong is a page in words.
    """
    visitors = Visitors(parts.settings)
    harden(pages)

    @pages.before_request
    def enter() -> ResponseReturnValue | None:
        g.visitors = visitors
        if not parts.settings.password:
            return page("closed.html", 403)
        seen = visitors.seen(request)
        g.visitor, g.new_visitor = seen or visitors.fresh(), seen is None
        if not everybody and not g.visitor.logged_in:
            wanted = request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for("auth.login_form", next=wanted if wanted != "/" else None), 303)
        if request.method == "POST" and not visitors.token_is_right(g.visitor, request.form.get(TOKEN_FIELD, "")):
            return page("expired.html", 400)
        return None

    @pages.after_request
    def leave(response: Response) -> Response:
        if g.get("new_visitor") and visitor_here() is not None:
            visitors.remember(g.visitor, response)
        return response

    @pages.errorhandler(StoreUnavailable)
    def store_is_away(error: StoreUnavailable) -> ResponseReturnValue:
        log.error("store.unavailable", detail=str(error))
        response = page("store_away.html", 503, error=str(error))
        response.headers["Retry-After"] = "10"
        return response


def braked_address(address: str) -> str:
    """Whoever has one IPv6 address has 2**64 of them: they count as one."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    return f"{found.exploded[:19]}::/64" if isinstance(found, IPv6Address) and not found.ipv4_mapped else str(found)


def _target() -> str:
    """Where the visitor wanted to go; only a path of our own, never another host's address."""
    wanted = request.values.get("next", "")
    local = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if local and "\\" not in wanted else url_for("status.overview")


def _form(status: int = 200, trouble: str | None = None, headers: dict[str, str] | None = None) -> Response:
    response = page("login.html", status, trouble=trouble, next=request.values.get("next", ""))
    response.headers.update(headers or {})
    return response
