"""How JustClick signs: PHP's http_build_query and MD5, nothing else. Pure, standard library only.

It never guesses: what PHP would write or take apart otherwise than it was put together is refused.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from hashlib import md5
from typing import Any
from urllib.parse import quote_plus

MAX_VARIABLES = 1000  # PHP's max_input_vars; `hash` is one of them
_FEW = 64  # names of a call that is worth remembering; one with hundreds is rare, and large
MAX_DEPTH = 64  # PHP's max_input_nesting_level
_COOKIE_PREFIXES = ("__Host-", "__Secure-")  # PHP guards them in every kind of input, not in cookies alone


class Unsignable(ValueError):
    """A name or value that the receiver would read otherwise than it was signed; ``parameter`` is its name."""

    def __init__(self, parameter: str, why: str) -> None:
        self.parameter = parameter
        self.why = why
        super().__init__(f"{parameter or '(a parameter without a name)'}: {why}")


# ---------------------------------------------------------------- the request
def query_string(params: Mapping[str, Any]) -> str:
    """What PHP's ``http_build_query`` writes: insertion order, None and empty arrays vanish, True is ``1``.

    Raises TypeError, naming the parameter, for what has no certain text: floats, bytes, sets, unknown types.
    """
    return _joined(list(_pairs(params)))


def canonical(params: Mapping[str, Any], login: str, secret: str) -> str:
    """The text whose MD5 is the request's hash. Login and secret go in as they are, not escaped."""
    return f"{query_string(params)}::{login}::{secret}"


def request_hash(params: Mapping[str, Any], login: str, secret: str) -> str:
    return _md5(canonical(params, login, secret))


def signed_body(params: Mapping[str, Any], login: str, secret: str) -> bytes:
    """The bytes to send: exactly those that were signed, then ``&hash=``.

    Raises Unsignable for names that PHP would change or regroup: JustClick would find the signature wrong.
    """
    pairs = list(_pairs(params))
    refuse_what_php_changes(tuple(name for name, _ in pairs))
    query = _joined(pairs)
    signature = _md5(f"{query}::{login}::{secret}")
    return f"{query}&hash={signature}".lstrip("&").encode("ascii")


def check(params: Mapping[str, Any]) -> None:
    """Raises what :func:`signed_body` would raise for these parameters, at a third of its cost."""
    pairs = list(_pairs(params))
    refuse_what_php_changes(tuple(name for name, _ in pairs))
    for name, value in pairs:
        for text in (name, value):
            if not text.isascii():
                _refuse_half_characters(text, name)


