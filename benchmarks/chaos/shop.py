"""What the independent JustClick knows: who is in which group, orders, payments. Makes every order it is asked for."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import md5
from typing import Any

EXISTS, NO_ORDERS, NO_SUCH_ORDER = 102, 400, 200


@dataclass(frozen=True, slots=True)
class Answer:
    code: int
    result: Any = None

    def signed(self, secret: str) -> bytes:
        text = "OK" if self.code == 0 else f"Code {self.code}"
        told = {"error_code": self.code, "error_text": text, "result": self.result}
        return json.dumps({**told, "hash": md5(f"{self.code}::{text}::{secret}".encode()).hexdigest()}).encode()


@dataclass
class Order:
    number: int
    email: str
    good: str
    created: int
    payments: int = 0


@dataclass
class Shop:
    members: set[tuple[str, str]] = field(default_factory=set)  # e-mail and group
    orders: dict[str, Order] = field(default_factory=dict)

    def whose(self, params: Mapping[str, str]) -> str:
        order = self.orders.get(params.get("bill_id", ""))
        return next(
            (params[name] for name in ("lead_email", "bill_email", "email") if name in params),
            order.email if order else "",
        )

    def carry_out(self, function: str, params: Mapping[str, str]) -> Answer:
        act = getattr(self, f"_{function}", None)
        return act(params) if act else Answer(999)

    def _AddLeadToGroup(self, params: Mapping[str, str]) -> Answer:
        member = (params["lead_email"], params["rid[0]"])
        if member in self.members:
            return Answer(EXISTS)
        self.members.add(member)
        return Answer(0)

    def _GetAllGroups(self, _: Mapping[str, str]) -> Answer:
        return Answer(0, [])

    def _CreateOrder(self, params: Mapping[str, str]) -> Answer:
        number = 1000 + len(self.orders)
        self.orders[str(number)] = Order(number, params["bill_email"], params["goods[0][good_name]"], int(time.time()))
        return Answer(0, {"bill_id": number})

    def _UpdateOrderStatus(self, params: Mapping[str, str]) -> Answer:
        order = self.orders.get(params["bill_id"])
        if order is None:
            return Answer(NO_SUCH_ORDER)
        order.payments += 1
        return Answer(0)

    def _GetBills(self, params: Mapping[str, str]) -> Answer:
        found = [order for order in list(self.orders.values()) if order.email == params["email"]]
        return Answer(0, {one.number: {"1": {"good_name": one.good}} for one in found}) if found else Answer(NO_ORDERS)

    def _getOrderDetails(self, params: Mapping[str, str]) -> Answer:
        order = self.orders.get(params["bill_id"])
        if order is None:
            return Answer(NO_ORDERS)
        status = "paid" if order.payments else "waiting"
        return Answer(0, {"id": str(order.number), "created": str(order.created), "pay_status": status})
