"""The usual slips in copying a secret key: how each is mended, and how it is told. Tells the slip, never the key.

Pure. A slip turns our copy into what the true key may be; whether it is, only a hash of JustClick's can prove.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import unquote, unquote_plus

LENGTHS = (32, 36, 40)  # of keys: 32 hex digits and 40 characters were seen, 36 and 40 are printed in the documentation

# blanks that nobody sees: no-break, zero-width, byte order mark, soft hyphen
INVISIBLE = " \t\r\n\v\f\u00a0\u00ad\u200b\u200c\u200d\u2007\u202f\u2060\ufeff"
QUOTES = "\"'`«»“”„‘’"
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#[0-9]{1,5}|#x[0-9a-f]{1,4});?", re.IGNORECASE)
_LABEL = re.compile(r"^[A-Za-zА-Яа-яЁё_ ]{2,30}\s*[:=]\s*")
_LOOKALIKES = str.maketrans("АВЕКМНОРСТХаеорсухіј–—−‑“”„‘’", 'ABEKMHOPCTXaeopcyxij----"""\'\'')


@dataclass(frozen=True, slots=True)
class Slip:
    """``mended``: what the key may be when this has happened to our copy. ``shows``: whether the copy looks like it."""

    kind: str
    mended: Callable[[str], Iterator[str]]
    shows: Callable[[str], bool]
    seen: Mapping[str, str]  # by language: the sentence when the copy only looks like it
    proven: Mapping[str, str]  # and when JustClick's own hash proves it


def _both(en: str, ru: str) -> Mapping[str, str]:
    return MappingProxyType({"en": en, "ru": ru})


def _bare(secret: str) -> Iterator[str]:
    yield secret.strip(INVISIBLE)
    yield "".join(letter for letter in secret if letter not in INVISIBLE)


def _without_quotes(secret: str) -> Iterator[str]:
    yield secret.strip(QUOTES)
    yield secret.strip(f"{QUOTES}.,;:")


def _html(secret: str) -> Iterator[str]:
    yield html.unescape(secret)
    yield html.escape(secret, quote=False)
    yield html.escape(secret)


def _slashes(secret: str) -> Iterator[str]:
    yield re.sub(r"\\(.)", r"\1", secret)  # PHP's stripslashes, and what a shell does
    yield re.sub(r"(['\"\\])", r"\\\1", secret)  # PHP's addslashes


def _doubled(secret: str) -> Iterator[str]:
    yield re.sub(r"([$%{}])\1", r"\1", secret)
    half = len(secret) // 2
    if secret[:half] == secret[half:]:
        yield secret[:half]


def _percent(secret: str) -> Iterator[str]:
    yield unquote(secret)
    yield unquote_plus(secret)


def _capitals(secret: str) -> Iterator[str]:
    yield from (secret.lower(), secret.upper(), secret.swapcase())


def _letters(secret: str) -> Iterator[str]:
    yield secret.translate(_LOOKALIKES)


def _surplus(secret: str) -> Iterator[str]:
    yield _LABEL.sub("", secret)
    yield from (part for length in LENGTHS if len(secret) > length for part in (secret[:length], secret[-length:]))


