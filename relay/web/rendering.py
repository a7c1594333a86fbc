"""A template and its values become a page in the reader's language. Everything is escaped; no value is trusted."""

from __future__ import annotations

import time

from flask import Response, g, make_response, render_template, request, url_for

from relay import providers
from relay.web import language as languages
from relay.web.language import LANGUAGES, Language
from relay.web.security import with_headers
from relay.web.visitors import TOKEN_FIELD, Visitor

LANGUAGE_COOKIE = "relay_language"


def language() -> Language:
    """Chosen by the visible switch (a cookie), else by what the browser asks for."""
    if "language" not in g:
        chosen = request.cookies.get(LANGUAGE_COOKIE, "")
        if chosen not in LANGUAGES:
            chosen = request.accept_languages.best_match(list(LANGUAGES), languages.DEFAULT)
        g.language = Language(chosen, time.time_ns() // 1_000_000)
    found: Language = g.language
    return found


def page(template: str, http_status: int = 200, /, **values: object) -> Response:
    tongue, visitor = language(), visitor_here()
    response = make_response(
        render_template(
            template,
            t=tongue.say,
            tongue=tongue,
            exact=languages.exact,
            iso=languages.iso,
            languages=LANGUAGES,
            logged_in=visitor is not None and visitor.logged_in,
            token=g.visitors.token(visitor) if visitor else "",
            token_field=TOKEN_FIELD,
            here=request.full_path.rstrip("?"),
            link=link,
            sender=sender,
            said=_said(tongue),
            **values,
        ),
        http_status,
    )
    response.headers["Content-Language"] = tongue.code
    response.headers["Vary"] = "Accept-Language, Cookie"
    return with_headers(response)


def link(endpoint: str, **values: object) -> str:
    """The address of a page; what is None or empty does not stand in it."""
    return url_for(endpoint, **{name: value for name, value in values.items() if value not in (None, "")})  # type: ignore[arg-type]


def sender(provider: str) -> str:
    """The provider's own name; empty when it is nobody in particular (``generic``) or no longer known."""
    try:
        found = providers.find(provider)
    except KeyError:
        return provider
    return "" if found.kind == "any" else found.title


def _said(tongue: Language) -> str | None:
    """What the form before this page has done; only words that we know ourselves."""
    said = request.args.get("said", "")
    return said if tongue.knows(f"done.{said}") else None


def visitor_here() -> Visitor | None:
    visitor: Visitor | None = g.get("visitor")
    return visitor
