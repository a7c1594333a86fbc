"""Functions that make and change orders ("bills"). Source: justclick-api, section 3.3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from relay.justclick.functions import results
from relay.justclick.functions.arrays import ListOf, Members
from relay.justclick.functions.contacts import UTM
from relay.justclick.functions.fields import Choice, Domain, Email, Money, Text, Timer, UnixTime, Whole, Word
from relay.justclick.functions.function import Function, Repeat, both
from relay.models import Awaited, Reading

GOOD = {
    "good_name": Word("Id of the product.", required=True),
    "good_sum": Money(
        "Price in this order. Left out: the price of the shop.",
        above_zero="JustClick would charge the price of the shop for 0; leave good_sum out if that is meant",
    ),
}


class CreateOrder(Function):
    name = "CreateOrder"
    title = both("Create an order", "Создать заказ")
    description = "Creates an order. The answer carries its number, bill_id."
    repeat = Repeat.LOOK_UP
    settled_by_repeat = frozenset({601})
    misnomers = MappingProxyType({"bill_coupon": "bill_kupon"})
    result = "bill_id, the number of the order (with code 601 too: of the order that exists)."

    goods = ListOf("The products that are ordered.", GOOD, required=True)
    bill_email = Email("The buyer's e-mail address.", required=True, attribute="contact.email")
    bill_first_name = Text("First name. For products sent by post: required.", attribute="contact.first_name")
    bill_surname = Text("Surname. For products sent by post: required.", attribute="contact.last_name")
    bill_otchestvo = Text("Patronymic, on justclick.ru and expertam.ru.")
    bill_middle_name = Text("Middle name, on justclick.io and influencersoft.com.")
    bill_phone = Text("Telephone number.", attribute="contact.phone")
    bill_country = Text("Country. For products sent by post: required, mostly three letters (RUS).")
    bill_region = Text("Region.")
    bill_city = Text("City. For products sent by post: required.", attribute="contact.city")
    bill_postal_code = Text("Postal code.")
    bill_address = Text("Address. For products sent by post: required.")
    bill_kupon = Text("Coupon of the JustClick shop.")
    bill_tag = Text("A label of your own.")
    bill_comment = Text("A comment.", attribute="order.comment")
    bill_ip = Text("The buyer's IP address.", attribute="contact.ip")
    bill_timer_kill = Timer("1: lapses by the product's timer; 0: never; a unix time: lapses then.")
    bill_created = UnixTime("When it was ordered.")
    bill_domain = Domain("Domain of the order, so that its payment link is complete.")
    utm = Members("Where the buyer came from.", UTM, attribute="contact.utm")
    bill_aff = Whole("Number of the partner of the first level. Not in today's documentation.")
    bill_aff_name = Text("Login of the partner of the first level. Not in today's documentation.")
    bill_paff = Whole("Number of the partner of the second level. Not in today's documentation.")
    bill_paff_name = Text("Login of the partner of the second level. Not in today's documentation.")
    bill_ad_id = Whole("Number of an advertisement. Not in today's documentation.")

    @classmethod
    def defaults(cls, reading: Reading, given: Mapping[str, Any]) -> dict[str, Any]:
        found = super().defaults(reading, given)
        contact = reading.contact
        if contact.name and not contact.first_name and not contact.last_name:
            found["bill_first_name"] = contact.name  # which part is the surname would be a guess
        return found

    @classmethod
    def rules(cls, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        if "bill_otchestvo" in values and "bill_middle_name" in values:
            yield "bill_middle_name", "is the same as bill_otchestvo under its English name: give one of the two"

    @classmethod
    def parse_result(cls, result: Any) -> Any:
        if isinstance(result, str | int) and not isinstance(result, bool):
            result = {"bill_id": result}
        bill_id = (results.single(result) or {}).get("bill_id")
        return {"bill_id": str(bill_id)} if bill_id not in (None, "", 0, "0") else None


class UpdateOrderStatus(Function):
    name = "UpdateOrderStatus"
    title = both("Change an order's status", "Изменить статус заказа")
    description = "Marks an order as sent, paid, returned or cancelled."
    repeat = Repeat.LOOK_UP  # when the status is paid; the others may be repeated

    bill_id = Whole("Number of the order.", required=True, least=1)
    status = Choice("The new status.", of=("sent", "paid", "return", "cancel"), required=True)
    date = UnixTime("When it was sent or paid; required for both.", least=1, attribute="order.paid_at")
    rpo = Word("Tracking number; required for sent.")

    @classmethod
    def defaults(cls, reading: Reading, given: Mapping[str, Any]) -> dict[str, Any]:
        # the time of payment says nothing about the other statuses
        return super().defaults(reading, given) if given.get("status") == "paid" else {}

    @classmethod
    def rules(cls, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        status = values.get("status")
        if status in ("sent", "paid") and "date" not in values:
            yield "date", f"is required when the status is {status}"
        if status == "sent" and "rpo" not in values:
            yield "rpo", "is required when the status is sent: the tracking number"

    @classmethod
    def safe_to_repeat(cls, params: Mapping[str, Any]) -> bool:
        return not isinstance(params.get("status"), Awaited) and params.get("status") != "paid"


class DeleteOrder(Function):
    name = "DeleteOrder"
    title = both("Delete an order", "Удалить заказ")
    description = "Deletes an order, or hides it."
    settled_by_repeat = frozenset({200, 302})

    bill_id = Whole("Number of the order.", required=True, least=1)
