"""Lists of deliveries with their filter in the address, and the page of one delivery."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import abort, request
from flask.typing import ResponseReturnValue

from relay import telling
from relay.fetching import FETCH
from relay.justclick.functions import FUNCTIONS
from relay.justclick.near_misses import Finding, diagnose
from relay.lifecycle import State
from relay.models import Account, Delivery
from relay.parts import Parts
from relay.store import DeliveryFilter
from relay.web.rendering import page

PER_PAGE = 50
INCORRECT_HASH = 4
CURSOR = re.compile(r"(?:dlv|evt)_[0-9A-Z]{26}")


@dataclass(frozen=True, slots=True)
class Row:
    delivery: Delivery
    person: str
    trouble: telling.Trouble | None
    next: telling.NextStep


def listing(parts: Parts) -> ResponseReturnValue:
    wanted = filter_of_request()
    found = parts.store.deliveries(wanted, cursor_of_request(), PER_PAGE)
    return page(
        "deliveries.html",
        rows=[row(one) for one in found.items],
        next_cursor=found.next,
        first=not request.args.get("cursor"),
        wanted=wanted,
        counts=parts.store.counts(),
        states=list(State),
        hooks=sorted(parts.configuration.hooks),
        functions=[*sorted(FUNCTIONS), FETCH],
    )


def one(parts: Parts, delivery_id: str, failed: str = "") -> ResponseReturnValue:
    """``failed``: the sentence of what was asked for and could not be done."""
    delivery = parts.store.delivery(delivery_id)
    if delivery is None:
        abort(404)
    account = parts.configuration.accounts.get(delivery.account)
    return page(
        "delivery.html",
        409 if failed else 200,
        failed=failed,
        row=row(delivery),
        delivery=delivery,
        event=parts.store.event(delivery.event_id),
        attempts=[(attempt, telling.trouble_of(attempt, delivery.function)) for attempt in delivery.attempts],
        wire=telling.wire_rows(delivery.params),
        signed=telling.signed_text(delivery, account) if delivery.function != FETCH else None,
        asks=delivery.function == FETCH,
        address=f"{account.url}/api/{delivery.function}" if account and delivery.function != FETCH else None,
        result=telling.pretty(delivery.result) if delivery.result is not None else None,
        near_misses=_near_misses(delivery, account),
    )


def _near_misses(delivery: Delivery, account: Account | None) -> tuple[Finding, ...]:
    """After "incorrect hash": which slip in the secret or the login it could be."""
    if delivery.code != INCORRECT_HASH or account is None:
        return ()
    return diagnose(delivery.function, delivery.params, account).findings


def row(delivery: Delivery) -> Row:
    return Row(delivery, telling.person(delivery.params), telling.trouble(delivery), telling.next_step(delivery))


def filter_of_request() -> DeliveryFilter:
    """The filter as it stands in the address or in a form; what cannot be meant is left out."""
    given = {name: (request.values.get(name) or "").strip()[:200] or None for name in ("hook", "function", "q")}
    state, code = request.values.get("state"), request.values.get("code", "").strip()
    return DeliveryFilter(
        state=state if state in set(State) else None,
        code=int(code) if code.isascii() and code.isdigit() and len(code) < 6 else None,
        **given,
    )


def cursor_of_request() -> str | None:
    given = request.args.get("cursor", "")
    return given if CURSOR.fullmatch(given) else None
