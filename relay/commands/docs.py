"""``python -m relay docs``: writes the pages of docs/ that are made from tables in the code, or checks them.

A page is a row of PAGES: its file and the function that gives its text. Nothing else in docs/ is touched.
"""

from __future__ import annotations

import importlib
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent.parent

PAGES: dict[str, str] = {
    "docs/codes.md": "relay.justclick.documentation:codes_page",
    "docs/functions.md": "relay.justclick.documentation:functions_page",
    "docs/providers.md": "relay.catalogue:providers_page",
}


@click.command("docs", help="Write the generated pages of docs/.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when a page is stale.")
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), default=ROOT, hidden=True)
def command(check: bool, into: Path) -> None:
    stale = [path for path, source in PAGES.items() if _differs(into / path, rendered(source))]
    for path in stale:
        click.echo(f"{path} is {'stale: run python -m relay docs' if check else 'written'}")
        if not check:
            (into / path).parent.mkdir(parents=True, exist_ok=True)
            (into / path).write_text(rendered(PAGES[path]), encoding="utf-8")
    if check and stale:
        raise SystemExit(1)


def rendered(source: str) -> str:
    """The text of a page, given as ``module:function``."""
    module, _, function = source.partition(":")
    return str(getattr(importlib.import_module(module), function)())


def _differs(path: Path, text: str) -> bool:
    return not path.is_file() or path.read_text("utf-8") != text
