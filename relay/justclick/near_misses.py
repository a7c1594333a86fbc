"""Why JustClick may have found a signature wrong (code 4): what only looks wrong, and what is proven. Pure.

The proof is JustClick's own answer: its hash is made with the true secret, so a variant of ours that makes the same
hash is the true one. The secret is never told, neither ours nor the right one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import ip_address
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from relay.justclick import signing
from relay.justclick.slips import LENGTHS, SLIPS, variants
from relay.models import Account

HIDDEN = "<secret>"
BRANDS = ("justclick.ru", "justclick.io", "influencersoft.com", "expertam.ru")

Answer = tuple[int | str, str, str | None]  # code and text as they came, and the answer's hash


@dataclass(frozen=True, slots=True)
class Finding:
    """``sure``: proven by the hash of JustClick's answer; else it only looks like it. ``text`` by language: en, ru."""

    kind: str
    sure: bool
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """``canonical``: the text whose MD5 is the signature, with the secret hidden; empty when it cannot be told yet."""

    canonical: str
    findings: tuple[Finding, ...]

    @property
    def sure(self) -> bool:
        return any(finding.sure for finding in self.findings)

    def told(self, language: str = "en") -> str:
        """All findings as one text; empty when there are none."""
        return " ".join(finding.text[language] for finding in self.findings)


def diagnose(
    function: str,
    params: Mapping[str, Any],
    account: Account,
    answer: Answer | None = None,
    others: Iterable[Account] = (),
) -> Diagnosis:
    """``answer``: the refusal itself, if it is at hand. ``others``: further accounts whose keys may be mixed up."""
    proven = list(_proven(account, answer, others))
    kinds = {finding.kind for finding in proven}
    if "secret-right" in kinds:
        found = [*proven, *_of_login(account), _blame(function, params)]
    elif proven and "secret-other" not in kinds:
        found = proven
    else:
        found = [*proven, *_of_secrets(account), *_of_login(account)]
    return Diagnosis(canonical(params, account.login), tuple(found))


def canonical(params: Mapping[str, Any], login: str) -> str:
    """What is signed, with ``<secret>`` for the secret; empty while a value is still awaited or cannot be signed."""
    try:
        return signing.canonical(params, login, HIDDEN)
    except (TypeError, ValueError):
        return ""


# ---------------------------------------------------------------- what the answer's hash proves
def _proven(account: Account, answer: Answer | None, others: Iterable[Account]) -> Iterator[Finding]:
    if answer is None or not answer[2]:
        return
    code, text, given = answer

    def fits(secret: str) -> bool:
        return signing.genuine(code, text, given, secret)

    if any(fits(secret) for secret in account.secrets):
        yield _finding("secret-right", sure=True)
        return
    for secret in account.secrets:
        for slips, variant in variants(secret):
            if fits(variant):
                yield from (Finding(slip.kind, True, slip.proven) for slip in slips)
                return
    for other in others:
        if other.name != account.name and any(fits(secret) for secret in other.secrets):
            yield _finding("secret-of-another", sure=True, account=other.name)
            return
    if fits(account.login):
        yield _finding("secret-is-login", sure=True)
    elif fits(""):
        yield _finding("no-key", sure=True)
    else:
        yield _finding("secret-other", sure=True)


def _blame(function: str, params: Mapping[str, Any]) -> Finding:
    """The secret is right: what else is signed?"""
    return _finding("parameters" if params else "login-alone", sure=not params, function=function)


# ---------------------------------------------------------------- what only looks wrong
def _of_secrets(account: Account) -> Iterator[Finding]:
    """Each suspicion once, however many secrets give it."""
    told: dict[str, Finding] = {}
    for secret in account.secrets:
        for slip in SLIPS:
            if slip.shows(secret):
                told.setdefault(slip.kind, Finding(slip.kind, False, slip.seen))
        if secret == account.login:
            told.setdefault("secret-is-login", _finding("secret-is-login"))
        elif "${" in secret or (len(set(secret)) < 4 and len(secret) > 8):
            told.setdefault("placeholder", _finding("placeholder"))
        elif len(secret) not in LENGTHS and not any(slip.shows(secret) for slip in SLIPS):
            told.setdefault("length", _finding("length", length=len(secret)))
    yield from told.values()


