"""One webhook on its way in: its places by name (``header:X-Signature``, ``query:type``, ``field:a.b``).

It is parsed only when asked. A place that holds nothing gives None. Nothing in it is believed yet.
"""

from __future__ import annotations

import base64
import binascii
import copy
import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from relay.bodies import parse_body, parse_form, parse_json
from relay.errors import UnreadableBody
from relay.models import Hook, WebhookRequest
from relay.reading.paths import ABSENT, dig, find

Parse = Callable[[WebhookRequest, str], Any]


class Incoming:
    """``unwrap`` maps a path of the parsed body to the steps that open it, in place: ``{"data": "base64 json"}``."""

    def __init__(
        self, request: WebhookRequest, hook: Hook, parse: Parse = parse_body, unwrap: Mapping[str, str] | None = None
    ) -> None:
        self.request = request
        self.hook = hook
        self.problems: dict[str, str] = {}  # what could not be unwrapped, by path
        self._parse = parse
        self._unwrap = unwrap or {}

    @cached_property
    def parsed(self) -> Any:
        """The body as it stood on the wire. Raises UnreadableBody."""
        return self._parse(self.request, str(self.hook.options.get("charset", "")))

    @cached_property
    def body(self) -> Any:
        """The body with its wrappings opened; what cannot be opened stays as it was, with a problem."""
        if not self._unwrap:
            return self.parsed
        opened = copy.deepcopy(self.parsed)  # the signature is over the parsed values as they were
        for path, steps in self._unwrap.items():
            self._open(opened, path, steps)
        return opened

    def part(self, body: Any) -> Incoming:
        """The same request, as if it had brought this body alone: one of several events sent together."""
        one = copy.copy(self)
        one.__dict__["body"] = body
        return one

    @cached_property
    def query(self) -> dict[str, Any]:
        return parse_form(self.request.query) if self.request.query else {}

    def at(self, place: str) -> Any:
        """``header:``, ``authorization:``, ``query:``, ``field:`` (as parsed), ``option:`` (of the hook), ``const:``.

        Without such a word it is a path of ``body``.
        """
        kind, colon, name = place.partition(":")
        reader = _PLACES.get(kind) if colon else None
        return reader(self, name) if reader else dig(self.body, place)

    def _open(self, opened: Any, path: str, steps: str) -> None:
        whole = isinstance(opened, dict) and path in opened  # one name with a dot in it (Unbounce's `data.json`)
        above, name = ("", path) if whole else path.rpartition(".")[::2]
        container = find(opened, above)
        wrapped = find(container, name) if container is not ABSENT else ABSENT
        if not isinstance(wrapped, str) or not wrapped.strip() or not isinstance(container, dict):
            return
        try:
            for step in steps.split():
                wrapped = _STEPS[step](wrapped)
            container[name] = wrapped
        except (UnreadableBody, ValueError) as error:
            self.problems[f"body.{path}"] = str(error)


def _basic_token(incoming: Incoming, scheme: str) -> str | None:
    """``authorization:Bearer``: what follows the scheme's name in the Authorization header."""
    given, _, credentials = incoming.request.headers.get("authorization", "").strip().partition(" ")
    return credentials.strip() or None if given.lower() == scheme.lower() else None


_PLACES: Mapping[str, Callable[[Incoming, str], Any]] = {
    "header": lambda incoming, name: incoming.request.headers.get(name.lower()) or None,
    "authorization": _basic_token,
    "query": lambda incoming, name: dig(incoming.query, name),
    "field": lambda incoming, name: dig(incoming.parsed, name),
    "option": lambda incoming, name: incoming.hook.options.get(name),
    "const": lambda _, name: name,
}


def decode_base64(text: str) -> bytes:
    """Standard or URL-safe, with or without its padding. Raises ValueError."""
    text = "".join(text.split()).translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError(f"it is not base64: {error}") from None


def _claims(token: str) -> Any:
    parts = token.strip().split(".")
    if len(parts) != 3:
        raise ValueError("a JWT has three parts")
    return parse_json(decode_base64(parts[1]).decode())


_STEPS: Mapping[str, Callable[[str], Any]] = {
    "json": parse_json,
    "base64": lambda text: decode_base64(text).decode(),
    "jwt": _claims,
    "form": parse_form,
}


def fingerprint(value: Any) -> str:
    """Short, and the same for the same values: what tells an edit from a repeat where both come with one id."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def parse_jwt(request: WebhookRequest, charset: str = "") -> Any:  # noqa: ARG001 - the signature of every `parse`
    """For senders whose whole body is one JWT (Wix): its claims."""
    try:
        return _claims(request.body.decode("ascii"))
    except ValueError as error:
        raise UnreadableBody(f"The body is not a JWT: {error}") from None
