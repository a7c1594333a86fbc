"""``var/dev.env``: the secrets that ``make run`` made up, so that tomorrow's addresses and password are today's.

Never holds anything that the environment or ``.env`` says, and never makes up the login or the address of an account.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from dotenv import dotenv_values

OURS = ("RELAY_PASSWORD", "RELAY_API_TOKEN", "SECRET_KEY")
SANDBOX = "sandbox"  # its login
_NO_SECRET = re.compile(
    r"LOGIN|URL|HOST|ADDRESS|JUSTCLICK|REDIS"
)  # a made-up one would send people's data to strangers
_HEAD = "# Made by `make run` for this machine. Lines in .env and the environment win over these. Not for a server.\n"


class Kept:
    """The names and values of the file; ``save`` writes it back, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        found = dotenv_values(path, interpolate=False) if path.is_file() else {}
        self.values = {name: value for name, value in found.items() if value}

    def complete(self, environ: Mapping[str, str], names: Iterable[str]) -> list[str]:
        """Makes up every secret of ``names`` that nobody has set; returns the new ones."""
        wanted = [*OURS, *(name for name in names if not _NO_SECRET.search(name))]
        new = [name for name in wanted if not environ.get(name) and name not in self.values]
        self.values |= {name: _readable() if name == "RELAY_PASSWORD" else secrets.token_hex(16) for name in new}
        return new

    def sandbox(self, address: str) -> None:
        """The account of the sandbox at this address."""
        self.values |= {"JUSTCLICK_LOGIN": SANDBOX, "JUSTCLICK_URL": address}
        self.values.setdefault("JUSTCLICK_SECRET", secrets.token_hex(16))

    def save(self) -> None:
        """Values are hexadecimal, words or local addresses: they need no quotes."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(_HEAD + "".join(f"{name}={value}\n" for name, value in sorted(self.values.items())))
        fresh.replace(self._path)


def _readable() -> str:
    """A password that one can type: three groups of four letters and digits, none of which looks like another."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(3))
