"""Who looks at the page: one signed cookie, and the token that binds every form to it. Nothing is kept on the server.

The cookie is signed with SECRET_KEY and the password together: a new password ends all sessions.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256

from flask import Request, Response, request
from itsdangerous import BadData, URLSafeTimedSerializer

from config.settings import Settings
from relay.web.proxies import is_secure

LIFETIME = 7 * 86_400  # seconds from the log-in on
TOKEN_FIELD = "csrf"  # noqa: S105 - the name of a form field


@dataclass(frozen=True, slots=True)
class Visitor:
    nonce: str
    logged_in: bool


class Visitors:
    """Cookies and form tokens of one deployment: every web process gives and takes the same ones."""

    def __init__(self, settings: Settings) -> None:
        self._hops = settings.trusted_proxies
        self._password = settings.password.encode()
        self._key = hmac.new(settings.secret_key.encode(), b"relay.page:" + self._password, sha256).digest()
        self._cookies = URLSafeTimedSerializer(self._key, salt="relay.visitor")

    def seen(self, request: Request) -> Visitor | None:
        """The visitor of this request's cookie; None when there is none, or a forged or an old one."""
        try:
            nonce, logged_in = self._cookies.loads(request.cookies.get(self._cookie_name(), ""), max_age=LIFETIME)
        except (BadData, ValueError, TypeError):
            return None
        return Visitor(str(nonce), logged_in is True)

    def fresh(self, *, logged_in: bool = False) -> Visitor:
        """A visitor with a name of its own: whoever planted a cookie before the log-in does not know it."""
        return Visitor(secrets.token_urlsafe(16), logged_in)

    def remember(self, visitor: Visitor, response: Response) -> None:
        response.set_cookie(
            self._cookie_name(),
            self._cookies.dumps([visitor.nonce, visitor.logged_in]),
            max_age=LIFETIME,
            httponly=True,
            samesite="Lax",
            secure=is_secure(request, self._hops),
        )

    def forget(self, response: Response) -> None:
        response.delete_cookie(
            self._cookie_name(), httponly=True, samesite="Lax", secure=is_secure(request, self._hops)
        )

    def password_is(self, given: str) -> bool:
        """Compared in constant time, whatever the lengths."""
        return hmac.compare_digest(sha256(given.encode()).digest(), sha256(self._password).digest())

    def token(self, visitor: Visitor) -> str:
        """What every form carries: only a page of ours, shown to this visitor, can know it."""
        return hmac.new(self._key, b"form:" + visitor.nonce.encode(), sha256).hexdigest()

    def token_is_right(self, visitor: Visitor, given: str) -> bool:
        return hmac.compare_digest(self.token(visitor).encode(), given.encode())

    def _cookie_name(self) -> str:
        """Over https a name that no other host and no plain http answer can set."""
        return "__Host-relay" if is_secure(request, self._hops) else "relay"
