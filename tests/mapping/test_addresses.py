"""E-mail addresses: the ordinary ones are read without the library, and exactly as the library would."""

from __future__ import annotations

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from relay.reading.people import email

LABELS = st.one_of(
    st.sampled_from(
        ["example", "mail", "com", "ru", "test", "local", "localhost", "invalid", "arpa", "onion", "xn--p1ai"]
    ),
    st.text("abcxyzABC019-_.+", min_size=1, max_size=70),
)
ADDRESSES = st.builds(
    lambda local, labels: f"{local}@{'.'.join(labels)}",
    st.text("abcxyzABC019.+_-'", min_size=1, max_size=70),
    st.lists(LABELS, min_size=1, max_size=4),
)


@given(ADDRESSES)
def test_the_short_way_reads_what_the_library_reads(text: str) -> None:
    """Valid and invalid ones alike."""
    given_to_library = text.strip("<>;, ")
    try:
        expected = validate_email(
            given_to_library, check_deliverability=False, test_environment=True
        ).normalized.lower()
    except EmailNotValidError:
        with pytest.raises(ValueError):
            email(text)
    else:
        assert email(text) == expected
