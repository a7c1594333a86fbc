"""A form's answers, and which of them are the contact's e-mail, name, phone: by the sender's type, else by label.

A label must be one that says nothing else (Russian and English); anything unclear stays an answer of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from relay.reading.paths import single
from relay.reading.people import address, agreed, email, phone, plain
from relay.reading.scope import scope


@dataclass(frozen=True, slots=True)
class Answer:
    """``role`` is ours (email, phone, name, first_name, last_name, city, country, consent, page, ip) where the sender
    tells the type; ``key`` is stable and names the answer in ``contact.custom``; ``label`` is what the visitor saw."""

    key: str
    value: Any
    label: str = ""
    role: str = ""


_LABELS = {
    "email": "email|e mail|mail|e-mail|emailaddress|email address|address email|work email"
    "|почта|электронная почта|эл почта|имейл|емейл|емайл|мейл"
    "|адрес электронной почты|электронный адрес|почтовый ящик|e mail адрес|email адрес|адрес эл почты"
    "|e mail address|respondent email",
    "phone": "phone|phone number|phonenumber|tel|telephone|mobile|mobile phone|mobile number|cell|cell phone|cellphone"
    "|work phone|телефон|номер телефона|тел|мобильный|мобильный телефон|контактный телефон|сотовый|сотовый телефон"
    "|contact number|contact phone number|телефон для связи|контактный номер|номер мобильного телефона",
    "name": "name|full name|fullname|fio|имя|фио|ф и о|имя и фамилия|фамилия и имя|имя фамилия|фамилия имя"
    "|фамилия имя отчество|как вас зовут|как к вам обращаться|как я могу к вам обращаться|what is your name",
    "first_name": "first name|firstname|fname|given name|name first",
    "last_name": "last name|lastname|lname|surname|family name|second name|name last|фамилия",
    "city": "city|town|город|населенный пункт|населённый пункт|город проживания|из какого вы города"
    "|address city|в каком городе вы живете|в каком городе вы живёте|в каком вы городе",
    "country": "country|страна|страна проживания",
    "consent": "consent|checkbox|agree|agreement|acceptance|gdpr|privacy|privacy policy|terms|policy|согласие"
    "|соглашение",
    "page": "page|page url|pageurl|source url|landing page|url страницы|адрес страницы|страница",
    "ip": "remote ip|ip|ip address|ip адрес|удаленный ip|удалённый ip",
}
_ROLES: Mapping[str, str] = MappingProxyType(
    {label: role for role, labels in _LABELS.items() for label in labels.split("|")}
)
_BEFORE = re.compile(
    r"^(?:(?:your|my|the|ваш|ваша|ваше|ваши|введите|укажите|enter|customer|client|user|contact|lead|billing|q\d+) )+"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_AGREE = re.compile(r"^(?:я )?(?:согласие|согласен|согласна|даю согласие|i agree|i accept|i consent|agree to)\b")


@lru_cache(maxsize=4096)
def role_of(label: str) -> str:
    """``E-mail *`` and ``Ваш e-mail:`` are ``email``; a label of the site's own invention is ``""``."""
    words = " ".join(re.sub(r"[^\w]+|_+", " ", _CAMEL.sub(" ", label)).lower().split())
    for name in (words, _BEFORE.sub("", words)):
        if name in _ROLES:
            return _ROLES[name]
    return "consent" if _AGREE.match(words) else ""


def recognise(answers: Iterable[Answer]) -> dict[str, Any]:
    """Values for a Contact by our names; ``custom`` holds every other answer by its key. Problems go to the scope."""
    found: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    for answer in answers:
        role = answer.role or role_of(answer.key) or role_of(answer.label)
        if role and role not in found and _take(role, answer.value, found):
            continue
        if answer.value not in (None, "", [], {}) and not answer.key.lower().startswith("utm"):
            custom[answer.key] = answer.value
    if found.get("last_name") and not found.get("first_name") and found.get("name"):
        found["first_name"] = found.pop("name")
    if not found.get("city"):
        found |= _city_of_an_address(custom)
    return found | {"custom": custom}


def _city_of_an_address(custom: Mapping[str, Any]) -> dict[str, str]:
    """An address that came in parts stays one answer; its city is the contact's."""
    parts = (value.get("city") or value.get("City") for value in custom.values() if isinstance(value, dict))
    return next(({"city": city} for part in parts if (city := plain(part))), {})


def _take(role: str, value: Any, found: dict[str, Any]) -> bool:
    """Whether the value was one for that role; a wrong e-mail or phone is a problem, unless a right one follows."""
    if isinstance(value, dict) and role in ("name", "first_name"):
        found |= {
            ours: part for ours in ("first_name", "last_name") if (part := plain(value.get(ours.partition("_")[0])))
        }
        return True
    try:
        read = _READERS.get(role, plain)(single(value))
    except ValueError as error:
        scope().problems.setdefault(f"contact.{role}", str(error))
        return False
    if read is None:
        return False
    found[role] = read
    scope().problems.pop(f"contact.{role}", None)
    return True


_READERS: Mapping[str, Any] = MappingProxyType(
    {"email": email, "phone": lambda value: phone(value, scope().country), "consent": agreed, "page": address}
)
