"""Where is my lead? Everything that came in with an e-mail, a phone, an order number or an id, accepted or refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from relay.models import Event
from relay.parts import Parts
from relay.store import DeliveryFilter, RefusalRecord
from relay.web.pages.deliveries import Row, row
from relay.web.pages.events import Today, read_today, rows_of
from relay.web.rendering import page

MOST = 25  # events or deliveries on the page of answers
MOST_REFUSALS = 20


@dataclass(frozen=True, slots=True)
class Found:
    """One event with what became of it; ``today`` tells why it has no calls."""

    event: Event
    rows: list[Row] = field(default_factory=list)
    today: Today | None = None


def search(parts: Parts) -> ResponseReturnValue:
    q = request.args.get("q", "").strip()[:200]
    if not q:
        return page("search.html", q="", found=[], others=[], refused=[])
    if (exact := _page_of_id(q, parts)) is not None:
        return redirect(exact, 303)
    found = [_with_calls(event, parts) for event in parts.store.events(q=q, limit=MOST).items]
    shown = {one.delivery.id for each in found for one in each.rows}
    others = [row(one) for one in parts.store.deliveries(DeliveryFilter(q=q), None, MOST).items if one.id not in shown]
    refused = [] if found or others else refused_with(q, parts)
    return page("search.html", q=q, found=found, others=others, refused=refused)


def refused_with(q: str, parts: Parts) -> list[RefusalRecord]:
    """Refused webhooks in whose body (what is kept of it) the words stand: the lead came, and was turned away."""
    looked_for = {form.lower() for form in (q, quote(q), quote_plus(q))}
    found: list[RefusalRecord] = []
    for hook in parts.configuration.hooks:
        for record in parts.store.refusals(hook):
            body = record.body.lower()
            if any(form in body for form in looked_for):
                found.append(record)
    return sorted(found, key=lambda record: -record.at)[:MOST_REFUSALS]


def _page_of_id(q: str, parts: Parts) -> str | None:
    if q.startswith("evt_") and parts.store.event(q):
        return url_for("status.event", event_id=q)
    if q.startswith("dlv_") and parts.store.delivery(q):
        return url_for("status.delivery", delivery_id=q)
    return None


def _with_calls(event: Event, parts: Parts) -> Found:
    if event.deliveries:
        return Found(event, rows_of(event, parts))
    return Found(event, today=None if event.test else read_today(event, parts))
