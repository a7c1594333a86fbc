"""Looks whether a call whose answer was lost had been carried out, before anybody makes it again. It changes nothing.

CreateOrder: is there an order of this e-mail with these goods, made since the first attempt? UpdateOrderStatus paid: is
the order paid? What JustClick shows is told in words, beside what is known of the attempt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from relay.justclick import codes, functions
from relay.justclick.functions.results import whole
from relay.outcomes import Accepted, Outcome, Refused, Unreached

SKEW = 300  # seconds that JustClick's clock may be behind ours
WRONG_CLOCK = 2 * 3600  # seconds that ours may be ahead when it is wrong: a jump of an hour, and some more
MOST_DETAILS = 10  # orders that are opened one by one; the newest first
EMPTY = frozenset({400, 401, 700})  # "there are none" in the functions that read orders


@dataclass(frozen=True, slots=True)
class Found:
    """It had been carried out; ``result`` is what the lost answer would have held."""

    result: Any
    note: str


@dataclass(frozen=True, slots=True)
class Absent:
    """It had surely not been carried out: it may be made again."""

    note: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nobody can tell: a person has to look."""

    note: str


Seen = Found | Absent | Unclear | Unreached | Refused


class Sends(Protocol):
    def send(self, function: str, params: Mapping[str, Any]) -> Outcome: ...


