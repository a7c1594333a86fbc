"""Functions of products ("goods"). Source: justclick-api, section 3.2."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from relay.justclick.functions import results
from relay.justclick.functions.arrays import CommaList
from relay.justclick.functions.fields import Choice, Flag, Link, Money, Text, Whole, Word
from relay.justclick.functions.function import Function, both

_KINDS = ("real", "digital")
_NO_NUMBER = "; numbers stand in the documentation too, but JustClick takes 0 for an empty field"


class GetAllGoods(Function):
    name = "GetAllGoods"
    title = both("All products", "Все товары")
    description = "Lists all products of the shop."
    reads = True
    result = "List of good_id, good_name, good_title, good_sum, good_type."

    @classmethod
    def parse_result(cls, result: Any) -> Any:
        return results.rows(result)


class _Good(Function):
    """What AddGood and UpdateGood share: everything but the four fields that AddGood demands."""

    misnomers = MappingProxyType({"good_client_mailings": "good_client_rassilki"})

    parent_id = Whole("Number of an existing category.")
    good_publish = Flag("1: shown in the shop.")
    good_use_short = Flag("1: the short order form.")
    good_api_url_notif = Link("Where JustClick reports a payment.", keep_empty=True)
    good_api_url_new_order = Link("Where JustClick reports a new order.", keep_empty=True)
    good_success_link = Link("Where the buyer is led after paying.", keep_empty=True)
    good_download = Text("Where the product is downloaded.", keep_empty=True)
    good_client_rassilki = CommaList("Groups for buyers, separated by commas; created when missing.")
    good_nalozh_only = Flag("1: cash on delivery only.")
    good_quickpost_article = Text("Article number of the delivery service.", keep_empty=True)
    good_post_service = Choice("Delivery service.", of=("none", "quickpost"))
    good_only_countries = CommaList("Countries it is sold to: three letters each, separated by commas without blanks.")
    good_mail_subject = Text("Subject of the letter to the buyer.", keep_empty=True)
    good_mail_format = Choice("Kind of the letter.", of=("html", "text"))
    good_mail_body = Text("The letter as HTML; {$download} stands for the link.", keep_empty=True)
    good_mail_text = Text("The letter as plain text; {$download} stands for the link.", keep_empty=True)
    good_partner_fee = Money("What a partner of the first level gets, as an amount.")
    good_partner_fee_perc = Money("The same in per cent.")
    good_partner_pfee = Money("What a partner of the second level gets, as an amount.")
    good_partner_pfee_perc = Money("The same in per cent.")
    good_partner_show = Flag("1: partners see the product.")
    good_partner_SL_link = Link("Address of the page that partners advertise.", keep_empty=True)
    good_partner_addition_link = Link("One more address for partners.", keep_empty=True)
    good_partner_text = Text("What partners read about the product.", keep_empty=True)
    good_pay_text = Text("Text of the payment page, with #IMAGE#, #PRODUCT#, #PRICE#, #USD#.", keep_empty=True)
    good_timer = Flag("1: an order lapses when it is not paid in time.")
    good_timer_unit = Choice("Unit of that time.", of=("min", "hour", "day"))
    good_timer_duration = Whole("How many of them.")
    good_rashod = Money("Cost of one piece, as an amount.")
    good_rashod_perc = Money("The same in per cent.")


class AddGood(_Good):
    name = "AddGood"
    title = both("Add a product", "Добавить товар")
    description = "Creates a product. The answer does not carry its number."
    settled_by_repeat = frozenset({301})

    good_name = Word("Id of the product, unique in the account.", required=True)
    good_type = Choice("real: sent by post; digital: not.", of=_KINDS, because=_NO_NUMBER, required=True)
    good_title = Text("Name of the product.", required=True)
    good_sum = Money("Price.", required=True, above_zero="JustClick takes a price of 0 for an empty field")

    class Meta:
        fields = ("good_name", "good_type", "good_title", "good_sum", *_Good._declared_fields)


class UpdateGood(_Good):
    name = "UpdateGood"
    title = both("Change a product", "Изменить товар")
    description = "Changes a product. Without good_sum JustClick would set the price to zero, so it is demanded here."

    good_name = Word("Id of the product.", required=True)
    good_type = Choice("real: sent by post; digital: not.", of=_KINDS, because=_NO_NUMBER)
    good_title = Text("New name.")
    good_sum = Money("Price. Left out, JustClick would make it zero.", required=True)

    class Meta:
        fields = ("good_name", "good_type", "good_title", "good_sum", *_Good._declared_fields)


class DeleteGood(Function):
    name = "DeleteGood"
    title = both("Delete a product", "Удалить товар")
    description = "Removes a product from the shop."

    good_name = Word("Id of the product.", required=True)
