"""relay/cli.py: commands are found by file name, and errors are sentences."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from relay import commands
from relay.cli import relay

ROOT = Path(__file__).parents[2]
VERBS = sorted(path.stem for path in Path(commands.__file__).parent.glob("*.py") if not path.stem.startswith("_"))


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "relay", *arguments]
    known = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environ}
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=known, timeout=60, check=False)


@pytest.mark.parametrize("verb", VERBS)
def test_every_file_is_a_command_with_a_sentence_of_help(verb: str) -> None:
    """relay/commands/<name>.py holds ``command``."""
    name = verb.replace("_", "-")
    found = relay.get_command(click.Context(relay), name)
    assert found is not None
    assert found.get_short_help_str()


def test_a_misspelt_command_gets_the_nearest_one() -> None:
    """As everywhere here."""
    done = run("snadbox")
    assert done.returncode == 2
    assert "Did you mean sandbox?" in done.stderr


def test_the_second_word_of_a_command_gets_the_first() -> None:
    """Not one that only looks alike."""
    assert "Did you mean dead replay?" in run("replay").stderr


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ("replay", 2, "Did you mean dead replay?"),
        ("--help", 0, "run"),
        ("run", 2, "honcho is not installed: it is no part of what runs on a platform"),
    ],
)
def test_a_platform_has_not_installed_what_only_make_run_needs(asked: str, status: int, told: str) -> None:
    """requirements.txt alone: help and hints are there, and `run` says what it lacks."""
    without = "import sys; sys.modules['honcho'] = None; from relay.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", without, asked], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (status, False)
    assert told in done.stdout + done.stderr


def test_without_a_command_all_are_listed() -> None:
    """The help names them."""
    assert all(verb.replace("_", "-") in run("--help").stdout for verb in VERBS)


def test_a_mistake_of_the_operator_is_no_traceback() -> None:
    """One sentence, status 2."""
    done = run("run", PORT="eighty")
    assert done.returncode == 2
    assert done.stderr.startswith("PORT is 'eighty'")
    assert "Traceback" not in done.stderr
