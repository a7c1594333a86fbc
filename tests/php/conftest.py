"""Real PHP for the tests of this folder, which are marked to need it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.php_justclick import PhpJustClick
from tests.support.php_pages import PhpLines, PhpPage

LOGIN = "demo_shop"
SECRET = "S3cr+t/Key ~*[x]|%#7"


@pytest.fixture(scope="session")
def oracle() -> Iterator[PhpLines]:
    """A long-lived PHP that signs what it is given."""
    lines = PhpLines("oracle.php")
    yield lines
    lines.stop()


@pytest.fixture(scope="session")
def receiver() -> Iterator[PhpPage]:
    """A PHP page that takes a call apart and signs it again, with this module's LOGIN and SECRET."""
    with PhpPage("receiver.php", {"JUSTCLICK_LOGIN": LOGIN, "JUSTCLICK_SECRET": SECRET}) as page:
        yield page


@pytest.fixture(params=["docs", "field"])
def php_justclick(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PhpJustClick]:
    """The independent JustClick, fresh, once in each dialect."""
    with PhpJustClick(tmp_path_factory.mktemp("justclick"), dialect=request.param) as justclick:
        yield justclick
