"""A school with one account, and what its hooks read."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from relay.expressions import evaluate
from relay.models import Account, CallPlan, Configuration, Contact, Good, Hook, Order, Reading, Utm
from relay.naming import names_of

NOW = 1789378900.0  # 2026-09-14


@pytest.fixture
def reading() -> Reading:
    """A payment of two goods by Anna."""
    return Reading(
        contact=Contact(
            email="anna@example.com",
            name="Анна Смирнова",
            first_name="Анна",
            last_name="Смирнова",
            phone="+79990000000",
            utm=Utm(source="yandex", campaign="autumn"),
            tags=("vip", "new"),
        ),
        order=Order(
            id="10457",
            status="paid",
            amount=Decimal("4990.00"),
            currency="RUB",
            paid_at=1789378890,
            goods=(
                Good(id="A1", name="Course", price=Decimal(1500), quantity=Decimal(2)),
                Good(id="B2", name="Book", sum=Decimal("1990.00")),
            ),
        ),
        event_type="payment.succeeded",
        body={"items": [{"id": 7}], "customer": {"mail": "Anna@Example.com", "empty": None}, "sum": "1 500,50", "n": 3},
        headers={"x-request-id": "req-1"},
    )


@pytest.fixture
def tables() -> dict[str, dict[str, Any]]:
    return {"courses": {"A1": "course", "B2": "book", "17": "seventeen"}}


@pytest.fixture
def value(reading: Reading, tables: dict[str, dict[str, Any]]) -> Callable[[str], Any]:
    """The value of a text, over the payment above."""
    names = names_of(reading, Hook("pay", "generic", "school"), tables, NOW, item={"title": "x"})
    return lambda text: evaluate(text, names)


@pytest.fixture
def configured(tables: dict[str, dict[str, Any]]) -> Callable[..., tuple[Hook, Configuration]]:
    """A hook with these calls, in a configuration."""

    def made(*calls: CallPlan, **options: Any) -> tuple[Hook, Configuration]:
        hook = Hook("pay", "generic", "school", calls=calls, **options)
        account = Account("school", "demo", ("account-secret",), "https://demo.justclick.ru")
        return hook, Configuration({"school": account}, {"pay": hook}, tables=tables)

    return made
