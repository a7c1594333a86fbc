"""The signature doctor: each slip in copying a key is found by JustClick's own hash, and no key is ever told."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from relay.justclick.near_misses import Diagnosis, diagnose
from relay.justclick.signing import answer_hash
from relay.justclick.slips import LENGTHS, SLIPS, variants
from relay.models import Account, Awaited

KEY = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"  # what JustClick has; 40 characters
AWKWARD = "aB3&[x]|%41#7=;(k)+\"q'<z>w\\_y~*!0Pm$rT9u"
SCHOOL = Account("school", "school", (KEY,), "https://school.justclick.ru")


def refusal(key: str = KEY, text: str = "Incorrect hash") -> tuple[int, str, str]:
    return 4, text, answer_hash(4, text, key)


def with_secret(*secrets: str, **changes: Any) -> Account:
    return replace(SCHOOL, secrets=secrets, **changes)


def diagnosed(account: Account, key: str = KEY, params: dict[str, Any] | None = None) -> Diagnosis:
    return diagnose("GetAllGroups", params or {}, account, refusal(key))


def kinds(diagnosis: Diagnosis) -> list[str]:
    return [finding.kind for finding in diagnosis.findings]


@pytest.mark.parametrize(
    ("ours", "true", "kind"),
    [
        (f"{KEY} ", KEY, "blanks"),
        (f"{KEY}\n", KEY, "blanks"),
        (f"\r\n{KEY}", KEY, "blanks"),
        (f"{KEY}\u00a0", KEY, "blanks"),
        (f"\ufeff{KEY}", KEY, "blanks"),
        (f"{KEY[:20]}\n{KEY[20:]}", KEY, "blanks"),
        (f"{KEY[:20]}\u200b{KEY[20:]}", KEY, "blanks"),
        (f'"{KEY}"', KEY, "quotes"),
        (f"'{KEY}", KEY, "quotes"),
        (f"«{KEY}»", KEY, "quotes"),
        (f"{KEY}.", KEY, "quotes"),
        (AWKWARD.replace("&", "&amp;"), AWKWARD, "html"),
        (
            AWKWARD.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;"),
            AWKWARD,
            "html",
        ),
        ("a&b<c>d" * 5, "a&amp;b&lt;c&gt;d" * 5, "html"),
        (AWKWARD.replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"'), AWKWARD, "backslashes"),
        ("it's" * 9, "it\\'s" * 9, "backslashes"),
        ("a$$b%%c" * 5, "a$b%c" * 5, "doubled"),
        (KEY * 2, KEY, "doubled"),
        ("a%2Bb%25c" * 5, "a+b%c" * 5, "percent"),
        (KEY.upper(), KEY, "capitals"),
        (KEY.replace("a", "а").replace("c", "с"), KEY, "letters"),
        ("a-b–c" * 8, "a-b-c" * 8, "letters"),
        (f"Key: {KEY}", KEY, "surplus"),
        (f"Секретный ключ = {KEY}", KEY, "surplus"),
        (f"{KEY}x", KEY, "surplus"),
    ],
)
def test_a_slip_is_proven_by_the_answers_hash(ours: str, true: str, kind: str) -> None:
    """The variant of our key that makes JustClick's own hash is surely the right one; the slip is named, no key is."""
    found = diagnosed(with_secret(ours), true)
    assert kind in kinds(found)
    assert found.sure
    for language in ("en", "ru"):
        assert ours not in found.told(language)
        assert true not in found.told(language)


@pytest.mark.parametrize(
    ("ours", "true", "both"),
    [
        (f'"{KEY}" ', KEY, {"blanks", "quotes"}),
        (f" {AWKWARD.replace('&', '&amp;')}", AWKWARD, {"blanks", "html"}),
        (f"key={KEY.upper()}", KEY, {"surplus", "capitals"}),
    ],
)
def test_two_slips_at_once_are_both_named(ours: str, true: str, both: set[str]) -> None:
    """Blanks and quotation marks like to come together."""
    assert set(kinds(diagnosed(with_secret(ours), true))) == both


def test_the_second_of_two_secrets_is_looked_at_too() -> None:
    """While a key is being rotated, either may be the one with the slip."""
    assert kinds(diagnosed(with_secret("f" * 39 + "0", f"{KEY}\t"))) == ["blanks"]


def test_a_right_secret_leaves_the_login() -> None:
    """An answer signed with our very key: then it is the login, or a parameter of this call."""
    assert kinds(diagnosed(SCHOOL)) == ["secret-right", "login-alone"]
    account = replace(SCHOOL, login="School")
    assert kinds(diagnosed(account)) == ["secret-right", "login-capitals", "login-alone"]
    found = diagnosed(SCHOOL, params={"rid": ["web"]})
    assert kinds(found) == ["secret-right", "parameters"]
    assert "call GetAllGroups" in found.told()


def test_keys_of_two_accounts_mixed_up() -> None:
    """The other account is named."""
    shop = Account("shop", "shop", ("0" * 32, "1" * 31 + "2"), "https://shop.justclick.ru")
    found = diagnose("GetAllGroups", {}, SCHOOL, refusal("1" * 31 + "2"), [SCHOOL, shop])
    assert kinds(found) == ["secret-of-another"]
    assert "shop" in found.told("ru")