def _of_login(account: Account) -> Iterator[Finding]:
    login = account.login
    # not .hostname, which would make small letters of it
    host = urlsplit(account.url).netloc.rpartition("@")[2].partition(":")[0]
    label, _, domain = host.partition(".")
    bare = login.strip().removeprefix("https://").removeprefix("http://").partition("@")[0].partition(".")[0]
    if bare != login:
        yield _finding("login-domain", login=login, meant=bare)
    elif domain.lower() in BRANDS and label.lower() != "www":
        if label.lower() != login.lower():
            yield _finding("login-other", login=login, host=host, label=label)
        elif login != login.lower() or label != label.lower():
            yield _finding("login-capitals", login=login)
    elif host.lower().removeprefix("www.") in BRANDS:
        yield _finding("no-account-in-address", host=host)
    elif not _is_local(host):
        near = get_close_matches(".".join(host.lower().split(".")[-2:]), BRANDS, 1, 0.75)
        if near:
            yield _finding("brand", host=host, brand=near[0], brands=", ".join(BRANDS))
        else:
            yield _finding("own-domain", host=host, login=login)


def _is_local(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return "." not in host
    return True


# ---------------------------------------------------------------- in words
def _finding(kind: str, *, sure: bool = False, **values: object) -> Finding:
    text = {language: words.format(**values) for language, words in zip(("en", "ru"), _WORDS[kind], strict=True)}
    return Finding(kind, sure, text)


_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "secret-right": (
            "The secret is right: JustClick has signed its answer with the very same one.",
            "Секретный ключ верен: JustClick подписал ответ этим же ключом.",
        ),
        "secret-of-another": (
            "This is not the secret of this account: the secret of the account {account} would fit. "
            "Two secrets are mixed up.",
            "Это ключ не от того аккаунта: подошёл бы ключ аккаунта {account}. Ключи перепутаны.",
        ),
        "secret-is-login": (
            "In place of the secret stands the login.",
            "Вместо секретного ключа указан логин.",
        ),
        "no-key": (
            "JustClick has no key for this account yet: open the page Integration and API there, and make one.",
            "В JustClick у этого аккаунта ещё нет ключа: откройте там страницу «Интеграция и API» и создайте его.",
        ),
        "secret-other": (
            "JustClick uses another secret, and no usual slip in copying leads to it from ours: copy it anew from the "
            "page Integration and API; it may have been changed there.",
            "JustClick использует другой ключ, и обычными ошибками копирования это не объяснить: скопируйте его заново "
            "со страницы «Интеграция и API»; возможно, его там сменили.",
        ),
        "placeholder": (
            "The secret looks like a placeholder: it was never replaced by the real one.",
            "Секретный ключ похож на заглушку: настоящий так и не вписали.",
        ),
        "length": (
            "The secret has {length} characters; keys of JustClick have 32, 36 or 40. A part of it may be missing "
            "(# and $ end or change a value in some files).",
            "В секретном ключе {length} симв.; у ключей JustClick их 32, 36 или 40. Возможно, часть потеряна "
            "(# и $ в некоторых файлах обрывают или меняют значение).",
        ),
        "login-alone": (
            "This call has no parameters, so it is the login that is wrong: capitals and small letters count.",
            "У этого вызова нет параметров, значит, неверен логин: заглавные и строчные буквы различаются.",
        ),
        "parameters": (
            "So the login is wrong, or a parameter of this {function} broke the signature. `python -m relay call "
            "GetAllGroups` has no parameters: if it passes, the login is right.",
            "Значит, неверен логин или подпись испортил параметр этого вызова {function}. У `python -m relay call "
            "GetAllGroups` нет параметров: если он проходит, логин верен.",
        ),
        "login-domain": (
            'The login is written "{login}"; it is the part before the first dot alone: "{meant}".',
            "Логин записан как «{login}»; нужна только часть до первой точки: «{meant}».",
        ),
        "login-other": (
            'The address {host} belongs to the account "{label}", but the login is "{login}".',
            "Адрес {host} принадлежит аккаунту «{label}», а логин указан «{login}».",
        ),
        "login-capitals": (
            'The login "{login}" is compared letter by letter, capitals too: write it as JustClick shows it, '
            "usually in small letters.",
            "Логин «{login}» сравнивается буква в букву, с учётом заглавных: запишите его так, как показывает "
            "JustClick, обычно строчными.",
        ),
        "no-account-in-address": (
            "The address {host} names no account: the login stands in front of it (login.{host}).",
            "В адресе {host} нет аккаунта: перед ним должен стоять логин (login.{host}).",
        ),
        "brand": (
            "The address {host} is none of JustClick's; {brand} is probably meant. There are {brands}, and domains of "
            "one's own.",
            "Адрес {host} не принадлежит JustClick; вероятно, имелся в виду {brand}. Бывают {brands} и собственные "
            "домены.",
        ),
        "own-domain": (
            'The address {host} is a domain of your own: the account it is bound to must have the login "{login}".',
            "Адрес {host} — собственный домен: он должен быть привязан к аккаунту с логином «{login}».",
        ),
    }
)
