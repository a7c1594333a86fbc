"""What JustClick says: the texts of its codes in two dialects, and the signed JSON document that carries them.

The sandbox keeps its own table on purpose: the relay's table of codes is tested against it, not made from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import md5
from typing import Any

from relay.justclick.sandbox.php_json import json_encode


class Dialect(StrEnum):
    """``docs``: as the vendor's pages say. ``field``: as the service was seen to behave (102 and 103 as code 0)."""

    DOCS = "docs"
    FIELD = "field"


TEXTS = {
    0: "OK",
    1: "Not transferred hash",
    2: "No transmitted data",
    3: "Wrong posted data",
    4: "Incorrect hash",
    5: "Invalid user name",
    6: "Permission denied for IP 127.0.0.1",
    7: "Account disabled",
    8: "Limit to subscribe for this IP exided. Try later. 127.0.0.1",
    100: "Email is missing",
    101: "Subscription error: cannot be added rass_id=1",
    102: "The subscriber is already registered",
    103: "Has an invalid subscriptions group",
    104: "Subscription forbidden for allleads",
    105: "The subscriber cannot be subscribed",
    106: "The subscriber cannot be activated",
    200: "Nonexistent order",
    201: "Wrong status",
    202: "Order not paid",
    203: "Order number is empty",
    204: "Order status is not changed",
    205: "Refund error: refused by the bank",
    300: "Product not found",
    301: "Product already exist",
    302: "Nonexistent order",
    303: "Wrong status",
    400: "Order not found",
    401: "Orders not found",
    500: "Subscriber not found",
    501: "Group not found",
    600: "Wrong email: ''",
    601: "Order already exist. His number send in result array.",
    602: "Error creating order",
    603: "Missing products",
    604: "Product not exist: course",
    605: "Not having any data for delivery products",
    606: "Function for creating new orders throw API was disabled for your account",
    700: "No products",
    800: "Group subscribers is not found",
    801: "Subscriber with such address is not found",
    900: "Active domains not found",
    950: "Recurrent is not canceled",
    1000: "Partner not found",
}
GOODS_TEXTS = {302: "Failed to remove product", 303: "Failed to add product"}
GOODS_FUNCTIONS = frozenset({"AddGood", "UpdateGood", "DeleteGood"})


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer before it is signed; ``result`` None means that the answer has none."""

    code: int = 0
    text: str = ""
    result: Any = None


def standard_text(code: int, function: str = "") -> str:
    """The text of a code; 302 and 303 say something else after the product functions."""
    if function in GOODS_FUNCTIONS and code in GOODS_TEXTS:
        return GOODS_TEXTS[code]
    return TEXTS.get(code, f"Error {code}")


def spoken(reply: Reply, function: str, dialect: Dialect) -> Reply:
    """The reply with its text as the dialect prints it: the docs print the standard texts in lower case."""
    text = reply.text or standard_text(reply.code, function)
    # A text that quotes something (an e-mail, a product) is never touched.
    if dialect is Dialect.DOCS and (not reply.text or text in (ORDER_CREATED, ORDER_CHANGED, ORDER_DELETED, MAIL_SENT)):
        text = text.lower()
    return Reply(reply.code, text, reply.result)


ORDER_CREATED = "Order created"
ORDER_CHANGED = "Order status changed"
ORDER_DELETED = "Order deleted"
MAIL_SENT = "Activation email sent to subscriber"


def answer_hash(code: int, text: str, secret: str) -> str:
    signed = f"{code}::{text}::{secret}"
    return md5(signed.encode("utf-8", "surrogateescape")).hexdigest()


def document(reply: Reply, secret: str, *, forged: bool = False) -> bytes:
    """The JSON that goes over the wire. Code 5 knows no account and so no key: it is signed with an empty secret."""
    key = "" if reply.code == 5 else secret
    if forged:
        key += "?"
    members: dict[str, Any] = {"error_code": reply.code, "error_text": reply.text}
    if reply.result is not None:
        members["result"] = reply.result
    members["hash"] = answer_hash(reply.code, reply.text, key)
    return json_encode(members)
