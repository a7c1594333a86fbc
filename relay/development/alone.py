"""One ``make run`` a checkout: a second one would share its queue and its sandbox, and confuse everybody."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from relay.errors import ConfigurationError


@contextmanager
def only_one(path: Path) -> Iterator[Callable[[str], object]]:
    """Yields a function that notes our address, for a second one to tell: there it raises ConfigurationError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise ConfigurationError(f"It is running already: {file.read().strip() or 'just starting'}") from None

        def note(address: str) -> None:
            file.truncate(0)
            file.write(address)
            file.flush()

        yield note
        file.truncate(0)
