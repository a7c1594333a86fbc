"""The nouns of the pipeline as frozen dataclasses. Imports nothing but the standard library.

Times are whole milliseconds since 1970 (UTC) where the name ends in ``_at``, unless it says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network
from typing import Any


# ---------------------------------------------------------------- what arrives
@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """One HTTP request as it stood on the wire, before anything is believed of it."""

    method: str
    query: str  # the raw query string, still percent-encoded
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    address: str = ""  # of the sender; behind RELAY_TRUSTED_PROXIES hops already resolved
    token: str = ""  # the last part of /hooks/<hook>/<token>
    url: str = ""  # the full address that was called (a few providers sign it)

    @property
    def content_type(self) -> str:
        """The media type alone, in lower case: ``application/json``."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider wants to hear back."""

    body: str | bytes = "ok"
    content_type: str = "text/plain; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


# ---------------------------------------------------------------- what it means
STATUSES = ("created", "waiting", "authorized", "paid", "failed", "cancelled", "refunded", "partially_refunded")


@dataclass(frozen=True, slots=True)
class Utm:
    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    content: str | None = None
    term: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A person. What was not found is None, never a guess."""

    email: str | None = None
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None  # E.164
    city: str | None = None
    country: str | None = None
    tags: tuple[str, ...] = ()
    utm: Utm = Utm()
    ip: str | None = None
    page: str | None = None
    consent: bool | None = None
    custom: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Good:
    """One line of an order, in the sender's words."""

    id: str | None = None
    name: str | None = None
    price: Decimal | None = None  # of one piece, in the order's currency
    quantity: Decimal | None = None
    sum: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """``amount`` is in major units (roubles, not copecks), also where the sender counts in minor ones."""

    id: str | None = None  # the number that the shop gave; what bill_of() is asked for
    payment_id: str | None = None  # the number that the payment system gave
    status: str | None = None  # one of STATUSES
    amount: Decimal | None = None
    currency: str | None = None  # ISO 4217, upper case
    goods: tuple[Good, ...] = ()
    created_at: int | None = None  # unix seconds
    paid_at: int | None = None  # unix seconds
    refunded: Decimal | None = None
    subscription_id: str | None = None
    invoice_id: str | None = None  # the payment system's own bill, where it makes one
    coupon: str | None = None
    comment: str | None = None

    @property
    def paid(self) -> bool:
        return self.status == "paid"


@dataclass(frozen=True, slots=True)
class Reading:
    """An event in our own words: what expressions in a mapping can name."""

    contact: Contact = Contact()
    order: Order = Order()
    event_type: str = ""
    test: bool = False
    event_id: str | None = None  # the idempotency key; None: the body itself is the key
    body: Any = None  # the parsed body, as the sender named things
    raw: bytes = field(default=b"", repr=False)  # the body as it came, for senders that are asked about its very bytes
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)  # soft ones, by field: "contact.email": "no @ in it"
    further: tuple[Reading, ...] = ()  # the others, where one request brings several events


# ---------------------------------------------------------------- the configuration
@dataclass(frozen=True, slots=True)
class Account:
    name: str
    login: str
    secrets: tuple[str, ...] = field(repr=False)  # the newest first
    url: str  # https://login.justclick.ru, without a slash at the end
    max_in_flight: int = 16
    max_per_second: float = 10.0
    timeout: float = 15.0
    retry: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class CallPlan:
    """One entry of a hook's ``calls``."""

    function: str
    params: Mapping[str, Any] = field(default_factory=dict)  # texts in it may be expressions
    when: str | None = None
    each: str | None = None
    accept: tuple[int, ...] = ()
    retry: tuple[float, ...] | None = None
    wait: float = 6 * 3600.0  # seconds that it waits for an order that does not exist yet
    line: int = 0  # where it stands in the file
    name: str = ""  # what results.<name> calls it; the function's name unless said otherwise
    order_id: str | None = None  # an expression: the sender's number that CreateOrder's bill_id is kept under


