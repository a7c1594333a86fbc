"""The headers of every page and of the API: nothing but our own files is loaded, nothing is kept, nobody frames us."""

from __future__ import annotations

from flask import Blueprint, Response, request

# Bytes of a form or of a JSON body. Webhooks have a limit of their own; whoever is not logged in must not fill a disk.
MOST = 1024 * 1024
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def harden(blueprint: Blueprint) -> None:
    """Every answer of this blueprint gets the headers; what a view has set itself stays. Every request is bounded."""
    blueprint.before_request(bound)
    blueprint.after_request(with_headers)


def bound() -> None:
    """What is larger is answered 413 as soon as somebody reads it."""
    request.max_content_length = MOST
    request.max_form_memory_size = MOST  # a body that is tried out comes as a form's field


def with_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
