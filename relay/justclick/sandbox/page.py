"""The page for people: contacts, orders and the last calls, so a lead is seen to arrive. Never shows the secret."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template

from relay.justclick.sandbox.account import SandboxAccount
from relay.justclick.sandbox.exchange import HttpAnswer, HttpRequest
from relay.justclick.sandbox.shop import MOSCOW

SHOWN = 50


def page(account: SandboxAccount, request: HttpRequest) -> HttpAnswer:
    state = account.state
    html = _template().render(
        login=account.login,
        dialect=account.dialect,
        host=request.headers.get("host", ""),
        counts=account.log.counts(),
        contacts=list(state.contacts.values())[: -SHOWN - 1 : -1],
        contacts_total=len(state.contacts),
        orders=list(state.orders.values())[: -SHOWN - 1 : -1],
        orders_total=len(state.orders),
        groups=list(state.groups.values()),
        goods=list(state.goods.values()),
        calls=account.log.find(limit=SHOWN)[::-1],
        plans=account.plans.planned,
    )
    return HttpAnswer(html.encode("utf-8", "replace"), content_type="text/html; charset=utf-8", headers=_HEADERS)


_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Cache-Control": "no-store",
}


@cache
def _template() -> Template:
    templates = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    templates.filters["moment"] = _moment
    return templates.get_template("page.html")


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone(MOSCOW).strftime("%d.%m.%Y %H:%M:%S")
