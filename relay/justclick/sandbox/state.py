"""What the sandbox's shop knows: groups, contacts, products, orders. Plain data, in memory, as JSON when asked."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

WAIT, SUBSCRIBED, UNSUBSCRIBED = "STATUS_WAIT", "STATUS_SUBSCRIBE", "STATUS_UNSUBSCRIBE"
FIRST_BILL = 258367


@dataclass(slots=True)
class Group:
    id: int
    name: str  # the symbolic id that calls use
    title: str
    auto: bool = False  # filled by the service itself; calls may not add to it


@dataclass(slots=True)
class Membership:
    status: str
    at: int  # unix seconds
    mails: int = 0  # activation letters sent


@dataclass(slots=True)
class Contact:
    email: str
    name: str = ""
    phone: str = ""
    city: str = ""
    tags: list[str] = field(default_factory=list)
    utm: dict[str, str] = field(default_factory=dict)
    groups: dict[str, Membership] = field(default_factory=dict)  # by symbolic id
    created: int = 0


@dataclass(slots=True)
class Good:
    id: int
    name: str
    title: str
    sum: str
    type: str = "digital"  # or "real", which needs an address
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def printed_type(self) -> str:
        return "2" if self.type == "real" else "1"


@dataclass(slots=True)
class Line:
    """One product of an order."""

    good_id: int
    name: str
    title: str
    sum: str
    price: str


@dataclass(slots=True)
class Order:
    id: int
    email: str
    lines: list[Line]
    created: int  # as the call said, else when it was made
    made_at: int
    pay_status: str = "waiting"  # waiting, paid, cancel
    delivery: str = ""  # sent, return
    paid: int = 0  # unix seconds
    payments: int = 0  # how many times it was set to paid
    rpo: str = ""
    fields: dict[str, str] = field(default_factory=dict)  # first_name, city, comment ... as they came
    utm: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> str:
        return f"{sum(float(line.sum) for line in self.lines):.2f}"


@dataclass(slots=True)
class State:
    groups: dict[str, Group] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)  # by e-mail in lower case
    goods: dict[str, Good] = field(default_factory=dict)  # by symbolic name
    orders: dict[int, Order] = field(default_factory=dict)
    bills: dict[str, list[int]] = field(default_factory=dict)  # the orders of an e-mail, oldest first
    partners: list[str] = field(default_factory=lambda: ["partner1"])
    next_bill: int = FIRST_BILL
    next_group: int = 1
    next_good: int = 12545

    def add_group(self, name: str, title: str = "", *, auto: bool = False) -> Group:
        group = Group(self.next_group, name, title or name, auto)
        self.next_group += 1
        self.groups[name] = group
        return group

    def add_good(self, name: str, title: str, price: str, kind: str = "digital") -> Good:
        good = Good(self.next_good, name, title, price, kind)
        self.next_good += 1
        self.goods[name] = good
        return good

    def take_bill(self) -> int:
        number = self.next_bill
        self.next_bill += 1
        return number

    def keep_order(self, order: Order) -> None:
        self.orders[order.id] = order
        self.bills.setdefault(order.email, []).append(order.id)

    def remove_order(self, number: int) -> Order | None:
        order = self.orders.pop(number, None)
        if order is not None:
            self.bills[order.email].remove(number)
        return order

    def orders_of(self, email: str) -> list[Order]:
        return [self.orders[number] for number in self.bills.get(email, ())]


def seeded() -> State:
    """A small school: the groups and products that the project's own example configuration names, and a few more."""
    state = State()
    for name, title in (("webinar", "Вебинар"), ("clients", "Клиенты"), ("news", "Новости / News"), ("super", "Super")):
        state.add_group(name, title)
    state.add_group("allleads", "Все контакты", auto=True)
    state.add_good("course", "Курс / Course", "3900.00")
    state.add_good("consulting", "Консультация", "1500.00")
    state.add_good("book", "Книга (почтой)", "790.00", "real")
    return state


def dump(state: State) -> dict[str, Any]:
    return asdict(state)


def load(stored: dict[str, Any]) -> State:
    """The reverse of ``dump`` after a journey through JSON, where every key became a text."""
    return State(
        groups={name: Group(**group) for name, group in stored["groups"].items()},
        contacts={email: _contact(contact) for email, contact in stored["contacts"].items()},
        goods={name: Good(**good) for name, good in stored["goods"].items()},
        orders={int(number): _order(order) for number, order in stored["orders"].items()},
        bills=stored["bills"],
        partners=stored["partners"],
        next_bill=stored["next_bill"],
        next_group=stored["next_group"],
        next_good=stored["next_good"],
    )


def _contact(stored: dict[str, Any]) -> Contact:
    groups = {name: Membership(**membership) for name, membership in stored["groups"].items()}
    return Contact(**{**stored, "groups": groups})


def _order(stored: dict[str, Any]) -> Order:
    return Order(**{**stored, "lines": [Line(**line) for line in stored["lines"]]})