SLIPS: tuple[Slip, ...] = (
    Slip(
        "blanks",
        _bare,
        lambda secret: any(letter in INVISIBLE for letter in secret),
        _both(
            "There is a blank, a line end or another invisible character in or around the secret.",
            "В секретном ключе или вокруг него есть пробел, перевод строки или другой невидимый символ.",
        ),
        _both(
            "Our secret has a blank, a line end or another invisible character too many: without it, it is right.",
            "В нашем секретном ключе лишний пробел, перевод строки или другой невидимый символ: без него ключ верен.",
        ),
    ),
    Slip(
        "quotes",
        _without_quotes,
        lambda secret: secret != secret.strip(QUOTES),
        _both(
            "The secret begins or ends with a quotation mark, which probably does not belong to it.",
            "Секретный ключ начинается или кончается кавычкой, которая, скорее всего, к нему не относится.",
        ),
        _both(
            "Our secret has quotation marks or a full stop around it: without them it is right.",
            "Вокруг нашего секретного ключа стоят кавычки или точка: без них ключ верен.",
        ),
    ),
    Slip(
        "html",
        _html,
        lambda secret: _ENTITY.search(secret) is not None,
        _both(
            "The secret holds signs as HTML writes them (&amp; for &): probably it was copied from a page's source.",
            "В секретном ключе есть знаки в записи HTML (&amp; вместо &): видимо, его скопировали из кода страницы.",
        ),
        _both(
            "Our secret was mangled as HTML does it (&amp; and &): copy it from the page as it is shown.",
            "Наш секретный ключ искажён записью HTML (&amp; и &): скопируйте его так, как он виден на странице.",
        ),
    ),
    Slip(
        "backslashes",
        _slashes,
        lambda secret: "\\" in secret,
        _both(
            "The secret holds a backslash: some forms and shells add or remove one.",
            "В секретном ключе есть обратная косая черта: некоторые формы и оболочки её добавляют или убирают.",
        ),
        _both(
            "Our secret has a backslash too many or too few: a form or a shell has changed it.",
            "В нашем секретном ключе лишняя или потерянная обратная косая черта: её изменила форма или оболочка.",
        ),
    ),
    Slip(
        "doubled",
        _doubled,
        lambda secret: any(shorter != secret for shorter in _doubled(secret)),
        _both(
            "A part of the secret stands twice ($$, %%, or the whole of it).",
            "Часть секретного ключа записана дважды ($$, %% или весь ключ целиком).",
        ),
        _both(
            "A part of our secret stands twice ($$, %%, or the whole of it): once it is right.",
            "Часть нашего секретного ключа записана дважды ($$, %% или весь ключ целиком): в один раз он верен.",
        ),
    ),
    Slip(
        "percent",
        _percent,
        lambda secret: re.search(r"%[0-9A-Fa-f]{2}", secret) is not None,
        _both(
            "The secret may have been copied out of an address: it holds %2B and the like.",
            "Возможно, секретный ключ скопирован из адресной строки: в нём есть %2B и подобное.",
        ),
        _both(
            "Our secret was copied out of an address (%2B for +): as JustClick shows it, it is right.",
            "Наш секретный ключ скопирован из адресной строки (%2B вместо +): в том виде, как его показывает "
            "JustClick, он верен.",
        ),
    ),
    Slip(
        "letters",
        _letters,
        lambda secret: not secret.isascii() and any(letter not in INVISIBLE for letter in secret if letter > "\x7f"),
        _both(
            "The secret holds letters that only look like Latin ones (Cyrillic, or dashes and quotes that a text "
            "program has put in).",
            "В секретном ключе есть символы, лишь похожие на латинские (кириллица, тире или кавычки из текстового "
            "редактора).",
        ),
        _both(
            "Our secret holds letters that only look like the right ones (Cyrillic, dashes, quotes).",
            "В нашем секретном ключе есть символы, лишь похожие на нужные (кириллица, тире, кавычки).",
        ),
    ),
    Slip(
        "capitals",
        _capitals,
        lambda _: False,
        _both("", ""),
        _both(
            "Our secret is right but for capital and small letters.",
            "Наш секретный ключ верен, если не считать заглавных и строчных букв.",
        ),
    ),
    Slip(
        "surplus",
        _surplus,
        lambda secret: _LABEL.match(secret) is not None,
        _both(
            "The secret seems to have its label with it (key: ...).",
            "Похоже, вместе с секретным ключом скопирована его подпись (ключ: ...).",
        ),
        _both(
            "Our secret has something too much at its beginning or end.",
            "В начале или в конце нашего секретного ключа есть лишнее.",
        ),
    ),
)


def variants(secret: str) -> Iterator[tuple[tuple[Slip, ...], str]]:
    """What the key may be after one slip, then after two; each candidate once, our own copy never."""
    known = {secret, ""}
    first: list[tuple[Slip, str]] = []
    for slip in SLIPS:
        for candidate in slip.mended(secret):
            if candidate not in known:
                known.add(candidate)
                first.append((slip, candidate))
                yield (slip,), candidate
    for slip, candidate in first:
        for other in SLIPS:
            for further in other.mended(candidate):
                if further not in known:
                    known.add(further)
                    yield (slip, other), further
