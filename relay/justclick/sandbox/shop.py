"""What every function of the sandbox gets: the shop's state, the parameters that came, the clock, the dialect."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from relay.justclick.sandbox.answers import Dialect, Reply
from relay.justclick.sandbox.php_post import PhpArray, PhpValue, text_of
from relay.justclick.sandbox.state import State

MOSCOW = timezone(timedelta(hours=3))  # an assumption: the vendor states no time zone anywhere
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.\w{2,}")  # loose, as the service's own is said to be


@dataclass(frozen=True, slots=True)
class Asked:
    """One call with a good signature, on its way to its function."""

    state: State
    post: PhpArray
    now: float  # unix seconds
    dialect: Dialect = Dialect.DOCS
    address: str = "127.0.0.1"

    @property
    def field(self) -> bool:
        return self.dialect is Dialect.FIELD

    def text(self, name: str) -> str:
        return text_of(self.post.get(name))

    def array(self, name: str) -> PhpArray:
        value = self.post.get(name)
        return value if isinstance(value, PhpArray) else PhpArray()

    def email(self, name: str) -> str:
        """The address in lower case; empty when it is missing or malformed."""
        given = self.text(name)
        return given.lower() if _ADDRESS.search(given) else ""

    def utm(self) -> dict[str, str]:
        return {str(key): text for key, value in self.array("utm").items() if (text := text_of(value))}

    def by_dialect(self, docs: int, field: int) -> Reply:
        return Reply(field if self.field else docs)


def empty(value: PhpValue | None) -> bool:
    """PHP's ``empty()``: nothing, "", "0" or an empty array."""
    return value is None or value in ("", "0") or (isinstance(value, PhpArray) and not value)


def unix(moment: str) -> int | None:
    return int(moment) if re.fullmatch(r"[0-9]{1,12}", moment) else None


def day(written: str, form: str) -> int | None:
    """The unix second at which a day begins in the shop's time zone; None when it is no such day."""
    try:
        return int(datetime.strptime(written, form).replace(tzinfo=MOSCOW).timestamp())
    except ValueError:
        return None


def day_begins(now: float) -> int:
    here = datetime.fromtimestamp(now, UTC).astimezone(MOSCOW)
    return int(here.replace(hour=0, minute=0, second=0, microsecond=0).timestamp())
