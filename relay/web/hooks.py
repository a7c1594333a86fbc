"""The endpoints that webhooks are sent to: HTTP becomes a WebhookRequest, a Receipt becomes HTTP. Decides nothing."""

from __future__ import annotations

from collections import Counter

import structlog
from flask import Blueprint, Response, jsonify, request

from relay.errors import Refusal, StoreUnavailable, UnknownHook
from relay.intake import Intake, Receipt
from relay.models import WebhookRequest
from relay.parts import Parts

log = structlog.get_logger()
ALL_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
STORE_AWAY_SECONDS = 5  # after which a sender may try again


def blueprint(parts: Parts) -> Blueprint:
    hooks = Blueprint("hooks", __name__)
    intake = Intake(parts.configuration, parts.store, parts.settings.max_body)
    unkept: Counter[str] = Counter()  # refusals while the store was away

    def receive_webhook(name: str, token: str = "") -> Response:
        hook = parts.configuration.hooks.get(name)
        webhook = _webhook_request(parts, token)
        try:
            if hook is None:
                raise UnknownHook(f"There is no hook named {name[:60]!r} here. Its name stands in config/relay.yaml.")
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
        log.info("webhook.kept", hook=name, event_id=receipt.event_id, duplicate=receipt.duplicate)
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


def _webhook_request(parts: Parts, token: str) -> WebhookRequest:
    # One byte more than the limit is enough to know that a body is too large.
    body = request.stream.read(parts.settings.max_body + 1)
    hops = parts.settings.trusted_proxies
    return WebhookRequest(
        method=request.method,
        query=request.query_string.decode("latin-1"),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        address=_sender(hops),
        token=token,
        url=_called_url(hops),
    )


def _sender(hops: int) -> str:
    """What the outermost trusted proxy saw: each hop appends an address, and what stands further left is hearsay."""
    seen = [part.strip() for part in ",".join(request.headers.getlist("X-Forwarded-For")).split(",") if part.strip()]
    if hops and len(seen) >= hops:
        return seen[-hops]
    return request.remote_addr or ""


def _called_url(hops: int) -> str:
    scheme = request.headers.get("X-Forwarded-Proto", request.scheme) if hops else request.scheme
    query = request.query_string.decode("latin-1")
    return f"{scheme}://{request.host}{request.path}{'?' + query if query else ''}"


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
