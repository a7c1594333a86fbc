"""JSON that a template put together without escaping the answers: read all the same where it is plain what was meant.

Only flat objects of texts are mended, in one pass; anything else stays unreadable.
"""

from __future__ import annotations

import re
from typing import Any

from relay.bodies import parse_body, parse_json
from relay.errors import UnreadableBody
from relay.models import WebhookRequest

MENDED = "mended"  # a field that says so, for `when: not body.mended`

_NAME = r'"((?:[^"\\]|\\.)+)"\s*:\s*'
# a text ends where a quotation mark is followed by the next name or by the end: those inside an answer are not
_PAIR = re.compile(
    _NAME + r'(?:"(.*?)"|([\w.-]+))\s*(?:,\s*(?="(?:[^"\\]|\\.)+"\s*:)|\}\s*$)',
    re.DOTALL,
)


def parse_mended(request: WebhookRequest, charset: str = "") -> Any:
    """As ``parse_body``; a broken flat object is mended and has a field ``mended``. Raises UnreadableBody."""
    try:
        return parse_body(request, charset)
    except UnreadableBody:
        fields = mend(request.body.decode(charset or "utf-8", "replace"))
        if not fields:
            raise
        return {**fields, MENDED: True}


def mend(text: str) -> dict[str, str]:
    """The fields of a flat object, ``{}`` when it is none."""
    text = text.strip().removeprefix("\ufeff")
    fields: dict[str, str] = {}
    place = len(text) - len(text[1:].lstrip()) if text.startswith("{") else len(text)
    while place < len(text):
        pair = _PAIR.match(text, place)
        if pair is None:
            return {}
        name, value, bare = pair.groups()
        fields[_unescaped(name)] = bare if value is None else _unescaped(value)
        place = pair.end()
    return fields


def _unescaped(text: str) -> str:
    try:
        return str(parse_json(f'"{text}"'))
    except UnreadableBody:
        return text  # it was never escaped
