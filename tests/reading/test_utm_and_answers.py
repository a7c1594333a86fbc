"""UTM marks from their hiding places, and which of a form's answers are the contact."""

from __future__ import annotations

from typing import Any

import pytest

from relay.models import Utm
from relay.reading import Answer, gather_utm, recognise
from relay.reading.answers import role_of

COOKIE = "_ga=1; TILDAUTM=utm_source%3Dyandex%7C%7C%7Cutm_term%3D%D0%BA%D1%83%D1%80%D1%81%2B1%7C%7C%7C; x=y"


@pytest.mark.parametrize(
    ("places", "marks"),
    [
        ([{"utm_source": "a", "UTM_Medium": "b", "utm_term": ""}], Utm(source="a", medium="b")),
        ([{"q9_utmSource": "a"}], Utm(source="a")),
        ([{"utm": {"source": "a", "name": "b"}}], Utm(source="a", campaign="b")),
        ([{"utm": {"utm_source": "a", "campaign": "b"}}], Utm(source="a", campaign="b")),
        (["https://shop.example/?utm_source=a&utm_term=x+y&q=1"], Utm(source="a", term="x y")),
        ([COOKIE], Utm(source="yandex", term="курс 1")),
        ([COOKIE.replace("%7C%7C%7Cutm_term", "%7C%7C%7Camp%3Butm_term")], Utm(source="yandex", term="курс 1")),
        ([{"utm_source": "yandex"}, COOKIE], Utm(source="yandex", term="курс 1")),
        ([{"utm_source": "vk"}, COOKIE], Utm(source="vk")),
        ([Utm(source="a"), "https://shop.example/?utm_source=a&utm_term=b"], Utm(source="a", term="b")),
        ([None, {}, "", "no address"], Utm()),
    ],
)
def test_utm_is_found(places: list[Any], marks: Utm) -> None:
    """A later place fills gaps, but never mixes in another campaign's marks."""
    assert gather_utm(*places) == marks


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("E-mail *", "email"),
        ("Ваш e-mail:", "email"),
        ("Электронная почта", "email"),
        ("your-email", "email"),
        ("emailAddress", "email"),
        ("Контактный телефон", "phone"),
        ("PHONE", "phone"),
        ("q5_phoneNumber", "phone"),
        ("ФИО", "name"),
        ("first_name", "first_name"),
        ("Фамилия", "last_name"),
        ("Ваш город?", "city"),
        ("В каком городе вы живёте?", "city"),
        ("Email respondent", ""),
        ("Я согласен с политикой", "consent"),
        ("Имя ребёнка", ""),
        ("Телефон мамы", ""),
        ("Почтовый индекс", ""),
        ("Name_2", ""),
    ],
)
def test_labels_that_say_one_thing(label: str, role: str) -> None:
    """A label with a word too many is somebody else's name or phone: it is left alone."""
    assert role_of(label) == role


def test_answers_become_a_contact_and_the_rest_is_kept() -> None:
    """By type first, then by label; the first e-mail that is right counts."""
    found = recognise(
        [
            Answer("ref1", "не почта", "E-mail"),
            Answer("ref2", "Buyer@example.com", role="email"),
            Answer("ref3", "other@example.com", "Ещё e-mail", role="email"),
            Answer("имя", "Анна"),
            Answer("фамилия", "Смирнова"),
            Answer("topics", ["a", "b"]),
            Answer("empty", ""),
            Answer("utm_source", "x"),
        ]
    )
    assert found == {
        "email": "buyer@example.com",
        "first_name": "Анна",
        "last_name": "Смирнова",
        "custom": {"ref1": "не почта", "ref3": "other@example.com", "topics": ["a", "b"]},
    }


def test_a_drop_down_of_one_is_its_value() -> None:
    """Many senders make a list of every choice; a tick in words is a tick."""
    found = recognise(
        [
            Answer("город", ["Казань"]),
            Answer("согласие", ["Согласен на обработку персональных данных"]),
            Answer("page", "https://shop.example/?utm_source=a"),
            Answer("interests", ["Дизайн"]),
        ]
    )
    assert found == {
        "city": "Казань",
        "consent": True,
        "page": "https://shop.example/?utm_source=a",
        "custom": {"interests": ["Дизайн"]},
    }


def test_a_page_number_is_no_page() -> None:
    """Only an address is one."""
    assert recognise([Answer("page", "3")]) == {"custom": {"page": "3"}}