def flat_pairs(params: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and values as they go over the wire, before they are escaped: ``goods[0][good_name]``, ``course``."""
    return list(_pairs(params))


# ---------------------------------------------------------------- the answer
def answer_hash(code: int | str, text: str, secret: str) -> str:
    """The hash that JustClick puts under an answer. It does not cover ``result``."""
    return _md5(f"{code}::{text}::{secret}")


def genuine(code: int | str, text: str, given_hash: object, secret: str) -> bool:
    """Whether an answer was signed with this secret. Compared in constant time; anything but text is not."""
    if not isinstance(given_hash, str):
        return False
    return hmac.compare_digest(answer_hash(code, text, secret).encode(), given_hash.encode("utf-8", "surrogatepass"))


def notification_hash(number: str, email: str, moment: str, secret: str) -> str:
    """The hash under a notification about an order: number, e-mail, one unix time and secret without separators."""
    return _md5(f"{number}{email}{moment}{secret}")


# ---------------------------------------------------------------- names
def refuse_what_php_changes(names: tuple[str, ...]) -> None:
    """Raises Unsignable when PHP would not rebuild these very names, in this very order, from ``$_POST``."""
    (_refuse_unless_known if len(names) <= _FEW else _refuse_what_changes)(names)


def _refuse_what_changes(names: tuple[str, ...]) -> None:
    if len(names) + 1 > MAX_VARIABLES:
        raise Unsignable(names[MAX_VARIABLES - 1], f"more than {MAX_VARIABLES} variables, PHP cuts the rest")
    left: set[tuple[str, ...]] = set()  # arrays that other names have followed already
    values: set[tuple[str, ...]] = set()
    arrays: set[tuple[str, ...]] = set()
    open_path: tuple[str, ...] = ()
    for name in names:
        path = parts_of(name)
        if path[0] == "hash":
            raise Unsignable(name, "this name is reserved for the signature")
        above = [path[:depth] for depth in range(1, len(path))]
        if path in values or path in arrays or not values.isdisjoint(above):
            raise Unsignable(name, "given twice: the receiver keeps one of the two")
        common = _common(open_path, path)
        left.update(open_path[:depth] for depth in range(common + 1, len(open_path) + 1))
        if not left.isdisjoint(above):
            raise Unsignable(name, "members of one array must stand next to each other: the receiver regroups them")
        values.add(path)
        arrays.update(above)
        open_path = path


_refuse_unless_known = lru_cache(maxsize=128)(_refuse_what_changes)  # the same few calls are made all the time


@lru_cache(maxsize=1024)  # the same few names come with every call
def parts_of(name: str) -> tuple[str, ...]:
    """``goods[0][good_name]`` gives ``("goods", "0", "good_name")``. Raises Unsignable where PHP reads another."""
    root, bracket, rest = name.partition("[")
    if "\0" in name:
        raise Unsignable(name, "a NUL in a name ends it for PHP")
    if not root:
        raise Unsignable(name, "an empty name is dropped by PHP")
    if root.startswith(" "):
        raise Unsignable(name, "PHP cuts blanks in front of a name")
    if "." in root or " " in root:
        raise Unsignable(name, "PHP turns dots and blanks in a name into underscores")
    keys = tuple(_keys(name, bracket + rest)) if bracket else ()
    if len(keys) > MAX_DEPTH:
        raise Unsignable(name, f"nested deeper than PHP reads ({MAX_DEPTH})")
    for prefix in _COOKIE_PREFIXES:
        if not name.startswith(prefix) and any(key.startswith(prefix) for key in keys):
            raise Unsignable(name, f"a name in brackets that begins with {prefix} is dropped by PHP")
    return (root, *keys)


def _keys(name: str, brackets: str) -> Iterator[str]:
    while brackets:
        if not brackets.startswith("["):
            raise Unsignable(name, "text behind a closing bracket is lost in PHP")
        key, closing, brackets = brackets[1:].partition("]")
        if not closing:
            raise Unsignable(name, "a bracket is opened and never closed")
        if key == "" or (len(key) == 1 and key in " \t\n\v\f\r"):
            raise Unsignable(name, "empty brackets are renumbered by PHP: write the number")
        yield key


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    depth = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        depth += 1
    return depth


# ---------------------------------------------------------------- values
def _pairs(params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in params.items():
        yield from _flatten(_key_text(name, str(name)), value, 0)


def _flatten(name: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
    if depth > MAX_DEPTH:
        raise Unsignable(name, f"nested deeper than PHP reads ({MAX_DEPTH})")
    if isinstance(value, str):
        yield name, str(value)
    elif isinstance(value, Mapping):
        for key, member in value.items():
            yield from _flatten(f"{name}[{_key_text(key, name)}]", member, depth + 1)
    elif isinstance(value, (list, tuple)):
        for number, member in enumerate(value):
            yield from _flatten(f"{name}[{number}]", member, depth + 1)
    elif value is not None:
        yield name, _text(name, value)


def _key_text(key: object, name: str) -> str:
    if isinstance(key, bool) or not isinstance(key, (str, int)):
        raise TypeError(f"{name}: a name must be text or a whole number, not {type(key).__name__}")
    return str(key)


def _text(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        return f"{value:d}"
    if isinstance(value, Decimal) and value.is_finite():
        return f"{value:f}"
    if isinstance(value, float):
        raise TypeError(f"{name}: a float has no certain text, send {value!r} as text or Decimal")
    raise TypeError(f"{name}: cannot be sent: {type(value).__name__}")


def _joined(pairs: list[tuple[str, str]]) -> str:
    return "&".join(f"{_escaped(name, name)}={_escaped(value, name)}" for name, value in pairs)


def _escaped(text: str, name: str) -> str:
    _refuse_half_characters(text, name)
    # PHP escapes the tilde, Python does not; otherwise the two agree
    return quote_plus(text, safe="", encoding="utf-8", errors="strict").replace("~", "%7E")


def _refuse_half_characters(text: str, name: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Unsignable(name, "holds half of a character (a lone surrogate), which has no UTF-8 form") from None


def _md5(text: str) -> str:
    # bytes of an answer that were not UTF-8 were read with surrogateescape: they are hashed as they came
    try:
        content = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        content = text.encode("utf-8", "surrogatepass")
    return md5(content, usedforsecurity=False).hexdigest()