def look_up(client: Sends, function: str, params: Mapping[str, Any], since_ms: int) -> Seen:
    """``since_ms``: when the first doubtful attempt began, in milliseconds since 1970.

    Unreached: JustClick could not be asked just now, ask again later. Refused: the account (or the reading function) is
    not served at all, as for code 4. Neither says anything about the lost call.
    """
    looks: dict[str, Callable[[], Seen]] = {
        "CreateOrder": lambda: _order(client, params, since_ms // 1000),
        "UpdateOrderStatus": lambda: _payment(client, params),
    }
    if function not in looks:
        return Unclear(f"The answer to {function} was lost, and there is no way to look up what came of it.")
    return looks[function]()


# ---------------------------------------------------------------- was it paid?
def _payment(client: Sends, params: Mapping[str, Any]) -> Seen:
    bill_id = params.get("bill_id")
    lost = f"The answer to marking order {bill_id} as {params.get('status')} was lost"
    answer = client.send("getOrderDetails", {"bill_id": bill_id})
    if isinstance(answer, Refused) and answer.code in EMPTY:
        return Absent(f"{lost}; JustClick knows no such order.")
    if not isinstance(answer, Accepted):
        return _no_use(answer, lost)
    order = functions.find("getOrderDetails").parse_result(answer.result) or {}
    status = str(order.get("pay_status") or "").strip().lower()
    if status == "paid":
        return Found(None, f"{lost}, but JustClick shows the order as paid.")
    if status == "waiting":
        return Absent(f"{lost}; JustClick shows the order as waiting for payment.")
    return Unclear(f"{lost}; JustClick shows the order's status as {status or 'nothing'!r}.")


# ---------------------------------------------------------------- was it made?
def _order(client: Sends, params: Mapping[str, Any], since: int) -> Seen:
    email = str(params.get("bill_email", ""))
    lost = f"The answer to creating an order for {email} was lost"
    wanted = _names(params.get("goods"))
    answer = client.send("GetBills", {"email": email})
    if isinstance(answer, Refused) and answer.code in EMPTY:
        return Absent(f"{lost}; JustClick has no order of this e-mail.")
    if not isinstance(answer, Accepted):
        return _by_day(client, params, since, lost) if _is_odd(answer) else _no_use(answer, lost)
    bills = functions.find("GetBills").parse_result(answer.result)
    if answer.result and not bills:
        return _by_day(client, params, since, lost)
    alike = [number for number, goods in bills.items() if _names(goods) == wanted]
    if not alike:
        return Absent(f"{lost}; JustClick has {len(bills)} orders of this e-mail, none with these goods.")
    return _newest(client, params, sorted(alike, key=lambda number: whole(number) or 0, reverse=True), since, lost)


def _newest(client: Sends, params: Mapping[str, Any], numbers: list[str], since: int, lost: str) -> Seen:
    """Opens orders with the right goods, the newest first, and keeps those that are no older than the lost call."""
    found: list[str] = []
    perhaps: list[str] = []
    for number in numbers[:MOST_DETAILS]:
        answer = client.send("getOrderDetails", {"bill_id": number})
        if not isinstance(answer, Accepted):
            return _no_use(answer, lost)
        order = functions.find("getOrderDetails").parse_result(answer.result) or {}
        created = whole(order.get("created"))
        if created is None:
            return Unclear(f"{lost}; JustClick has order {number} with these goods, but does not say when it was made.")
        if _made_since(created, params, since):
            found.append(number)
        elif _perhaps_since(created, params, since):
            perhaps.append(number)
    return _verdict(found, perhaps, lost)


def _by_day(client: Sends, params: Mapping[str, Any], since: int, lost: str) -> Seen:
    """The other way: all orders since the day before (the time zone of JustClick's days is not known)."""
    begin = datetime.fromtimestamp(since, UTC) - timedelta(days=1)
    answer = client.send("getOrdersWithGoods", {"begin_date": begin.strftime("%d.%m.%Y")})
    if isinstance(answer, Refused) and answer.code in EMPTY:
        return Absent(f"{lost}; JustClick has no orders since {begin:%d.%m.%Y}.")
    if not isinstance(answer, Accepted):
        return _no_use(answer, lost)
    email, wanted = str(params.get("bill_email", "")).lower(), _names(params.get("goods"))
    orders = functions.find("getOrdersWithGoods").parse_result(answer.result)
    mine = [
        order
        for order in orders
        if str(order.get("email", "")).lower() == email and _names(order.get("items")) == wanted
    ]
    if any(whole(order.get("created")) is None for order in mine):
        return Unclear(f"{lost}; JustClick has an order with these goods, but does not say when it was made.")
    made = {str(order.get("id")): whole(order["created"]) or 0 for order in mine}
    found = [number for number, created in made.items() if _made_since(created, params, since)]
    perhaps = [number for number, created in made.items() if _perhaps_since(created, params, since)]
    return _verdict(found, perhaps, lost)


def _verdict(found: list[str], perhaps: list[str], lost: str) -> Seen:
    if not found and perhaps:
        return Unclear(f"{lost}; JustClick has order {perhaps[0]} with these goods, which looks a little older.")
    if not found:
        return Absent(f"{lost}; JustClick has no order with these goods made since then.")
    if len(found) > 1:
        numbers = ", ".join(found)
        return Unclear(f"{lost}; JustClick has several orders with these goods made since then: {numbers}.")
    return Found({"bill_id": found[0]}, f"{lost}, but JustClick has order {found[0]} with these goods made since then.")


# ---------------------------------------------------------------- small questions
def _made_since(created: int, params: Mapping[str, Any], since: int) -> bool:
    dated = whole(params.get("bill_created"))  # a call may date its order itself
    return created >= since - SKEW or (dated is not None and created == dated)


def _perhaps_since(created: int, params: Mapping[str, Any], since: int) -> bool:
    """Older than the lost call, unless our clock was wrong when that was made: then it would be made a second time."""
    return "bill_created" not in params and since - WRONG_CLOCK <= created < since - SKEW


def _names(goods: Any) -> frozenset[str]:
    """The symbolic ids of goods, which the functions call good_name or id."""
    rows = [row for row in goods if isinstance(row, Mapping)] if isinstance(goods, list | tuple) else []
    return frozenset(str(row.get("good_name") or row.get("id") or "").strip().lower() for row in rows)


def _is_odd(answer: Outcome) -> bool:
    """A refusal of this one function: another function may still tell."""
    return isinstance(answer, Refused) and codes.meaning("GetBills", answer.code, answer.text).pauses is None


def _no_use(answer: Outcome, lost: str) -> Seen:
    if isinstance(answer, Unreached):
        if not answer.permanent:
            return answer
        return Unclear(f"{lost}, and JustClick could not be asked: {answer.detail}.")
    if isinstance(answer, Refused) and codes.meaning("", answer.code, answer.text).pauses == "account":
        return answer
    return Unclear(f'{lost}, and JustClick refused to tell: code {answer.code}, "{answer.text}".')
