"""One file, one provider: every module here ends in ``PROVIDER = Provider(...)`` and is found by its file name."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import cast

from relay.provider import Provider


@cache
def _modules() -> dict[str, str]:
    return {found.name.replace("_", "-"): found.name for found in pkgutil.iter_modules(__path__)}


@cache
def find(name: str) -> Provider:
    """The provider of a hook; ``-`` and ``_`` in its name are the same. Raises KeyError."""
    module = import_module(f"{__name__}.{_modules()[name.replace('_', '-')]}")
    return cast(Provider, module.PROVIDER)


def names() -> list[str]:
    """All names, as their files are called, in alphabetical order."""
    return sorted(_modules().values())
