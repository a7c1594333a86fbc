"""``python -m relay check``, as an operator runs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from relay.commands.check import command

RIGHT = """\
accounts:
  school: {login: "${JUSTCLICK_LOGIN}", secret: "${JUSTCLICK_SECRET}"}
hooks:
  lead:
    provider: generic
    token: ${LEAD_TOKEN}
    calls:
      - {function: AddLeadToGroup, params: {rid: x}, when: body.go}
      - {function: AddLeadToGroup, params: {rid: x}, each: order.goods, name: all}
  open: {provider: generic, verify: none}
  ids: {provider: squarespace, token: "${LEAD_TOKEN}"}
"""
ENVIRON = {"JUSTCLICK_LOGIN": "demo", "JUSTCLICK_SECRET": "hush-secret", "LEAD_TOKEN": "hush-token"}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)


def test_a_right_file_is_told_in_plain_lines(written: Callable[[str], Path]) -> None:
    """What is listened to, how the sender is known, which calls are made; no secret."""
    ran = CliRunner().invoke(command, ["--config", str(written(RIGHT))])
    assert ran.exit_code == 0, ran.output
    for line in (
        "relay.yaml is right.",
        "school: demo at https://demo.justclick.ru, at most 16 calls at once, 10 a second",
        "POST /hooks/lead/<token>",
        "known by the token in its address",
        "AddLeadToGroup, when body.go",
        "AddLeadToGroup as all, for each of order.goods",
        "NOT PROVEN: anybody can send (verify: none)",
        "makes no calls",
        "does not ask the sender for the rest: that needs access_token under options",
    ):
        assert line in ran.output
    assert "hush" not in ran.output


def test_a_wrong_file_ends_with_exit_code_1(written: Callable[[str], Path]) -> None:
    """And the report stands on stderr."""
    ran = CliRunner().invoke(command, ["--config", str(written(RIGHT.replace("rid", "rids")))])
    assert ran.exit_code == 1
    assert 'Did you mean "rid"?' in ran.stderr
    assert ran.stdout == ""


def test_a_doubt_is_told_and_no_mistake(written: Callable[[str], Path]) -> None:
    """Two hooks that make orders: perhaps of two shops that count alike."""
    create = "\n    calls: [{function: CreateOrder, params: {goods: [{good_name: x}]}}]"
    shops = "".join(f"  {name}:\n    provider: tilda\n    token: ${{LEAD_TOKEN}}{create}\n" for name in ("a", "b"))
    ran = CliRunner().invoke(command, ["--config", str(written(RIGHT + shops))])
    assert ran.exit_code == 0, ran.output
    assert "Is this meant? The hooks a and b make orders in the account school" in ran.output
    assert "Is this meant?" not in CliRunner().invoke(command, ["--config", str(written(RIGHT))]).output
