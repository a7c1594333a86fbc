"""One signed POST to JustClick and what it came to. It sends exactly the bytes it signed, once, and follows nothing.

It neither retries nor decides: :mod:`relay.deciding` does, from the outcome that is given back here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import urllib3

from relay import __version__
from relay.errors import InvalidCall
from relay.justclick import signing
from relay.justclick.answers import WRONG_HASH, Reply, classify, read_reply, signed_with
from relay.justclick.transport import HttpAnswer, close_idle, new_manager, post
from relay.models import Account
from relay.outcomes import Outcome, Unreached

__all__ = ["HEADERS", "JustClick", "Pool", "classify", "new_pool"]

HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": f"justclick-relay/{__version__}",
}


@dataclass(frozen=True, slots=True)
class Pool:
    """Open connections, and which of an account's secrets JustClick took last. Shared by all threads of a process."""

    manager: urllib3.PoolManager = field(repr=False)
    # a dict's get and set are atomic: two threads that learn the same thing at once do no harm
    fitting: dict[tuple[str, str, tuple[str, ...]], str] = field(default_factory=dict, repr=False)

    def close_idle(self) -> int:
        """Closes the connections that have been unused too long to be used again; how many. For every second or so."""
        return close_idle(self.manager)


def new_pool(size: int, ca_file: str | None = None) -> Pool:
    """``size``: connections to one host that stay open. ``ca_file``: certificates to trust instead of the system's."""
    return Pool(new_manager(size, ca_file))


class JustClick:
    """One account's JustClick."""

    def __init__(self, account: Account, pool: Pool) -> None:
        self.account = account
        self._pool = pool
        self._key = (account.url, account.login, account.secrets)

    def url(self, function: str) -> str:
        return f"{self.account.url.rstrip('/')}/api/{function}"

    @property
    def secret(self) -> str:
        """The one to sign with: the newest, unless JustClick has shown that it still takes another."""
        return self._pool.fitting.get(self._key, self.account.secrets[0])

    def send(self, function: str, params: Mapping[str, Any]) -> Outcome:
        """Sends a prepared call. Raises InvalidCall when it cannot be signed, nothing for what the network does."""
        secret = self.secret
        answer = self._post(function, params, secret)
        if isinstance(answer, HttpAnswer) and (other := self._other_secret(answer, secret)):
            # code 4 did nothing, and it was signed with a secret that we have as well: that one is in force
            self._pool.fitting[self._key] = other
            answer = self._post(function, params, other)
        if not isinstance(answer, HttpAnswer):
            return answer
        return classify(function, answer.status, answer.headers, answer.content, self.account.secrets)

    def _post(self, function: str, params: Mapping[str, Any], secret: str) -> HttpAnswer | Unreached:
        body = signed(function, params, self.account.login, secret)
        return post(self._pool.manager, self.url(function), body, HEADERS, self.account.timeout)

    def _other_secret(self, answer: HttpAnswer, used: str) -> str | None:
        if len(self.account.secrets) < 2:
            return None
        reply = read_reply(answer.content)
        if not isinstance(reply, Reply) or reply.code != WRONG_HASH:
            return None
        found = signed_with(reply, self.account.secrets)
        return found if found != used else None


def signed(function: str, params: Mapping[str, Any], login: str, secret: str) -> bytes:
    """The body to send. Raises InvalidCall, naming the parameter, for what has no certain text or name."""
    try:
        return signing.signed_body(params, login, secret)
    except signing.Unsignable as error:
        raise InvalidCall(function, {error.parameter: [error.why]}) from error
    except TypeError as error:
        name, _, why = str(error).partition(": ")
        raise InvalidCall(function, {name: [why]}) from error
