"""The status page: which address shows what. Everything behind the log-in; nothing changes on GET."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from relay.parts import Parts
from relay.web.auth import guard
from relay.web.pages import actions, deliveries, events, inbox, meanings, overview, replays, search, trying
from relay.web.rendering import page

View = Callable[..., ResponseReturnValue]

SHOWN: tuple[tuple[str, str, View], ...] = (
    ("/", "overview", overview.overview),
    ("/search", "search", search.search),
    ("/deliveries", "deliveries", deliveries.listing),
    ("/deliveries/<delivery_id>", "delivery", deliveries.one),
    ("/deliveries/<delivery_id>/discard", "confirm_discard", actions.confirm_discard),
    ("/events", "events", events.listing),
    ("/events/<event_id>", "event", events.one),
    ("/inbox/<hook>", "hook", inbox.hook_page),
    ("/inbox/<hook>/refusals", "refusals", inbox.refusals),
    ("/inbox/<hook>/try", "try_last", trying.last_event),
    ("/replays/new", "plan_replay", replays.plan),
    ("/replays/<bulk_id>", "bulk_replay", replays.progress),
    ("/codes", "codes", meanings.code_table),
    ("/codes/<int(signed=True):code>", "code", meanings.code_page),
    ("/reasons/<slug>", "reason", meanings.reason_page),
)
FOR_MACHINES = ("/api/", "/hooks/", "/healthz", "/readyz", "/metrics")
SAID = {
    404: ("not-found", "There is nothing at this address."),
    405: ("method-not-allowed", "This address does not take that method."),
    500: ("internal-error", "Something broke on our side; the log of the web process says what."),
}
DONE: tuple[tuple[str, str, View], ...] = (
    ("/deliveries/<delivery_id>/replay", "replay", actions.replay),
    ("/deliveries/<delivery_id>/discard", "discard", actions.discard),
    ("/inbox/<hook>/try", "try_pasted", trying.pasted),
    ("/pauses/close", "pause", actions.pause),
    ("/pauses/open", "resume", actions.resume),
    ("/replays", "start_replay", replays.start),
)


def blueprint(parts: Parts) -> Blueprint:
    pages = Blueprint("status", __name__)
    guard(pages, parts)
    for path, name, view in SHOWN:
        pages.add_url_rule(path, name, partial(view, parts), methods=["GET"])
    for path, name, view in DONE:
        pages.add_url_rule(path, name, partial(view, parts), methods=["POST"])
    pages.register_error_handler(HTTPException, _wrong)
    pages.app_errorhandler(HTTPException)(_nowhere)
    return pages


def _wrong(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    return page("wrong.html", status, status=status)


def _nowhere(error: HTTPException) -> ResponseReturnValue:
    """What no blueprint answers (an address that nobody has, a fault of ours): machines get JSON, people a page."""
    status = error.code or 500
    if request.path.startswith(FOR_MACHINES):
        slug, message = SAID.get(status, ("error", error.description or error.name))
        response = jsonify(error=slug, message=message)
        response.status_code = status
        if isinstance(error, MethodNotAllowed):
            response.headers["Allow"] = ", ".join(error.valid_methods or ())
        return response
    return _wrong(error)
