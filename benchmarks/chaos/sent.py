"""What was sent and what it must lead to: the truth that the audit starts from. Knows nothing of the relay's inside."""

from __future__ import annotations

from dataclasses import dataclass, field

LEAD, ORDER, PAYMENT, PAIR, REFUSED, UNMAPPABLE = "lead", "order", "payment", "pair", "refused", "unmappable"
DEAD_IN_THE_END = frozenset({REFUSED, UNMAPPABLE})
REFUSED_CODE = 103  # what JustClick answers to those whose address begins with "refused"
DOMAIN = "chaos.example"


@dataclass(frozen=True, slots=True)
class Expected:
    """One call that an event must lead to. ``safe``: it may be made again."""

    function: str
    who: str
    safe: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer to a webhook. ``status`` 0: nobody answered."""

    at: float  # time.monotonic(), when it came
    took: float
    status: int
    event_id: str = ""
    duplicate: bool = False
    retry_after: str = ""


@dataclass
class Webhook:
    """One event as a sender knows it, and every answer that it got."""

    number: int
    kind: str
    answers: list[Answered] = field(default_factory=list)

    @property
    def hook(self) -> str:
        return {REFUSED: LEAD, UNMAPPABLE: LEAD}.get(self.kind, self.kind)

    @property
    def who(self) -> str:
        if self.kind == PAYMENT:  # of the order that was sent before it
            return f"order{self.number}@{DOMAIN}"
        return f"{self.kind}{self.number}@{DOMAIN}"

    @property
    def body(self) -> dict[str, str]:
        told = {"id": f"{self.kind}-{self.number}", "order": str(self.number), "amount": "4900.00"}
        return told if self.kind == UNMAPPABLE else {**told, "email": self.who, "name": "Анна Смирнова"}

    @property
    def expected(self) -> list[Expected]:
        made = {
            LEAD: [("AddLeadToGroup", True)],
            REFUSED: [("AddLeadToGroup", True)],
            ORDER: [("CreateOrder", False)],
            PAYMENT: [("UpdateOrderStatus", False)],
            PAIR: [("CreateOrder", False), ("UpdateOrderStatus", False)],
            UNMAPPABLE: [],
        }
        return [Expected(function, self.who, safe) for function, safe in made[self.kind]]

    @property
    def kept(self) -> Answered | None:
        """The first answer that promised to keep it."""
        return next((answer for answer in self.answers if 200 <= answer.status < 300), None)


# Of twenty events: leads, orders with their payments, orders that are paid within one event, refusals, dead at birth.
_MIX = (LEAD,) * 10 + (ORDER,) * 3 + (PAYMENT,) * 3 + (PAIR,) * 2 + (REFUSED, UNMAPPABLE)
PAYMENT_AFTER = 3  # places behind its order in the mix


def webhook(place: int) -> Webhook:
    """The event at this place of the endless stream."""
    kind = _MIX[place * 7 % len(_MIX)]  # 7 and 20 have no common divisor: the kinds are mixed, each as often as above
    return Webhook(place - _behind_its_order(place) if kind == PAYMENT else place, kind)


def _behind_its_order(place: int) -> int:
    """How many places before this payment its own order stands."""
    return next(back for back in range(1, 21) if (place - back) * 7 % 20 == place * 7 % 20 - PAYMENT_AFTER)
