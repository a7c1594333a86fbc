"""``python -m relay dead``, ``pause`` and ``resume`` as an operator types them, over a real store."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from redis import Redis

from app import create_app
from config.settings import load_settings
from relay import replaying
from relay.cli import main
from relay.outcomes import Refused
from relay.parts import Parts
from tests.support.story import Story
from tests.web.conftest import CONFIGURATION, ENVIRON


@pytest.fixture
def story(redis: Redis, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Story:
    """A store with three dead letters, and the environment in which the command line finds it."""
    path = tmp_path / "relay.yaml"
    path.write_text(CONFIGURATION, encoding="utf-8")
    environ = {**ENVIRON, "RELAY_CONFIG": str(path), "REDIS_URL": redis_url, "RELAY_LOG_LEVEL": "error"}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    parts: Parts = create_app(load_settings(environ), redis).extensions["relay"]
    told = Story(parts.store, parts.configuration)
    for email, code in (("anna@example.com", 103), ("boris@example.com", 103), ("vera@example.com", 100)):
        told.answered(told.lead(email, name="=cmd()"), Refused(code, "refused"))
    return told


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Exit code and everything that was written."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as stopped:
        main(list(words))
    seen = capsys.readouterr()
    return int(stopped.value.code or 0), seen.out + seen.err


def states(story: Story) -> dict[str, int]:
    return {state: count for state, count in story.store.counts().items() if count}


def test_list(story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    """With meanings, filtered like the page."""
    _, everything = run(capsys, "dead", "list")
    assert "3 dead letters." in everything
    assert "There is no such group" in everything
    _, one = run(capsys, "dead", "list", "--code", "100", "--language", "ru")
    assert "vera@example.com" in one
    assert "anna@example.com" not in one
    _, first = run(capsys, "dead", "list", "--limit", "1")
    assert "1 shown, 2 more." in first


def test_replay_by_id(story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    """Each on its own; one that cannot be replayed does not stop the others."""
    dead = next(iter(story.store.redis.zrange("relay:index:state:dead", 0, 0))).decode()
    code, told = run(capsys, "dead", "replay", dead, "dlv_nobody")
    assert code == 1
    assert "There is no delivery dlv_nobody." in told
    assert "1 done, 1 not." in told
    assert states(story) == {"dead": 2, "queued": 1}


def test_replay_by_filter(story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    """Counted first; a worker does it."""
    assert "2 dead letters match." in run(capsys, "dead", "replay", "--code", "103", "--dry-run")[1]
    assert states(story) == {"dead": 3}
    bulk = run(capsys, "dead", "replay", "--code", "103")[1].split()[-1]
    assert run(capsys, "dead", "progress", bulk)[1].startswith("running: 0 of 2")
    replaying.work_on_bulks(story.store, story.configuration)
    assert run(capsys, "dead", "progress", bulk)[1].startswith("finished: 2 of 2")
    assert states(story) == {"dead": 1, "queued": 2}


@pytest.mark.parametrize("words", [[], ["dlv_x", "--code", "4"], ["--all", "--hook", "lead"]])
def test_all_of_them_must_be_asked_for_in_words(
    story: Story, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """Nothing is replayed or discarded by leaving something out."""
    for verb in ("replay", "discard"):
        assert run(capsys, "dead", verb, *words)[0] == 2
    assert states(story) == {"dead": 3}


def test_discard(story: Story, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Asks before it does; a closed input is a no."""
    assert run(capsys, "dead", "discard", "--search", "vera@example.com", "--dry-run")[1].startswith("1 chosen")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert run(capsys, "dead", "discard", "--all")[0] == 1
    assert states(story) == {"dead": 3}
    assert run(capsys, "dead", "discard", "--search", "vera@example.com", "--yes")[0] == 0
    assert states(story) == {"dead": 2, "discarded": 1}


def test_export(story: Story, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """JSON lines and CSV hold the same; a formula in a form is no formula in a spreadsheet."""
    lines = [json.loads(line) for line in run(capsys, "dead", "export")[1].splitlines()]
    assert {one["person"] for one in lines} == {"anna@example.com", "boris@example.com", "vera@example.com"}
    assert lines[0]["params"]["lead_name"] == "=cmd()"
    file = tmp_path / "dead.csv"
    run(capsys, "dead", "export", "--format", "csv", "--output", str(file))
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    assert [row["id"] for row in rows] == [one["id"] for one in lines]
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())


def test_pause_and_resume(story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    """By kind and name; what does not exist is told with the nearest name."""
    assert "account:school is paused" in run(capsys, "pause", "account", "school", "--note", "moving")[1]
    assert story.store.gates()["account:school"].text == "moving"
    assert "was paused already" in run(capsys, "pause", "account", "school")[1]
    assert "is resumed" in run(capsys, "resume", "account", "school")[1]
    assert "was not paused" in run(capsys, "resume", "account", "school")[1]
    code, told = run(capsys, "pause", "hook", "leed")
    assert (code, "lead" in told) == (2, True)
    assert "function:school:CreateOrder is paused" in run(capsys, "pause", "function", "school:CreateOrder")[1]
