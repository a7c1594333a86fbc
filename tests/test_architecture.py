"""Who may import whom, held against the imports themselves."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(path for folder in ("relay", "workers", "config") for path in (ROOT / folder).rglob("*.py"))
SOURCES += [ROOT / "app.py", ROOT / "wsgi.py"]

# A library, and the only places that may know it.
ONLY_IN = {
    "flask": ("app.py", "relay/web/"),
    "redis": ("app.py", "workers/parts.py", "relay/store/", "relay/connect.py", "relay/queue.py"),
    "rq": ("relay/queue.py", "workers/"),
    "urllib3": ("relay/justclick/", "relay/fetching"),
    "prometheus_client": ("relay/web/",),
    "click": ("relay/cli.py", "relay/commands/"),
}
# A module of ours, and what it must never import.
NEVER = {
    "relay/": ("workers", "app"),
    "relay/store/": ("relay.web", "relay.mapping", "relay.providers", "relay.justclick", "relay.intake"),
    "relay/providers/": ("relay.store", "relay.web", "relay.justclick", "relay.mapping"),
    "relay/mapping.py": ("relay.store", "relay.web"),
    "relay/justclick/": ("relay.store", "relay.web", "relay.providers", "relay.intake"),
    "relay/justclick/sandbox/": ("relay.justclick.signing", "relay.justclick.functions", "relay.justclick.codes"),
}
LEAVES = ("relay/keys.py", "relay/models.py", "relay/errors.py", "relay/lifecycle.py", "relay/justclick/signing.py")
STANDARD_ENOUGH = ("__future__",)


def imports_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def starts(name: str, module: str) -> bool:
    return name == module or name.startswith(module + ".")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_keeps_to_its_neighbours(path: Path) -> None:
    """Libraries stay in their rooms, and nothing imports upwards."""
    place, imported = str(path.relative_to(ROOT)), imports_of(path)
    for library, rooms in ONLY_IN.items():
        if not place.startswith(rooms):
            assert not [name for name in imported if starts(name, library)], f"{place} must not know {library}"
    for prefix, forbidden in NEVER.items():
        if place.startswith(prefix):
            for module in forbidden:
                assert not [name for name in imported if starts(name, module)], f"{place} must not import {module}"


@pytest.mark.parametrize("place", LEAVES)
def test_leaves_import_the_standard_library_only(place: str) -> None:
    """They can be read, tested and used alone."""
    allowed = {"relay.models", "relay.errors", "relay.lifecycle"}
    ours = {name for name in imports_of(ROOT / place) if name.split(".")[0] in {"relay", "workers", "config", "redis"}}
    assert not {name for name in ours if not any(starts(name, module) for module in allowed)}


def test_nobody_imports_a_provider_by_name() -> None:
    """They are found in their folder."""
    for path in SOURCES:
        place = str(path.relative_to(ROOT))
        named = [name for name in imports_of(path) if name.startswith("relay.providers.")]
        if not place.startswith("relay/providers/"):
            assert not [name for name in named if name.split(".")[2][0].islower()], place
