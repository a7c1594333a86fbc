"""How PHP 8.2 reads a form body into ``$_POST`` and how its ``http_build_query`` writes one.

Written from PHP's own rules (``main/php_variables.c``, ``ext/standard/http.c``), for the receiving side only. It never
imports the relay's signing module: two independent readings of the rules have to agree before a call is accepted.

A PHP string is bytes. Here it is a ``str`` decoded as UTF-8 with ``surrogateescape``, so broken bytes survive.
"""

from __future__ import annotations

import re
import string
from typing import TypeAlias
from urllib.parse import unquote_to_bytes

PhpValue: TypeAlias = "str | PhpArray"

MAX_INPUT_VARS = 1000
MAX_NESTING = 64
INT_MAX = 2**63 - 1

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,18}")
_MANGLED = str.maketrans(" .[", "___")
_BARE = frozenset((string.ascii_letters + string.digits + "-._").encode())
_ENCODED = [chr(byte) if byte in _BARE else f"%{byte:02X}" for byte in range(256)]
_ENCODED[ord(" ")] = "+"


class PhpArray(dict[int | str, "PhpValue"]):
    """An ordered PHP array; it knows which number ``[]`` comes next."""

    next_index = 0

    def put(self, key: int | str, value: PhpValue) -> None:
        self[key] = value
        if isinstance(key, int) and key >= self.next_index:
            self.next_index = key + 1

    def append(self, value: PhpValue) -> None:
        """``$array[] = $value``; silently nothing when the numbers are used up, as in PHP."""
        if self.next_index <= INT_MAX:
            self.put(self.next_index, value)

    def child(self, key: int | str | None) -> PhpArray | None:
        """The array at ``key`` (None: a new one at the end); a text that stands there is replaced."""
        if key is None:
            if self.next_index > INT_MAX:
                return None
            key = self.next_index
        found = self.get(key)
        if not isinstance(found, PhpArray):
            found = PhpArray()
            self.put(key, found)
        return found


def parse_post(body: bytes) -> PhpArray:
    """``$_POST`` of an ``application/x-www-form-urlencoded`` body."""
    post = PhpArray()
    # PHP counts after it has stored, so it keeps one more than max_input_vars before it stops.
    for pair in _pairs(body)[: MAX_INPUT_VARS + 1]:
        name, _, value = pair.partition(b"=")
        register(post, _text(_urldecode(name)), _text(_urldecode(value)))
    return post


def register(post: PhpArray, name: str, value: str) -> None:
    """``php_register_variable_ex``: one decoded pair finds its place, or is lost as PHP loses it."""
    name = name.split("\0", 1)[0].lstrip(" ")  # names are C strings
    top, opened, rest = name.partition("[")
    if not top:
        return
    subscripts = _subscripts(rest) if opened else []
    if subscripts is None:  # the first bracket is never closed: all of it is one plain name
        top, subscripts = f"{top}_{rest}", []
    if len(subscripts) > MAX_NESTING:
        post.pop(_key(_mangle(top)), None)
    else:
        _store(post, [_mangle(top), *subscripts], value, name)


def http_build_query(array: PhpArray) -> str:
    """PHP's own words for an array of texts, RFC 1738 style; empty arrays vanish."""
    pairs: list[str] = []
    _build(array, "", pairs)
    return "&".join(pairs)


def urlencode(text: str) -> str:
    """PHP's ``urlencode``: everything but letters, digits and ``- . _`` is escaped, a space becomes ``+``."""
    return "".join([_ENCODED[byte] for byte in text.encode("utf-8", "surrogateescape")])


def text_of(value: PhpValue | None) -> str:
    """The text itself; nothing or an array counts as an empty text."""
    return value if isinstance(value, str) else ""


def _pairs(body: bytes) -> list[bytes]:
    pairs = body.split(b"&")
    return pairs[:-1] if pairs[-1] == b"" else pairs  # a trailing & opens no further variable


def _urldecode(piece: bytes) -> bytes:
    return unquote_to_bytes(piece.replace(b"+", b" "))


def _text(piece: bytes) -> str:
    return piece.decode("utf-8", "surrogateescape")


def _mangle(name: str) -> str:
    return name.translate(_MANGLED)


def _pretends(key: str, name: str) -> bool:
    """Whether a part of the name has a cookie prefix that the whole name did not have on the wire: PHP drops those."""
    return any(key.startswith(prefix) and not name.startswith(prefix) for prefix in ("__Host-", "__Secure-"))


def _key(name: str) -> int | str:
    if _INTEGER.fullmatch(name) and -INT_MAX - 1 <= int(name) <= INT_MAX:
        return int(name)
    return name


def _subscripts(rest: str) -> list[str | None] | None:
    """What follows the first ``[``: keys, None for ``[]``; None for all when the first bracket is never closed."""
    keys: list[str | None] = []
    while True:
        blank = 1 if rest[:1] in tuple(" \t\n\r\v\f") else 0  # "[ ]" counts as "[]", "[ a]" keeps its blank
        if rest[blank : blank + 1] == "]":
            keys.append(None)
            rest = rest[blank + 1 :]
        else:
            closing = rest.find("]", blank)
            if closing < 0:
                # A later unclosed bracket is cut off, but it does count as a level.
                return [*keys, None] if len(keys) == MAX_NESTING else keys or None
            keys.append(rest[:closing])
            rest = rest[closing + 1 :]
        if not rest.startswith("["):
            return keys
        rest = rest[1:]


def _store(post: PhpArray, keys: list[str | None], value: str, name: str) -> None:
    place: PhpArray | None = post
    for depth, key in enumerate(keys, 1):
        if place is None or (key is not None and _pretends(key, name)):
            return
        if depth < len(keys):
            place = place.child(None if key is None else _key(key))
        elif key is None:
            place.append(value)
        else:
            place.put(_key(key), value)


def _build(array: PhpArray, prefix: str, pairs: list[str]) -> None:
    for key, value in array.items():
        name = urlencode(str(key))
        full = f"{prefix}%5B{name}%5D" if prefix else name
        if isinstance(value, PhpArray):
            _build(value, full, pairs)
        else:
            pairs.append(f"{full}={urlencode(value)}")
