"""The table of texts is complete: both languages, the same gaps to fill, and every key that a page asks for."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from relay.gating import Resumed
from relay.justclick.meanings.meaning import Verdict as CodeVerdict
from relay.lifecycle import State
from relay.web import texts, verdict
from relay.web.language import Language, plural_form
from relay.web.texts import TEXTS

TEMPLATES = Path(texts.__file__).parent.parent / "templates"
PAGES = "\n".join(path.read_text(encoding="utf-8") for path in sorted(TEMPLATES.glob("*.html")))
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text,)


def gaps(text: str | tuple[str, ...]) -> set[str]:
    return {name for form in forms(text) for _, name, _, _ in Formatter().parse(form) if name}


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_every_text_exists_in_both_languages(key: str) -> None:
    """Nobody meets an empty place, and no value is told in one language only."""
    english, russian = TEXTS[key]
    assert all(form.strip() for form in (*forms(english), *forms(russian)))
    assert gaps(english) == gaps(russian)
    assert isinstance(english, tuple) == isinstance(russian, tuple)
    if isinstance(english, tuple):
        assert (len(english), len(russian)) == (2, 3)
    assert not any(CYRILLIC.search(form) for form in forms(english))


def test_every_key_that_a_template_names_exists() -> None:
    """A misspelt key would be a broken page."""
    named = set(re.findall(r"""\bt\(\s*["']([a-z0-9.-]+[a-z0-9])["']\s*[,)]""", PAGES))
    assert len(named) > 150
    assert not named - TEXTS.keys()


def test_every_key_that_is_put_together_exists() -> None:
    """States, verdicts, tones and triggers come from tables; each of their words has its text."""
    for state in State:
        assert {f"state.{state}", f"state.{state}.title", f"state.{state}.about"} <= TEXTS.keys()
    assert {f"verdicts.{one}" for one in CodeVerdict} <= TEXTS.keys()
    assert {f"done.{one}" for one in Resumed} <= TEXTS.keys()
    assert {f"verdict.code-{code}" for code in verdict.SPOKEN_CODES} <= TEXTS.keys()
    source = Path(verdict.__file__).read_text(encoding="utf-8")
    for key in re.findall(r'Verdict\("([a-z-]+)"', source):
        assert f"verdict.{key}" in TEXTS
    for tone in ("good", "busy", "warn", "bad"):
        assert f"tone.{tone}" in TEXTS


def test_every_text_is_used() -> None:
    """What nobody shows is removed."""
    places = [
        TEMPLATES.parent / name for name in ("auth.py", "language.py", "rendering.py", "verdict.py", "operations.py")
    ]
    sources = PAGES + "\n".join(path.read_text() for path in [*places, *(TEMPLATES.parent / "pages").glob("*.py")])
    put_together = ("state.", "verdict", "tone.", "done.", "trigger.", "next.", "span.", "unit.", "task.", "store.")
    put_together += ("event.gone.", "search.why.", "wrong.", "nav.", "code.pauses.", "awaits.")
    unused = [key for key in TEXTS if f'"{key}"' not in sources and f"'{key}'" not in sources]
    assert not [key for key in unused if not key.startswith(put_together)]


@pytest.mark.parametrize(
    ("count", "form"),
    [(0, 2), (1, 0), (2, 1), (4, 1), (5, 2), (11, 2), (12, 2), (14, 2), (21, 0), (22, 1), (25, 2), (101, 0), (111, 2)],
)
def test_russian_plural_forms(count: int, form: int) -> None:
    """1 отправка, 2 отправки, 5 отправок, and the teens."""
    assert plural_form("ru", count) == form


def test_numbers_sizes_and_times_in_both_languages() -> None:
    """As a reader writes them: 1,204 and 1 204; 2 min ago and 2 мин назад."""
    english, russian = Language("en", 1_795_000_000_000), Language("ru", 1_795_000_000_000)
    assert (english.number(1204), russian.number(1204)) == ("1,204", "1\N{NARROW NO-BREAK SPACE}204")
    assert (english.size(1536), russian.size(1536)) == ("1.5\N{NO-BREAK SPACE}KB", "1,5\N{NO-BREAK SPACE}КБ")
    assert english.ago(1_795_000_000_000 - 125_000) == "2 min ago"
    assert russian.ago(1_795_000_000_000 - 125_000) == "2 мин назад"
    assert russian.ago(1_795_000_000_000 + 3 * 3_600_000) == "через 3 часа"
    assert english.ago(1_795_000_000_000) == "just now"
    assert english.ago(1_795_000_000_000 - 30 * 86_400_000) == "2026-10-19"
    assert russian.say("verdict.dead", 1204) == "1\N{NARROW NO-BREAK SPACE}204 отправки ждут вашего решения."
