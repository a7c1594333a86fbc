"""The body of a webhook, from bytes to plain values, whatever its dress: JSON, form, multipart, query string.

Bounded in depth and number of fields. A number keeps every digit (Decimal, never float); nothing is guessed or dropped.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import Any, NoReturn
from urllib.parse import unquote

from multipart import MultipartError, MultipartParser, parse_options_header  # type: ignore[import-untyped]

from relay.brackets import MAX_DEPTH, nest
from relay.errors import UnreadableBody
from relay.models import WebhookRequest

MAX_FIELDS = 5_000
MAX_PART = 1 << 20  # bytes of one part of a multipart body
MAX_EXPONENT = 300  # 1e999999999 is nine bytes here and a gigabyte as an integer

_GZIP = b"\x1f\x8b"  # how it begins; no text does
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_UNDECLARED = frozenset({"", "text/plain", "application/octet-stream", "text/json", "text/html"})
_CHARSET = re.compile(r"charset=\"?([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_CHARSET_FIELD = re.compile(rb"(?:^|&)_?charset_?=([A-Za-z0-9_-]{3,20})(?:&|$)")
# What people write in, by Python's names. Python knows stranger ones: punycode takes minutes for a megabyte, and
# unicode_escape makes halves of emoji that no store can hold.
_CHARSETS = frozenset({
    "ascii", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "koi8-r",
    "koi8-u", "koi8-t", "kz1048", "ptcp154", "cp437", "cp850", "cp852", "cp855", "cp866", "cp874", "tis-620", "big5",
    "mac-cyrillic", "mac-roman", "cp932", "shift_jis", "euc_jp", "iso2022_jp", "cp949", "euc_kr", "gb2312", "gbk",
    "gb18030", *(f"cp125{digit}" for digit in range(9)), *(f"iso8859-{part}" for part in range(1, 17)),
})  # fmt: skip


def parse_body(request: WebhookRequest, charset: str = "") -> Any:
    """The data of a request; where the body is empty, those of its query string.

    ``charset`` replaces UTF-8 where neither the content type nor a ``charset`` field names one.
    Raises UnreadableBody, saying what is wrong and where.
    """
    body, kind = request.body, request.content_type
    if not body.strip():
        return parse_form(request.query)
    if body.startswith(_GZIP):
        raise UnreadableBody("The body is compressed (gzip). It has to be sent as it is, without Content-Encoding")
    if kind == _MULTIPART:
        return _multipart(request)
    declared = _CHARSET.search(request.headers.get("content-type", ""))
    encoding = declared.group(1) if declared else charset
    if kind == "application/json" or kind.endswith("+json"):
        return parse_json(_decode(body, encoding))
    if kind == _FORM or kind in _UNDECLARED:
        return _by_first_byte(body, kind, encoding)
    raise UnreadableBody(f"A body of the type {kind[:60]} cannot be read; JSON, form and multipart can")


def parse_json(text: str) -> Any:
    """JSON with bounds; of equal keys the last one wins, as in PHP and JavaScript."""
    try:
        value = _JSON.decode(text)
    except json.JSONDecodeError as error:
        raise UnreadableBody(f"The body is not JSON: line {error.lineno}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise UnreadableBody(f"The JSON is nested deeper than {MAX_DEPTH} levels") from None
    except ValueError as error:
        why = str(error).partition(";")[0]  # what follows is advice for those who write Python
        raise UnreadableBody(f"The body is not JSON that can be read: {why}") from None
    if text.count("{") + text.count("[") > MAX_DEPTH or text.count(",") + MAX_DEPTH > MAX_FIELDS:
        _bound(value)  # fewer brackets cannot nest deeper, and with fewer commas there are no more fields
    return _whole(value) if "\\ud" in text or "\\uD" in text else value


def parse_form(text: str, encoding: str = "utf-8") -> dict[str, Any]:
    """A query string or an urlencoded body, with PHP's bracket names; a name without ``=`` has the value ``""``."""
    if text.count("&") >= MAX_FIELDS:
        raise UnreadableBody(f"The form has more than {MAX_FIELDS} fields")
    try:
        return nest(_pairs(text, encoding))
    except ValueError as error:
        raise UnreadableBody(f"The form cannot be read: {error}") from None


