"""The text that a sender signed, rebuilt from the request by a row of parts."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from relay.incoming import Incoming
from relay.reading.paths import ABSENT, find


@dataclass(frozen=True, kw_only=True)
class Sorted:
    """All fields (or those ``within`` a path), ordered by name, written as ``form``.

    In ``form``: ``{k}`` the name, ``{v}`` the value, ``{q}`` the value percent-encoded by RFC 3986.
    Without a ``join`` of its own every field is a part of the whole text, joined as the row says.
    """

    form: str = "{v}"
    join: str | None = None
    within: str = ""
    prefix: str = ""  # only names that begin so, in either case
    exclude: tuple[str, ...] = ()
    scalars: bool = False  # leave out nested values
    skip_empty: bool = False
    secret_as: str = ""  # the secret takes part as a field of this name


Part = str | Sorted | Callable[[Incoming, str], str | bytes]


@dataclass(frozen=True)
class Circumstances:
    """What a part may need besides the request; near misses vary it."""

    secret: str = ""
    timestamp: str = ""
    body: bytes | None = None  # instead of the request's own


def signed_text(parts: tuple[Part, ...], join: str, incoming: Incoming, known: Circumstances, root: str = "") -> bytes:
    """A field that is not there is an empty text. Raises UnreadableBody where fields are needed and can't be had."""
    pieces: list[bytes] = []
    for part in parts:
        if isinstance(part, Sorted):
            pieces.extend(text.encode() for text in _sorted(part, _scope(incoming, root), known.secret))
        elif callable(part):
            made = part(incoming, known.secret)
            pieces.append(made if isinstance(made, bytes) else made.encode())
        else:
            pieces.append(_piece(part, incoming, known, root))
    return join.encode().join(pieces)


def _piece(part: str, incoming: Incoming, known: Circumstances, root: str) -> bytes:
    body = incoming.request.body if known.body is None else known.body
    if part == "body":
        # a GET carries its data in the query string: that is what is signed then (CloudPayments)
        return body or incoming.request.query.encode()
    if part in ("secret", "timestamp"):
        return getattr(known, part).encode()  # type: ignore[no-any-return]
    if part == "crc32":
        return str(zlib.crc32(body)).encode()
    if part == "php-json":
        return php_json(incoming.parsed).encode()
    if part in ("method", "url", "query-string"):
        return str(getattr(incoming.request, part.removesuffix("-string"))).encode()
    if part.startswith("field:") and root:
        return text_of(find(_scope(incoming, root), part[6:])).encode()
    return text_of(incoming.at(part)).encode()


def _scope(incoming: Incoming, root: str) -> Any:
    return find(incoming.parsed, root) if root else incoming.parsed


def _sorted(part: Sorted, fields: Any, secret: str) -> list[str]:
    pairs = dict(_chosen(part, find(fields, part.within) if part.within else fields))
    if part.secret_as:
        pairs[part.secret_as] = secret
    texts = [
        part.form.format(k=name, v=value, q=quote(value, safe="-._~") if "{q}" in part.form else "")
        for name, value in sorted(pairs.items())
    ]
    return texts if part.join is None else [part.join.join(texts)]


def _chosen(part: Sorted, fields: Any) -> Iterator[tuple[str, str]]:
    for name, value in fields.items() if isinstance(fields, dict) else ():
        text = text_of(value)
        nested = isinstance(value, (dict, list))
        if name in part.exclude or (part.scalars and (nested or value is None)) or (part.skip_empty and not text):
            continue
        if name.lower().startswith(part.prefix.lower()):
            yield name, text


def text_of(value: Any) -> str:
    """As it stood on the wire: booleans in lower case, numbers with all their digits, nothing for null."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or value is ABSENT or isinstance(value, (dict, list)):
        return ""
    return str(value)


def php_json(value: Any) -> str:
    """PHP's json_encode with JSON_UNESCAPED_UNICODE over values turned to text and sorted by key at every depth."""
    text = json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"))
    # PHP escapes the slash, and these two line ends even when it leaves all other letters alone
    return text.replace("/", "\\/").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (not key.isdecimal(), int(key) if key.isdecimal() else 0, key))
        return {key: _ordered(value[key]) for key in keys}
    return [_ordered(below) for below in value] if isinstance(value, list) else text_of(value)
