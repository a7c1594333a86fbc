"""One JustClick account of the sandbox: login, secret, shop, calls. Checks a call in the order of the service."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import md5

from relay.justclick.sandbox.answers import Dialect, Reply, spoken
from relay.justclick.sandbox.calls import CallLog
from relay.justclick.sandbox.functions import FUNCTIONS
from relay.justclick.sandbox.php_post import PhpArray, PhpValue, http_build_query, text_of
from relay.justclick.sandbox.shop import Asked, empty, unix
from relay.justclick.sandbox.state import State, seeded
from relay.justclick.sandbox.trouble import Plans

_ADDRESSES = ("lead_email", "bill_email", "email")


@dataclass(slots=True)
class SandboxAccount:
    login: str
    secret: str = field(repr=False)
    dialect: Dialect = Dialect.DOCS
    known: bool = True  # False: the stand-in for a login that does not exist
    disabled: bool = False
    latency: float = 0.0  # seconds that every answer takes, whatever else happens
    state: State = field(default_factory=seeded)
    log: CallLog = field(default_factory=CallLog)
    plans: Plans = field(default_factory=Plans)
    clock: Callable[[], float] = time.time

    def general_check(self, post: PhpArray, given: PhpValue | None, signed: bool) -> int:
        """The first of the general codes that applies, else 0: 5 > 7 > 2 > 1 > 4."""
        if not self.known:
            return 5
        if self.disabled:
            return 7
        if not post and given is None:
            return 2
        if empty(given):
            return 1
        return 0 if signed else 4

    def hash_of(self, post: PhpArray) -> str:
        """What the hash of this ``$_POST`` must be: PHP's own query string of it, the login, the secret."""
        signed = f"{http_build_query(post)}::{self.login}::{self.secret}"
        return md5(signed.encode("utf-8", "surrogateescape")).hexdigest()

    def carry_out(self, function: str, post: PhpArray, address: str) -> Reply:
        asked = Asked(self.state, post, self.clock(), self.dialect, address)
        return FUNCTIONS[function](asked)

    def say(self, reply: Reply, function: str) -> Reply:
        return spoken(reply, function, self.dialect)

    def email_of(self, post: PhpArray) -> str:
        """Whose call it is; calls about an order are the customer's who ordered."""
        for name in _ADDRESSES:
            if address := text_of(post.get(name)):
                return address.lower()
        order = self.state.orders.get(unix(text_of(post.get("bill_id"))) or 0)
        return order.email if order else ""

    def reset(self) -> None:
        """A fresh shop, no calls, no trouble; login and secret stay."""
        self.state = seeded()
        self.log.clear()
        self.plans.clear()
        self.disabled = False