def _pairs(text: str, encoding: str) -> Iterator[tuple[str, str]]:
    for place, pair in enumerate(text.split("&"), 1):
        name, _, value = pair.partition("=")
        try:
            if pair:
                yield _unquoted(name, encoding), _unquoted(value, encoding)
        except UnicodeDecodeError as error:
            raise UnreadableBody(f"Field {place} of the form ({name[:40]}): {_undecodable(error)}") from None


def _unquoted(text: str, encoding: str) -> str:
    text = text.replace("+", " ")
    return unquote(text, encoding, "strict") if "%" in text else text


def _by_first_byte(body: bytes, kind: str, encoding: str) -> Any:
    """Some senders put JSON under a form's type (WayForPay, Apps Script): a form never begins with a bracket."""
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in (b"{", b"["):
        return parse_json(_decode(body, encoding))
    if kind != _FORM and b"=" not in body:
        raise UnreadableBody("The body is neither JSON nor a form: it starts with neither { nor [ and holds no =")
    text = _decode(body, encoding).strip("\r\n")
    named = _CHARSET_FIELD.search(body)  # PayPal's IPN and HTML's _charset_ say it inside the form
    try:
        return parse_form(text, encoding or "utf-8")
    except UnreadableBody:
        if encoding or not named or not _known(named.group(1).decode()):
            raise
        return parse_form(text, named.group(1).decode())


def _known(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding).name in _CHARSETS
    except LookupError:
        return False


def _decode(body: bytes, encoding: str) -> str:
    if encoding and not _known(encoding):
        raise UnreadableBody(f"The charset {encoding[:40]!r} is not known")
    try:
        return body.decode(encoding or "utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise _undecodable(error) from None


def _undecodable(error: UnicodeDecodeError) -> UnreadableBody:
    wrong = error.object[error.start : error.start + 1].hex()
    return UnreadableBody(f"The body is not {error.encoding.upper()}: byte 0x{wrong} at position {error.start}")


def _multipart(request: WebhookRequest) -> dict[str, Any]:
    boundary = parse_options_header(request.headers.get("content-type", ""))[1].get("boundary", "")
    if not boundary:
        raise UnreadableBody("The multipart body's content type names no boundary")
    parts = MultipartParser(
        BytesIO(request.body), boundary, part_limit=MAX_FIELDS, partsize_limit=MAX_PART, spool_limit=MAX_PART
    )
    try:
        return nest((part.name, _part(part)) for part in parts)
    except UnicodeDecodeError as error:
        raise _undecodable(error) from None
    except (MultipartError, LookupError, ValueError) as error:
        raise UnreadableBody(f"The multipart body cannot be read: {error}") from None


def _part(part: Any) -> Any:
    """A field's text; of a file only what it is: its content stays in the kept body."""
    if part.filename:
        return {"filename": part.filename, "content_type": part.content_type, "size": part.size}
    return _decode(part.raw, part.charset)


def _bound(value: Any) -> None:
    fields, level = 0, [value]
    for _ in range(MAX_DEPTH + 1):
        above = [one for one in level if isinstance(one, (dict, list))]
        if not above:
            return
        level = [below for one in above for below in _members(one)]
        fields += len(level)
        if fields > MAX_FIELDS:
            raise UnreadableBody(f"The JSON has more than {MAX_FIELDS} fields")
    raise UnreadableBody(f"The JSON is nested deeper than {MAX_DEPTH} levels")


def _members(value: dict[str, Any] | list[Any]) -> Any:
    return value.values() if isinstance(value, dict) else value


def _whole(value: Any) -> Any:
    """Half of an emoji (a text cut by its sender) becomes U+FFFD: as it is, no UTF-8 could ever hold it."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole(below) for below in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(below) for key, below in value.items()}
    return value


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"the number {text[:40]} is beyond all reason") from None
    if abs(number.adjusted()) > MAX_EXPONENT:
        raise ValueError(f"the number {text[:40]} is beyond all reason")
    return number


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")


# strict=False: a raw line break inside a text is what hand-written templates send (Contact Form 7, Yandex Forms)
_JSON = json.JSONDecoder(parse_float=_number, parse_constant=_refuse, strict=False)
