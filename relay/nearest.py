"""The known name that a misspelt one was probably meant to be. Standard library only."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: object, known: Iterable[str]) -> str | None:
    """The most similar known name, whatever its case; None when nothing is similar."""
    names = {name.lower(): name for name in known}
    found = get_close_matches(str(word).lower(), list(names), n=1, cutoff=0.6)
    return names[found[0]] if found else None


def instead(word: object, known: Iterable[str]) -> str:
    """``Did you mean "function"?``, or else the list of what is known."""
    names = list(known)
    meant = nearest(word, names)
    if meant is not None:
        return f'Did you mean "{meant}"?'
    return f"Known here: {', '.join(names)}." if names else ""


def unknown(kind: str, word: object, known: Iterable[str]) -> str:
    """``Unknown key "functon". Did you mean "function"?``"""
    return f'Unknown {kind} "{word}". {instead(word, known)}'.rstrip()
