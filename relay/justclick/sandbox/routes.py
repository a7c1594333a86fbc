"""Which account and which door a request means: ``/api/<Function>``, ``/_sandbox/...`` or the page for people.

The account is the first label of the Host, or a login before the path (``/other/api/GetAllGroups``), else the default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address
from urllib.parse import unquote

from relay.justclick.sandbox.account import SandboxAccount
from relay.justclick.sandbox.control import control
from relay.justclick.sandbox.exchange import HTML, HttpAnswer, HttpRequest, exchange
from relay.justclick.sandbox.functions import BY_LOWER_NAME, FUNCTIONS
from relay.justclick.sandbox.page import page

_DOORS = frozenset({"", "api", "_sandbox", "favicon.ico"})


@dataclass(frozen=True, slots=True)
class Routes:
    accounts: Mapping[str, SandboxAccount]
    default: str

    async def respond(self, request: HttpRequest) -> HttpAnswer:
        parts = [unquote(part) for part in request.path.strip("/").split("/")]
        login = parts.pop(0) if parts[0] not in _DOORS else self._login_of(request.headers.get("host", ""))
        account = self._account(login)
        match parts:
            case ["api", function] if function in FUNCTIONS:
                return await exchange(account, function, request)
            case ["api", function] if function.lower() in BY_LOWER_NAME:
                # So did a live server with names in lower case; a client that follows is right to keep the POST.
                right = request.path.removesuffix(function) + BY_LOWER_NAME[function.lower()]
                return HttpAnswer(b"", 307, HTML, {"Location": right})
            case ["_sandbox", *rest]:
                return control(account, rest, request)
            case [] | [""] if account.known:
                return page(account, request)
        return HttpAnswer(b"<h1>404 Not Found</h1>\n", 404, HTML)

    def _account(self, login: str) -> SandboxAccount:
        found = self.accounts.get(login)
        if found is not None:
            return found
        # Calls to a login that nobody has stand in the default account's list, answered with code 5.
        return replace(self.accounts[self.default], login=login, secret="", known=False)

    def _login_of(self, host: str) -> str:
        name = host.rpartition(":")[0] or host
        if "." not in name or _is_address(name):
            return self.default
        return name.partition(".")[0]


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
