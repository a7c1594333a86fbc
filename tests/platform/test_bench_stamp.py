"""The stamp under the tables of the benches names the code that was measured."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks.report import commit


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "code.py").write_text("1\n")
    (tmp_path / "docs" / "performance.md").write_text("1\n")
    author = ["-c", "user.name=bench", "-c", "user.email=bench@example.com"]
    for words in (["init", "--quiet"], ["add", "."], [*author, "commit", "--quiet", "-m", "one"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return tmp_path


def test_a_clean_tree_is_its_commit(repository: Path) -> None:
    head = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], cwd=repository, text=True).strip()
    assert commit(repository) == head
    (repository / "docs" / "performance.md").write_text("2\n")  # the benches write there
    (repository / "notes.txt").write_text("not under version control\n")
    assert commit(repository) == head


@pytest.mark.parametrize("staged", [False, True])
def test_changed_code_is_marked(repository: Path, *, staged: bool) -> None:
    (repository / "code.py").write_text("2\n")
    if staged:
        subprocess.run(["git", "add", "."], cwd=repository, check=True)
    assert commit(repository).endswith("+")


def test_without_a_repository_it_is_unknown(tmp_path: Path) -> None:
    assert commit(tmp_path) == "unknown"
