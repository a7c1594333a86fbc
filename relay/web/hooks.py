"""The endpoints that webhooks are sent to: HTTP becomes a WebhookRequest, a Receipt becomes HTTP. Decides nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

import structlog
from flask import Blueprint, Request, Response, jsonify, request

from relay.errors import Refusal, StoreUnavailable, UnknownHook, UnreadableBody
from relay.intake import Intake, Receipt
from relay.models import WebhookRequest
from relay.parts import Parts
from relay.web.proxies import root_url, sender_address

log = structlog.get_logger()
ALL_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
STORE_AWAY_SECONDS = 5  # after which a sender may try again
_BODYS_OWN = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})  # WSGI keeps these two headers apart from the others


def blueprint(parts: Parts) -> Blueprint:
    hooks = Blueprint("hooks", __name__)
    intake = Intake(parts.configuration, parts.store, parts.settings.max_body, parts.settings.store_bytes)
    unkept: Counter[str] = Counter()  # refusals while the store was away

    def receive_webhook(name: str, token: str = "") -> Response:
        hook = parts.configuration.hooks.get(name)
        # The request itself, not Flask's stand-in for it, which looks it up anew at every question.
        webhook, whole = _webhook_request(cast("Any", request)._get_current_object(), parts, token)
        try:
            if hook is None:
                raise UnknownHook(f"There is no hook named {name[:60]!r} here. Its name stands in config/relay.yaml.")
            if not whole:
                raise UnreadableBody("The connection broke before the whole body had come; it is not kept.")
            receipt = intake.receive(hook, webhook)
        except Refusal as refusal:
            log.info("webhook.refused", hook=name[:60], reason=refusal.reason, status=refusal.status)
            if hook is not None:
                intake.refuse(hook, webhook, refusal)
            else:
                intake.count_unknown_hook()
            return _refused(refusal)
        except StoreUnavailable as error:
            unkept[name] += 1
            log.error("webhook.not-kept", hook=name[:60], reason=error.reason, since_start=unkept[name])
            return _unavailable(error)
        if receipt.event_id:
            log.info("webhook.kept", hook=name, event_id=receipt.event_id, duplicate=receipt.duplicate)
        else:
            log.info("webhook.greeted", hook=name)
        return _answer(receipt)

    for rule in ("/hooks/<name>", "/hooks/<name>/<token>"):
        hooks.add_url_rule(
            rule,
            f"receive{rule.count('<')}",
            receive_webhook,
            methods=ALL_METHODS,
            strict_slashes=False,
            provide_automatic_options=False,
        )
    return hooks


def _webhook_request(request: Request, parts: Parts, token: str) -> tuple[WebhookRequest, bool]:
    """And whether all of its body has come, or more than we take: half a form looks like a whole one."""
    hops, most = parts.settings.trusted_proxies, parts.settings.max_body
    body, unbroken = _body(request, most)
    query = request.query_string.decode("latin-1")
    webhook = WebhookRequest(
        method=request.method,
        query=query,
        headers=_headers(request.environ),
        body=body,
        address=sender_address(request, hops),
        token=token,
        url=f"{root_url(request, hops)[:-1]}{request.path}{'?' + query if query else ''}",
    )
    return webhook, unbroken or len(body) > most


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    """As werkzeug reads them, but by names in lower case and in one walk: this is done for every webhook."""
    return {
        header: value
        for name, value in environ.items()
        if (header := _header(name)) and (value or name not in _BODYS_OWN)
    }


@lru_cache(maxsize=256)  # senders use the same few all the time
def _header(name: str) -> str:
    """``HTTP_X_SIGNATURE`` of WSGI as ``x-signature``; empty for what is no header."""
    if name.startswith("HTTP_") and name[5:] not in _BODYS_OWN:
        return name[5:].replace("_", "-").lower()
    return name.replace("_", "-").lower() if name in _BODYS_OWN else ""


def _body(request: Request, most: int) -> tuple[bytes, bool]:
    try:
        # One byte more than the limit is enough to know that a body is too large.
        body = request.stream.read(most + 1)
    except Exception:  # a chunk without its end or its length: each server has errors of its own for it
        return b"", False
    return body, len(body) >= (request.content_length or 0)


def _answer(receipt: Receipt) -> Response:
    answer = receipt.answer
    response = Response(answer.body, answer.status, dict(answer.headers), content_type=answer.content_type)
    if receipt.event_id:
        response.headers["Relay-Event-Id"] = receipt.event_id
    if receipt.duplicate:
        response.headers["Relay-Duplicate"] = "true"
    return response


def _refused(refusal: Refusal) -> Response:
    response = jsonify(error=refusal.reason, message=str(refusal))
    response.status_code = refusal.status
    if refusal.status == 405:
        response.headers["Allow"] = "POST, GET, HEAD"
    elif refusal.status == 429:
        response.headers["Retry-After"] = "60"
    return response


def _unavailable(error: StoreUnavailable) -> Response:
    message = "The webhook was not kept, because the store is not available. Please send it again."
    response = jsonify(error=error.reason, message=message)
    response.status_code = 503
    response.headers["Retry-After"] = str(STORE_AWAY_SECONDS)
    return response
