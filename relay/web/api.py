"""The JSON API: token, parameters, answers and errors of every operation. What they do stands in operations.py."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

import structlog
from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import HTTPException

from relay.errors import NotFound, RelayError, StoreUnavailable, WrongState
from relay.nearest import unknown
from relay.parts import Parts
from relay.web.language import DEFAULT, LANGUAGES, Language
from relay.web.openapi import PREFIX, document
from relay.web.operations import OPERATIONS, Asked, Operation
from relay.web.security import harden

log = structlog.get_logger()
CLOSED = (
    "The API is closed, because no token is set. Set the environment variable RELAY_API_TOKEN to a long random text, "
    "start the web process again, and send it as `Authorization: Bearer <token>`."
)


class BadRequest(RelayError):
    """The caller's: a parameter is unknown or wrong."""

    reason = "invalid-request"


def blueprint(parts: Parts) -> Blueprint:
    api = Blueprint("api", __name__, url_prefix=PREFIX)
    harden(api)
    demand_token(api, parts.settings.api_token)
    for operation in OPERATIONS:
        endpoint = f"{operation.method} {operation.path}".replace(".", "_")
        api.add_url_rule(operation.path, endpoint, _view(operation, parts), methods=[operation.method])
    described = document()
    api.add_url_rule("/openapi.json", "openapi", lambda: jsonify(described))
    answer_errors(api)
    return api


def demand_token(blueprint: Blueprint, token: str) -> None:
    """Every request to this blueprint must carry the token; compared in constant time."""
    expected = sha256(token.encode()).digest()

    @blueprint.before_request
    def check() -> ResponseReturnValue | None:
        if not token:
            return error(403, "api-closed", CLOSED)
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        right = hmac.compare_digest(sha256(given.strip().encode()).digest(), expected)
        if scheme.lower() == "bearer" and right:
            return None
        response = error(401, "unauthorized", "Send `Authorization: Bearer <RELAY_API_TOKEN>` with the right token.")
        response.headers["WWW-Authenticate"] = "Bearer"
        return response


def answer_errors(blueprint: Blueprint) -> None:
    """What goes wrong is JSON too: a slug for machines and a sentence for people."""
    statuses: tuple[tuple[type[RelayError], int], ...] = (
        (StoreUnavailable, 503),
        (NotFound, 404),
        (BadRequest, 400),
        (WrongState, 409),
        (RelayError, 409),  # a replay that cannot be read or mapped today
    )

    @blueprint.errorhandler(RelayError)
    def refused(problem: RelayError) -> Response:
        status = next(status for kind, status in statuses if isinstance(problem, kind))
        response = error(status, problem.reason, str(problem))
        if status == 503:
            log.error("store.unavailable", detail=str(problem))
            response.headers["Retry-After"] = "10"
        return response

    @blueprint.errorhandler(HTTPException)
    def wrong(problem: HTTPException) -> Response:
        status = problem.code or 500
        reason = "internal-error" if status >= 500 else "invalid-request"
        return error(status, reason, problem.description or problem.name)


def error(status: int, reason: str, message: str) -> Response:
    response = jsonify(error=reason, message=message)
    response.status_code = status
    return response


def _view(operation: Operation, parts: Parts) -> Callable[..., ResponseReturnValue]:
    shape = operation.gives()

    def view(**path: str) -> ResponseReturnValue:
        asked = Asked(path, checked(_given(operation), operation.takes()), _language())
        return jsonify(shape.dump(operation.answer(parts, asked))), operation.status

    return view


def checked(given: Mapping[str, Any], schema: Schema, place: str = "") -> dict[str, Any]:
    """What was given, with its types. Raises BadRequest with a sentence that names the parameter."""
    known = [field.data_key or name for name, field in schema.load_fields.items()]
    for name in given:
        if name not in known:
            raise BadRequest(unknown("parameter", f"{place}{name}", [f"{place}{one}" for one in known]))
    try:
        found: dict[str, Any] = schema.load(given)
    except ValidationError as problem:
        raise BadRequest(" ".join(_sentences(problem.messages_dict, place))) from None
    return found


def _given(operation: Operation) -> Mapping[str, Any]:
    if operation.method == "GET":
        return request.args.to_dict()
    if not request.get_data(cache=True).strip():
        return {}
    try:
        given = request.get_json(force=True, silent=True)
    except RecursionError:
        given = None
    if not isinstance(given, dict):
        raise BadRequest("The body must be a JSON object.")
    wanted = given.get("filter")
    if isinstance(wanted, dict) and "filter" in operation.takes().fields:
        checked(wanted, operation.takes().fields["filter"].schema, "filter.")  # type: ignore[attr-defined]
    return given


def _sentences(problems: Mapping[str, Any], place: str) -> list[str]:
    found = []
    for name, told in problems.items():
        if isinstance(told, Mapping):
            found += _sentences(told, f"{place}{name}.")
        else:
            found.append(f"{place}{name}: {' '.join(map(str, told))}")
    return found


def _language() -> Language:
    chosen = request.accept_languages.best_match(list(LANGUAGES), DEFAULT) or DEFAULT
    return Language(chosen, time.time_ns() // 1_000_000)
