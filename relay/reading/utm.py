"""UTM marks from all their hiding places: hidden fields, nested objects, Tilda's cookie, the page's address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit

from relay.models import Utm
from relay.reading.people import plain

_NAMES = ("source", "medium", "campaign", "content", "term")
_FIELD = re.compile(r"(?:^|[^a-z])utm[_\- .]?(source|medium|campaign|content|term)$", re.IGNORECASE)
_COOKIE = re.compile(r"(?:^|;\s*)TILDAUTM=([^;]*)")


def gather_utm(*places: Any) -> Utm:
    """The places in the order of trust; a later one fills gaps only where it does not contradict.

    A place is a mapping of fields (``utm_source``, ``q9_utmSource``; with ``{"utm": {"source": ...}}`` inside),
    an address (``https://...?utm_source=``), a ``Cookie`` header with Tilda's ``TILDAUTM``, or marks found before.
    """
    marks: dict[str, str] = {}
    for place in places:
        found = _marks(place)
        if all(marks.get(name, mark) == mark for name, mark in found.items()):
            marks = found | marks
    return Utm(**marks)


def _marks(place: Any) -> dict[str, str]:
    if isinstance(place, Utm):
        return {name: mark for name in _NAMES if (mark := getattr(place, name))}
    if isinstance(place, Mapping):
        return _of_fields(place)
    text = str(place or "")
    cookie = _COOKIE.search(text)
    if cookie:
        return _of_cookie(cookie.group(1))
    return _of_fields(dict(parse_qsl(urlsplit(text).query, max_num_fields=200))) if "utm_" in text else {}


def _of_fields(fields: Mapping[str, Any]) -> dict[str, str]:
    marks: dict[str, str] = {}
    for name, value in fields.items():
        found = _FIELD.search(name) if isinstance(name, str) else None
        mark = plain(value) if found else None
        if found and mark:
            marks.setdefault(found.group(1).lower(), mark)
    nested = fields.get("utm")
    return _of_object(nested) | marks if isinstance(nested, Mapping) else marks


def _of_object(nested: Mapping[str, Any]) -> dict[str, str]:
    """``{"source": ..., "name": ...}``: Marquiz calls the campaign a name."""
    marks = {name: mark for name in _NAMES if (mark := plain(nested.get(name)))}
    campaign = plain(nested.get("name"))
    return {"campaign": campaign} | marks if campaign else _of_fields(dict(nested) | {"utm": None}) | marks


def _of_cookie(cookie: str) -> dict[str, str]:
    """``utm_source=x|||utm_medium=y|||``, percent-encoded; the bars have been seen escaped for HTML."""
    marks = unescape(unquote(cookie)).replace("|||amp;", "|||").split("|||")
    pairs = (mark.partition("=") for mark in marks)
    # the cookie keeps the address's own spelling: a plus is a blank there
    return _of_fields({name: unquote_plus(value) for name, _, value in pairs if value})
