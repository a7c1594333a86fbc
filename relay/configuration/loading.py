"""From the file and the environment to a Configuration, or to a report of all its mistakes at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from relay.configuration.accounts import accounts_of
from relay.configuration.document import read_document
from relay.configuration.environment import Substitution, needed
from relay.configuration.fields import kind
from relay.configuration.hooks import hooks_of
from relay.configuration.problems import Problems, WrongConfiguration
from relay.configuration.schemas import FileSchema, loaded
from relay.configuration.secrecy import check_secrets
from relay.models import Configuration


def load(path: str | FilePath, environ: Mapping[str, str]) -> Configuration:
    """Raises WrongConfiguration with every mistake: its file, line, key, and what would be right."""
    document = read_document(path)
    problems = Problems(document.lines)
    check_secrets(document.tree, (), problems)
    substitution = Substitution(environ, problems)
    tree = substitution.fill(document.tree)
    substitution.report()
    if not isinstance(tree, dict):
        problems.add(
            (), "The file should begin with a line accounts: and hold a line hooks: further down.", closes=True
        )
        tree = {}
    known = loaded(FileSchema(), tree, (), problems)
    tables = _tables(known.get("tables", {}), problems)
    accounts = accounts_of(known.get("accounts", {}), problems)
    names = tuple(known.get("accounts", {}))
    hooks = hooks_of(known.get("hooks", {}), names, tuple(tables), problems)
    if found := problems.listed():
        raise WrongConfiguration(document.file, found)
    return Configuration(accounts=accounts, hooks=hooks, path=document.file, tables=tables)


def variables(path: str | FilePath) -> list[str]:
    """The ``${NAMES}`` that a file cannot do without, in its order. Raises WrongConfiguration when it is no YAML."""
    return list(dict.fromkeys(needed(read_document(path).tree)))


def _tables(raw: Mapping[str, Any], problems: Problems) -> dict[str, Mapping[str, Any]]:
    for name, entries in raw.items():
        if not isinstance(entries, dict):
            sentence = f"Here stands {kind(entries)}; a table is made of lines like: theirs: ours"
            problems.add(("tables", name), sentence, closes=True)
    return {name: entries for name, entries in raw.items() if isinstance(entries, dict)}
