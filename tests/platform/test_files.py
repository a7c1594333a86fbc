"""The files that a platform and a newcomer read: Procfile, app.json, requirements, Makefile."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from honcho.environ import parse_procfile

from relay import hooks

ROOT = Path(__file__).parents[2]
PINNED = ["requirements.txt", "requirements-local.txt", "requirements-dev.txt", "constraints.txt"]


def test_the_procfile_is_the_contract() -> None:
    """Two processes, these commands."""
    assert dict(parse_procfile((ROOT / "Procfile").read_text()).processes) == {
        "web": "gunicorn -c config/gunicorn.py wsgi:app",
        "worker": "python -m workers",
    }


def test_a_deploy_button_sets_all_that_the_example_needs() -> None:
    """Every variable that config/relay.yaml names, and the formation of the Procfile."""
    told = json.loads((ROOT / "app.json").read_text())
    needed = {*hooks.variables(ROOT / "config" / "relay.yaml"), "RELAY_PASSWORD", "RELAY_API_TOKEN", "SECRET_KEY"}
    assert needed <= told["env"].keys()
    assert all(entry["description"] for entry in told["env"].values())
    assert told["formation"].keys() == {"web", "worker"}
    assert told["addons"]


@pytest.mark.parametrize("name", PINNED)
def test_every_requirement_is_pinned(name: str) -> None:
    """The same versions on every machine."""
    for line in (ROOT / name).read_text().splitlines():
        wanted = line.partition("#")[0].strip()
        assert not wanted or wanted.startswith(("-r ", "-c ")) or re.match(r"[A-Za-z0-9._-]+==[^ ;]+", wanted), line


def test_nothing_of_this_machine_is_in_the_requirements() -> None:
    """No paths, no addresses of package indexes."""
    assert not any("://" in (ROOT / name).read_text() or "--" in (ROOT / name).read_text() for name in PINNED)


@pytest.mark.parametrize("name", ["README.md", "README.ru.md"])
def test_the_readmes_are_short_and_their_links_lead_somewhere(name: str) -> None:
    """Under 250 lines; every local link and picture exists."""
    text = (ROOT / name).read_text()
    assert len(text.splitlines()) < 250
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        assert "://" in target or (ROOT / target).exists(), target
