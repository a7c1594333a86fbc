"""Looks whether a call whose answer was lost had been carried out, before anybody makes it again. It changes nothing.

CreateOrder: is there an order of this e-mail with these goods, made since the first attempt? UpdateOrderStatus paid: is
the order paid? What JustClick shows is told in words, beside what is known of the attempt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from relay.justclick import codes, functions, listings
from relay.justclick.functions.results import whole
from relay.justclick.listings import Made
from relay.outcomes import Accepted, Outcome, Refused, Unreached

SKEW = 300  # seconds that JustClick's clock may be behind ours
WRONG_CLOCK = 2 * 3600  # seconds that ours may be ahead when it is wrong: a jump of an hour, and some more
ZONES = 14 * 3600  # seconds that a date may be shifted by when it is read in another time zone
MOST_DETAILS = 10  # orders that are opened one by one; the newest first
MOST_PERIODS = 13  # about a year
_DAY, _PERIOD = timedelta(days=1), timedelta(days=29)  # JustClick gives a month at most
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
@dataclass(frozen=True, slots=True)
class _Lost:
    """The order whose answer was lost. ``dated``: a call may say itself when its order was made."""

    client: Sends
    email: str
    goods: frozenset[str]
    since: int
    dated: int | None

    @property
    def told(self) -> str:
        return f"The answer to creating an order for {self.email} was lost"

    def made(self, order: Made) -> bool:
        return order.created is not None and (order.created >= self.since - SKEW or order.created == self.dated)

    def perhaps_made(self, order: Made) -> bool:
        """Older than the lost call, unless our clock was wrong when that was made; or of nearly the date that it was
        given, which JustClick may read in a time zone of its own. It would be made a second time.
        """
        if order.created is None:
            return False
        if self.dated is not None:
            return abs(order.created - self.dated) <= ZONES
        return order.created >= self.since - WRONG_CLOCK


def _order(client: Sends, params: Mapping[str, Any], since: int) -> Seen:
    email = str(params.get("bill_email", ""))
    lost = _Lost(client, email, listings.wanted(params.get("goods")), since, whole(params.get("bill_created")) or None)
    answer = client.send("GetBills", {"email": email})
    if isinstance(answer, Refused) and answer.code in EMPTY:
        return Absent(f"{lost.told}; JustClick has no order of this e-mail.")
    if not isinstance(answer, Accepted):
        return _by_day(lost) if _is_odd(answer) else _no_use(answer, lost.told)
    bills = listings.bills(answer.result)
    if bills is None:
        return _by_day(lost)
    alike = {number: goods for number, goods in bills.items() if lost.goods <= goods}
    if not alike:
        return Absent(f"{lost.told}; JustClick has {len(bills)} orders of this e-mail, none with these goods.")
    return _newest(lost, alike)


def _newest(lost: _Lost, alike: Mapping[str, frozenset[str]]) -> Seen:
    """Opens orders with the right goods, the newest first, to see when they were made."""
    orders: list[Made] = []
    for number in sorted(alike, key=lambda number: whole(number) or 0, reverse=True)[:MOST_DETAILS]:
        answer = lost.client.send("getOrderDetails", {"bill_id": number})
        if not isinstance(answer, Accepted):
            return _no_use(answer, lost.told)
        order = functions.find("getOrderDetails").parse_result(answer.result) or {}
        orders.append(Made(number, alike[number], listings.created(order)))
    return _verdict(lost, orders)


def _by_day(lost: _Lost) -> Seen:
    """The other way: all orders of the days in question."""
    orders: dict[str, Made] = {}
    periods = _periods(lost)
    if len(periods) > MOST_PERIODS:
        return Unclear(f"{lost.told}, too long ago to look through all orders made since then.")
    for period in periods:
        answer = lost.client.send("getOrdersWithGoods", period)
        if isinstance(answer, Refused) and answer.code in EMPTY:
            continue
        if not isinstance(answer, Accepted):
            return _no_use(answer, lost.told)
        made = listings.made_by(lost.email, answer.result)
        if made is None:
            return Unclear(f"{lost.told}, and what JustClick tells of its orders is not understood.")
        orders |= {order.number: order for order in made if lost.goods <= order.goods}
    return _verdict(lost, list(orders.values()))


def _periods(lost: _Lost) -> list[dict[str, str]]:
    """The days to ask for, from the day before: the time zone of JustClick's days is not known. Of more than a month it
    would cut off the beginning. The last has no end, that is now: it may be tomorrow there already.
    """
    begin, now = datetime.fromtimestamp(lost.since, UTC) - _DAY, datetime.now(UTC)
    periods: list[dict[str, str]] = []
    if lost.dated is not None:
        day = datetime.fromtimestamp(lost.dated, UTC)
        periods.append({"begin_date": f"{day - _DAY:%d.%m.%Y}", "end_date": f"{day + _DAY:%d.%m.%Y}"})
    while now - begin > _PERIOD:
        periods.append({"begin_date": f"{begin:%d.%m.%Y}", "end_date": f"{begin + _PERIOD:%d.%m.%Y}"})
        begin += _PERIOD
    return [*periods, {"begin_date": f"{begin:%d.%m.%Y}"}]


def _verdict(lost: _Lost, orders: Sequence[Made]) -> Seen:
    """``orders``: with our goods, and maybe more: a gift or a bundle may have been added to ours."""
    found = [order.number for order in orders if lost.made(order) and order.goods == lost.goods]
    undated = [order for order in orders if order.created is None]
    near = [order for order in orders if lost.made(order) or lost.perhaps_made(order)]
    if doubtful := undated or (not found and near):
        return Unclear(f"{lost.told}; JustClick has order {doubtful[0].number} {_why_doubtful(lost, doubtful[0])}.")
    if not found:
        return Absent(f"{lost.told}; JustClick has no order with these goods made since then.")
    if len(found) > 1:
        numbers = ", ".join(found)
        return Unclear(f"{lost.told}; JustClick has several orders with these goods made since then: {numbers}.")
    note = f"{lost.told}, but JustClick has order {found[0]} with these goods made since then."
    return Found({"bill_id": found[0]}, note)


def _why_doubtful(lost: _Lost, order: Made) -> str:
    if order.created is None:
        return "with these goods, but does not say when it was made"
    if order.goods != lost.goods:
        return "with these goods and others, of about that time"
    if lost.dated is not None:
        return "with these goods, of nearly the date that the call gave"
    return "with these goods, which looks a little older"


# ---------------------------------------------------------------- small questions
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