@dataclass(frozen=True, slots=True)
class Hook:
    name: str
    provider: str
    account: str
    calls: tuple[CallPlan, ...] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)
    tokens: tuple[str, ...] = field(default=(), repr=False)
    verify: Mapping[str, Any] | str | None = None  # the options of `generic`, or "none"
    tolerance: float | None = None  # seconds; None: the provider's own; 0: age is not checked
    hash: str | None = None
    addresses: tuple[IPv4Network | IPv6Network, ...] | None = None
    country: str = "RU"  # for telephone numbers without a country
    event_id: str | None = None  # an expression
    event_window: float = 7 * 86400.0  # seconds in which a repeat is recognised
    contact: Mapping[str, Any] = field(default_factory=dict)  # expressions over the reading
    order: Mapping[str, Any] = field(default_factory=dict)
    event_type: str | None = None
    test: str | None = None
    answer: Mapping[str, Any] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)  # a provider's own settings
    max_per_minute: int = 6000
    line: int = 0


@dataclass(frozen=True, slots=True)
class Configuration:
    accounts: Mapping[str, Account]
    hooks: Mapping[str, Hook]
    path: str = ""
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # look-up tables


# ---------------------------------------------------------------- calls and what became of them
@dataclass(frozen=True, slots=True)
class Call:
    """One JustClick function with its parameters, checked and in the documented order.

    A value may be an :class:`Awaited`: something that will be known only when another call has been made.
    """

    function: str
    params: Mapping[str, Any]
    accept: tuple[int, ...] = ()
    retry: tuple[float, ...] | None = None
    wait: float = 6 * 3600.0
    name: str = ""
    order_id: str | None = None  # of the sender: CreateOrder remembers its bill_id under it
    payments: tuple[str, ...] = ()  # provider and number of the payment, its invoice: all their events mean one order
    problems: Mapping[str, list[str]] = field(default_factory=dict)  # not empty: it is born a dead letter
    reason: str | None = None  # the slug of its problems: no-contact, expression-failed, invalid-parameters


@dataclass(frozen=True, slots=True)
class Awaited:
    """A value that another call will bring: the ``bill_id`` of an order, a field of a result.

    ``key`` is ``bill:<order id of the sender>`` or ``result:<name of the call>:<field>``.
    """

    key: str


@dataclass(frozen=True, slots=True)
class Event:
    id: str
    hook: str
    provider: str
    received_at: int
    method: str = "POST"
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)  # without secrets
    body: bytes | None = None  # None: its time was over and it was removed
    event_type: str = ""
    test: bool = False
    address: str = ""
    duplicates: int = 0
    deliveries: tuple[str, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)
    part: int = 0  # which one, where one request brought several events
    fetched: Mapping[str, Any] | None = None  # what the worker was told by the sender, for senders of ids only


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: what came back, how long it took, what was decided. What was sent follows from the delivery."""

    number: int
    started_at: int
    duration_ms: int | None = None  # until the answer, or until it was taken from a dead worker; None: it is open
    status: int | None = None  # HTTP
    code: int | None = None
    text: str | None = None
    reason: str | None = None  # a slug, when there was no usable answer
    note: str | None = None
    trigger: str | None = None  # what was decided
    worker: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    id: str
    event_id: str
    hook: str
    account: str
    function: str
    params: Mapping[str, Any]
    state: str
    created_at: int
    updated_at: int
    name: str = ""
    accept: tuple[int, ...] = ()
    retry: tuple[float, ...] | None = None
    wait: float = 6 * 3600.0
    order_id: str | None = None
    code: int | None = None
    text: str | None = None
    reason: str | None = None
    note: str | None = None
    result: Any = None
    problems: Mapping[str, list[str]] = field(default_factory=dict)
    next_attempt_at: int | None = None
    doubtful_since: int | None = None  # start of the first attempt whose outcome is unknown
    waits_since: int | None = None  # when it first had to wait for what it needs; a replay begins anew
    tries: int = 0  # since it was last queued afresh; the retry delays count from here
    number: int = 0  # attempts in its whole life
    awaits: tuple[str, ...] = ()  # the links that it needs: "bill:school:10457", "result:evt_...:CreateOrder"
    makes: tuple[str, ...] = ()  # the links that it brings: "bill:school:10457", "pay:school:stripe:pi_1"
    shared: bool = False  # a sibling waits for its result
    held_by: str | None = None  # the gate: "account:school", "function:school:CreateOrder", "hook:webinar"
    attempts: tuple[Attempt, ...] = ()
    live: bool = True  # False: a replay, which lets live events go first

    @property
    def has_just_come(self) -> bool:
        """Goes before replays and before retries of old ones."""
        return self.live and self.tries == 0
