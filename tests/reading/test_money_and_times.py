"""Sums and moments, exact to the last digit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from relay.reading import major, moment, money
from relay.reading.money import currency


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("4990.00", "4990.00"),
        ("4990.000000", "4990.000000"),
        (4990, "4990"),
        (Decimal("49.90"), "49.90"),
        ("4 990,00 руб.", "4990.00"),
        ("4\u00a0990 ₽", "4990"),
        ("4,990.50", "4990.50"),
        ("4.990,50", "4990.50"),
        ("1,234,567", "1234567"),
        ("49,9", "49.9"),
        ("-49.00", "-49.00"),
        ("$49", "49"),
    ],
)
def test_money(written: object, read: str) -> None:
    """As text it has the digits that the sender wrote."""
    assert str(money(written)) == read


@pytest.mark.parametrize("written", ["4,990", "free", "руб."])
def test_money_that_can_be_read_in_two_ways_is_not_read(written: str) -> None:
    """A thousandfold price is worse than none."""
    with pytest.raises(ValueError, match=r"comma|number"):
        money(written)


@pytest.mark.parametrize(
    ("minor", "code", "read"),
    [
        (499000, "RUB", "4990.00"),
        ("4900", "usd", "49.00"),
        (4990, "JPY", "4990"),
        (1234567, "KWD", "1234.567"),
        (5, "RUB", "0.05"),
        (0, "RUB", "0.00"),
        (-100, None, "-1.00"),
    ],
)
def test_minor_units_become_major_ones(minor: object, code: str | None, read: str) -> None:
    """By the currency's own number of digits."""
    assert str(major(minor, code)) == read


@pytest.mark.parametrize("minor", ["49.00", "x", Decimal("1.5")])
def test_minor_units_are_whole(minor: object) -> None:
    """A fraction means that these were no minor units."""
    with pytest.raises(ValueError, match="whole number"):
        major(minor, "RUB")


@pytest.mark.parametrize(
    ("written", "code"), [("usd", "USD"), ("643", "RUB"), ("RUR", "RUB"), ("₽", "RUB"), ("?", None)]
)
def test_currency(written: str, code: str | None) -> None:
    """ISO 4217 in capitals; the rouble has several names."""
    assert currency(written) == code


@pytest.mark.parametrize(
    ("written", "zone", "read"),
    [
        ("2026-09-14T09:41:31.204Z", "UTC", 1789378891),
        ("2026-09-14T12:41:31+03:00", "UTC", 1789378891),
        ("2026-09-14 12:41:31", "Europe/Moscow", 1789378891),
        ("14.09.2026 12:41:31", "Europe/Moscow", 1789378891),
        (1789378891, "UTC", 1789378891),
        ("1789378891204", "UTC", 1789378891),
        ("2026-09-14", "UTC", 1789344000),
        ("Mon Sep 14 12:41:31 MSK 2026", "UTC", 1789378891),
        ("02:41:31 Sep 14, 2026 PDT", "UTC", 1789378891),
        ("2026-09-14 09:41:31 UTC", "Europe/Moscow", 1789378891),
        ("", "UTC", None),
    ],
)
def test_moments(written: object, zone: str, read: int | None) -> None:
    """Seconds since 1970, whatever the sender writes."""
    assert moment(written, zone) == read


def test_what_is_no_moment_says_so() -> None:
    """The problem names the field later; here it only says what is wrong."""
    with pytest.raises(ValueError, match="date and time"):
        moment("вчера")
