"""Bodies in every dress, and the ones that are refused with the place of the mistake."""

from __future__ import annotations

import gzip
from decimal import Decimal
from typing import Any

import pytest

from relay.bodies import MAX_FIELDS, parse_body
from relay.errors import UnreadableBody
from relay.models import WebhookRequest

FORM = "application/x-www-form-urlencoded"
MIXED = "multipart/form-data; boundary=x"
DISPOSITION = 'Content-Disposition: form-data; name="a"\r\n'


def read(body: bytes | str, kind: str = "application/json", query: str = "", charset: str = "") -> Any:
    content = body.encode() if isinstance(body, str) else body
    return parse_body(WebhookRequest("POST", query, {"content-type": kind} if kind else {}, content), charset)


@pytest.mark.parametrize(
    "kind", ["application/json", "application/vnd.sm.v1+json; charset=utf-8", "text/plain", FORM, ""]
)
def test_json_is_read_under_every_type_it_is_sent_with(kind: str) -> None:
    """Some senders put JSON under a form's type, or under none."""
    assert read('{"имя": "Анна"}', kind) == {"имя": "Анна"}


def test_numbers_keep_every_digit() -> None:
    """A signature may be over the number's own text, and an id is longer than a float is exact."""
    read_back = read('{"amount": 1490.50, "id": 9007199254740993001}')
    assert read_back == {"amount": Decimal("1490.50"), "id": 9007199254740993001}
    assert str(read_back["amount"]) == "1490.50"


def test_the_last_of_equal_keys_wins() -> None:
    """As in PHP and JavaScript."""
    assert read('{"a": 1, "a": 2}') == {"a": 2}
    assert read("a=1&a=2", FORM) == {"a": "2"}


def test_half_an_emoji_becomes_a_replacement_character() -> None:
    """A text cut by its sender can still be stored as UTF-8."""
    assert read(r'["ок \ud83d", "\ud83d\ude00"]') == ["ок \ufffd", "😀"]


def test_a_byte_order_mark_is_no_part_of_the_data() -> None:
    """Windows puts one before everything."""
    assert read(b"\xef\xbb\xbf[1]") == [1]


def test_a_raw_line_break_within_a_text_is_taken() -> None:
    """Templates written by hand do not escape what a visitor typed."""
    assert read('{"message": "one\ntwo"}') == {"message": "one\ntwo"}


@pytest.mark.parametrize(
    ("body", "kind", "charset"),
    [
        (b"name=%C0%ED%ED%E0", f"{FORM}; charset=windows-1251", ""),
        (b"name=%C0%ED%ED%E0", FORM, "cp1251"),
        (b"charset=windows-1251&name=%C0%ED%ED%E0", FORM, ""),
        ('{"name": "Анна"}'.encode("cp1251"), "application/json; charset=cp1251", ""),
    ],
)
def test_the_named_charset_is_honoured(body: bytes, kind: str, charset: str) -> None:
    """In the content type, in a field of the form, or in the hook's options."""
    assert read(body, kind, charset=charset)["name"] == "Анна"


def test_an_empty_body_is_read_from_the_query() -> None:
    """Also of a POST (GetCourse, Unitpay)."""
    assert read(b"", "", "params[account]=7&q=%D0%B4+%D0%B0") == {"params": {"account": "7"}, "q": "д а"}
    assert read(b" \r\n", FORM, "a=1") == {"a": "1"}


def test_multipart_fields_nest_and_files_are_told_of() -> None:
    """A file's content stays in the kept body; its name and size are enough for a mapping."""
    parts = [
        'Content-Disposition: form-data; name="products[0][name]"\r\n\r\nКурс',
        'Content-Disposition: form-data; name="cv"; filename="cv.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF',
    ]
    body = "".join(f"--xyz\r\n{part}\r\n" for part in parts) + "--xyz--\r\n"
    assert read(body, "multipart/form-data; boundary=xyz") == {
        "products": [{"name": "Курс"}],
        "cv": {"filename": "cv.pdf", "content_type": "application/pdf", "size": 4},
    }


@pytest.mark.parametrize(
    ("body", "kind", "told"),
    [
        ('{"a" 1}', "application/json", "line 1, column 6"),
        ('{"a":\n 1,}', "application/json", "line 2"),
        (b'{"a": "\xff"}', "application/json", "byte 0xff at position 7"),
        ('{"a": NaN}', "application/json", "NaN"),
        ("[-Infinity]", "application/json", "Infinity"),
        ("[1e999999999]", "application/json", "beyond all reason"),
        (f"[{'9' * 5000}]", "application/json", "has 5000 digits$"),
        (gzip.compress(b'{"a": 1}'), "application/json", "compressed"),
        ("[" * 65 + "]" * 65, "application/json", "deeper than 64"),
        ("[" * 200_000, "application/json", "deeper than 64"),
        (f"[{'1,' * MAX_FIELDS}1]", "application/json", "more than 5000"),
        ("&".join(["a=1"] * (MAX_FIELDS + 1)), FORM, "more than 5000"),
        (f"a{'[b]' * 65}=1", FORM, "deeper than 64"),
        ("ok=1&name=%FF", FORM, r"Field 2 of the form \(name\)"),
        ("just words", "text/plain", "neither JSON nor a form"),
        ("<a/>", "application/xml", "application/xml"),
        ("a=1", f"{FORM}; charset=klingon", "klingon"),
        ("a" * 500_000 + "-" + "z" * 500_000, "application/json; charset=punycode", "punycode"),
        ('{"a": "1"}', "application/json; charset=undefined", "undefined"),
        (r'{"a": "\\ud800"}', "application/json; charset=unicode_escape", "unicode_escape"),
        ("_charset_=utf-7&a=%FF%2B2AA-", FORM, "not UTF-8"),
        ("--x\r\n" + DISPOSITION + "Content-Type: text/plain; charset=utf-7\r\n\r\n+2AA-\r\n--x--\r\n", MIXED, "utf-7"),
        ("&".join(["a[]" + "[]" * 60 + "=1"] * 4000), FORM, "more than 5000 levels"),
        ("--x\r\nno end", "multipart/form-data; boundary=x", "multipart"),
        ("x", "multipart/form-data", "boundary"),
    ],
)
def test_what_cannot_be_read_says_where(body: bytes | str, kind: str, told: str) -> None:
    """The sentence names the place, for whoever has to mend the sender."""
    with pytest.raises(UnreadableBody, match=told):
        read(body, kind)


def test_sixty_four_levels_are_still_read() -> None:
    """The bound is where the contract puts it."""
    assert read("[" * 64 + "]" * 64)
