"""E-mail addresses, telephone numbers and names as people type them."""

from __future__ import annotations

from collections.abc import Callable
from string import ascii_letters, digits

import pytest
from email_validator import validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from relay.reading import email, phone, split_name
from relay.reading.people import agreed


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (" Buyer@Example.COM ", "buyer@example.com"),
        ("mailto:a.b+c@example.com", "a.b+c@example.com"),
        ("<a@example.com>,", "a@example.com"),
        ("почта@пример.рф", "почта@пример.рф"),
        ("", None),
        (None, None),
        (["a@example.com"], None),
        ("{object.user.email}", None),
    ],
)
def test_email(typed: object, read: str | None) -> None:
    """In lower case and without what stands around it; a placeholder that nobody filled is nothing."""
    assert email(typed) == read


@pytest.mark.parametrize("typed", ["a@b", "a b@example.com", "нет", "a@@example.com", "@example.com"])
def test_what_is_no_email_says_why(typed: str) -> None:
    """Rather than being sent on."""
    with pytest.raises(ValueError, match=r"\w"):
        email(typed)


@given(typed=st.text(ascii_letters + digits + "._%+-@ß", min_size=1, max_size=80))
@example("Anna.Smirnova+shop@Mail.RU")
@example("anna@xn--e1afmkfd.xn--p1ai")
@example("anna@mail.ru.")
@example("anna@mail..ru")
@example("anna@-mail.ru")
@example("anna@localhost")
@example("anna@mail.123")
@example("a..b@mail.ru")
@example(".a@mail.ru")
@example("a@" + "b" * 64 + ".ru")
@example("a" * 65 + "@mail.ru")
@example("a@" + ".".join("b" * 60 for _ in range(5)) + ".ru")
def test_email_says_what_the_library_says_of_the_whole(typed: str) -> None:
    """Though it remembers what it has said of a domain: the same address, or the same sentence."""
    assert _verdict(email, typed) == _verdict(_whole, typed)


def _whole(typed: str) -> str:
    return validate_email(typed, check_deliverability=False, test_environment=True).normalized.lower()


def _verdict(read: Callable[[str], str | None], typed: str) -> tuple[str | None, str]:
    try:
        return read(typed), ""
    except ValueError as error:  # the library's is one too
        return None, str(error)


@pytest.mark.parametrize(
    ("typed", "country", "read"),
    [
        ("+7 (999) 000-00-00", "RU", "+79990000000"),
        ("8 (999) 000-00-00", "RU", "+79990000000"),
        ("8999 000 00 00", "KZ", "+79990000000"),
        (" 79990000000", "RU", "+79990000000"),
        ("79990000000", "BY", "+79990000000"),
        (79990000000, "RU", "+79990000000"),
        ("9990000000", "RU", "+79990000000"),
        ("380671234567", "RU", "+380671234567"),
        ("067 123-45-67", "UA", "+380671234567"),
        ("00380671234567", "RU", "+380671234567"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("+1 212 555 0123", "RU", "+12125550123"),
        ("", "RU", None),
        (None, "RU", None),
    ],
)
def test_phone(typed: object, country: str, read: str | None) -> None:
    """The hook's country reads numbers without one; a plus that became a blank in a form is put back."""
    assert phone(typed, country) == read


@pytest.mark.parametrize("typed", ["1234", "телефон", "8 999", "+7", "123456789012345678"])
def test_what_is_no_phone_says_why(typed: str) -> None:
    """Nothing is guessed from half a number."""
    with pytest.raises(ValueError, match=r"\w"):
        phone(typed)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Анна", "Анна", None),
        ("Анна Смирнова", "Анна", "Смирнова"),
        ("Смирнова Анна Петровна", "Анна", "Смирнова"),
        ("Анна Петровна Смирнова", "Анна", "Смирнова"),
        ("Vincent van Gogh", "Vincent", "van Gogh"),
        ("", None, None),
        (None, None, None),
    ],
)
def test_names_are_split(name: str | None, first: str | None, last: str | None) -> None:
    """A patronymic tells where the first name is; otherwise the order is as written."""
    assert split_name(name) == (first, last)


@pytest.mark.parametrize(
    ("value", "read"),
    [("yes", True), ("Да", True), (1, True), (False, False), ("0", False), ("maybe", None), (None, None)],
)
def test_consent_is_what_was_said(value: object, read: bool | None) -> None:
    """A text that says neither is no consent and no refusal."""
    assert agreed(value) is read