@pytest.mark.parametrize(("key", "kind"), [("school", "secret-is-login"), ("", "no-key"), ("f" * 40, "secret-other")])
def test_other_keys_of_the_answer(key: str, kind: str) -> None:
    """Whatever JustClick has signed with: the conclusion is a sure one."""
    found = diagnosed(SCHOOL, key)
    assert kinds(found) == [kind]
    assert found.sure


@pytest.mark.parametrize("answer", [None, (4, "Incorrect hash", None), (4, "Incorrect hash", "")])
def test_without_a_hash_nothing_is_sure(answer: Any) -> None:
    """And a key that looks as keys do gives no finding at all."""
    assert diagnose("GetAllGroups", {}, SCHOOL, answer).findings == ()
    found = diagnose("GetAllGroups", {}, with_secret(f" {KEY}"), answer)
    assert kinds(found) == ["blanks"]
    assert not found.sure


@pytest.mark.parametrize(
    ("secret", "kind"),
    [
        (f"{KEY} ", "blanks"),
        (f'{KEY}"', "quotes"),
        ("a&amp;b" * 6, "html"),
        ("a\\b" * 12, "backslashes"),
        (f"{KEY}{KEY}", "doubled"),
        ("a%2Bb" * 8, "percent"),
        ("ключ" * 10, "letters"),
        (f"secret={KEY}", "surplus"),
        ("school", "secret-is-login"),
        ("${JUSTCLICK_SECRET}", "placeholder"),
        ("X" * 40, "placeholder"),
        (KEY[:17], "length"),
    ],
)
def test_what_only_looks_wrong(secret: str, kind: str) -> None:
    """Without the answer at hand, as the page asks: a suspicion, said as one."""
    found = diagnose("AddLeadToGroup", {}, with_secret(secret))
    assert kind in kinds(found)
    assert not found.sure
    assert secret not in found.told().replace('"school"', "") or secret == "school"


@pytest.mark.parametrize("length", LENGTHS)
def test_a_key_of_a_known_shape_is_not_suspected(length: int) -> None:
    """32 hex digits, 36, 40 characters with punctuation."""
    assert diagnose("GetAllGroups", {}, with_secret(KEY[:length])).findings == ()


@pytest.mark.parametrize(
    ("login", "url", "kind"),
    [
        ("School", "https://school.justclick.ru", "login-capitals"),
        ("school", "https://School.justclick.io", "login-capitals"),
        ("school.justclick.ru", "https://school.justclick.ru", "login-domain"),
        ("https://school.justclick.ru", "https://school.justclick.ru", "login-domain"),
        ("school@mail.ru", "https://school.justclick.ru", "login-domain"),
        (" school", "https://school.justclick.ru", "login-domain"),
        ("anna", "https://school.justclick.ru", "login-other"),
        ("anna", "https://school.influencersoft.com", "login-other"),
        ("anna", "https://school.expertam.ru", "login-other"),
        ("school", "https://justclick.ru", "no-account-in-address"),
        ("school", "https://www.justclick.io", "no-account-in-address"),
        ("school", "https://school.justclick.com", "brand"),
        ("school", "https://school.juctclick.ru", "brand"),
        ("school", "https://school.example", "own-domain"),
    ],
)
def test_logins_and_addresses(login: str, url: str, kind: str) -> None:
    """A login in capitals, with its domain, of another account; a brand's address that is none."""
    account = replace(SCHOOL, login=login, url=url)
    assert kinds(diagnose("GetAllGroups", {}, account)) == [kind]


@pytest.mark.parametrize(
    "url",
    [
        *("https://school.justclick.ru", "https://school.justclick.io", "https://school.influencersoft.com"),
        *("https://school.expertam.ru", "http://127.0.0.1:8090", "http://localhost:8090", "http://[::1]:8090"),
    ],
)
def test_an_address_that_is_right(url: str) -> None:
    """Nothing to say."""
    assert diagnose("GetAllGroups", {}, replace(SCHOOL, url=url)).findings == ()


def test_the_signed_text_hides_the_secret() -> None:
    """As it was signed, but for the secret; nothing while a value is awaited."""
    found = diagnose("AddLeadToGroup", {"rid": ["web"], "lead_name": "Анна ~"}, SCHOOL)
    assert found.canonical == "rid%5B0%5D=web&lead_name=%D0%90%D0%BD%D0%BD%D0%B0+%7E::school::<secret>"
    assert diagnose("UpdateOrderStatus", {"bill_id": Awaited("bill:1")}, SCHOOL).canonical == ""


def test_every_finding_speaks_both_languages() -> None:
    """And no sentence is empty, but that of a slip that cannot be seen."""
    for slip in SLIPS:
        assert set(slip.seen) == set(slip.proven) == {"en", "ru"}
        assert all(slip.proven.values())
        assert all(slip.seen.values()) or not slip.shows("aB" * 16)


@pytest.mark.parametrize("secret", ["x", KEY, AWKWARD, "&amp;" * 8, "\\" * 40, "а" * 40, "%41" * 300, "k" * 5000])
def test_looking_for_slips_costs_little(secret: str) -> None:
    """Whatever the key: some hundred candidates at most, none twice, never our own."""
    began = time.perf_counter()
    found = [candidate for _, candidate in variants(secret)]
    assert time.perf_counter() - began < 0.5
    assert len(found) == len(set(found)) < 500
    assert secret not in found
