"""The independent JustClick written in PHP (tests/php/justclick.php) as a thing that a test can start and read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.php_pages import PhpPage


@dataclass(frozen=True, slots=True)
class PhpCall:
    """One call as PHP saw it."""

    at: int  # milliseconds since 1970
    function: str
    body: str  # raw, as it came
    post: Any  # $_POST without hash; an empty one is []
    accepted: bool  # whether the signature was good
    code: int
    text: str


class PhpJustClick(PhpPage):
    """``with PhpJustClick(tmp_path) as justclick: ... justclick.url, justclick.calls, justclick.contact("a@b.ru")``.

    Groups: webinar, clients, news, super (allleads takes nobody). Products: course, consulting, book (by post).
    """

    def __init__(
        self,
        folder: Path,
        login: str = "demo",
        secret: str = "sandbox-secret",
        *,
        dialect: str = "docs",
        workers: int = 1,
    ) -> None:
        self.folder, self.login, self.secret = folder, login, secret
        environment = {"JUSTCLICK_LOGIN": login, "JUSTCLICK_SECRET": secret}
        environment |= {"JUSTCLICK_STATE": str(folder), "JUSTCLICK_DIALECT": dialect}
        super().__init__("justclick.php", environment, workers)

    @property
    def calls(self) -> list[PhpCall]:
        """Every call so far, oldest first."""
        path = self.folder / "calls.jsonl"
        if not path.exists():
            return []
        return [PhpCall(**json.loads(line)) for line in path.read_text("utf-8").split("\n") if line]

    @property
    def contacts(self) -> dict[str, dict[str, Any]]:
        """By e-mail: name, phone, city, tags, utm, groups (name to status and time)."""
        return {contact["email"]: contact for contact in self._all("contacts")}

    def contact(self, email: str) -> dict[str, Any] | None:
        return self.contacts.get(email)

    @property
    def orders(self) -> list[dict[str, Any]]:
        """Each with id, email, items, pay_status, payments (how often it was set to paid) and the rest."""
        return sorted(self._all("orders"), key=lambda order: int(order["id"]))

    def _all(self, kind: str) -> list[dict[str, Any]]:
        return [json.loads(path.read_text("utf-8")) for path in sorted((self.folder / kind).glob("*.json"))]
