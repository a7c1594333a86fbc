"""A signature that JustClick does not take: the page says what it could be, and shows no secret."""

from __future__ import annotations

import pytest

from relay.outcomes import Refused
from tests.web.conftest import ENVIRON, Web


@pytest.mark.parametrize(
    ("language", "words"), [("en", "What it could be:"), ("ru", "В чём может быть дело:")], ids=["en", "ru"]
)
def test_code_4_names_the_near_misses(web: Web, language: str, words: str) -> None:
    """In the reader's language, beside the signed text with the secret hidden."""
    delivery = web.story.lead("anna@example.com")
    web.story.answered(delivery, Refused(4, "Incorrect hash"))
    page = web.insider(language).get(f"/deliveries/{delivery}").text
    assert words in page
    assert "::demo::••••••" in page
    assert ENVIRON["JUSTCLICK_SECRET"] not in page


def test_other_codes_suspect_nothing(web: Web) -> None:
    """103 has nothing to do with the signature."""
    delivery = web.story.lead("anna@example.com")
    web.story.answered(delivery, Refused(103, "Incorrect rass_id"))
    assert "What it could be:" not in web.insider().get(f"/deliveries/{delivery}").text
