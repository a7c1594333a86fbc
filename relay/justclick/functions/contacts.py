"""Functions of contacts and groups. Source: justclick-api, section 3.1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relay.justclick.functions import results
from relay.justclick.functions.arrays import CommaList, Members, Words
from relay.justclick.functions.fields import Email, Flag, Link, Text, Whole, Word
from relay.justclick.functions.function import Function, both
from relay.models import Contact, Reading

UTM = {
    "utm_medium": Text("The channel, such as cpc. With a partner exactly: affiliate.", attribute="medium"),
    "utm_source": Text("Where the person came from. With a partner: the partner's login.", attribute="source"),
    "utm_campaign": Text("The campaign.", attribute="campaign"),
    "utm_content": Text("The advertisement.", attribute="content"),
    "utm_term": Text("The key word.", attribute="term"),
    "aff_medium": Text("A partner's own mark, shown in the partner's cabinet only."),
    "aff_source": Text("A partner's own mark."),
    "aff_campaign": Text("A partner's own mark."),
    "aff_content": Text("A partner's own mark."),
    "aff_term": Text("A partner's own mark."),
}


def full_name(contact: Contact) -> str | None:
    """The name as it was given, or first and last name together."""
    parts = [part for part in (contact.first_name, contact.last_name) if part]
    return contact.name or " ".join(parts) or None


class AddLeadToGroup(Function):
    name = "AddLeadToGroup"
    title = both("Add a contact to groups", "Добавить контакт в группы")
    description = "Adds a contact to one or more groups. For a contact that is there already nothing changes."
    settled_by_repeat = frozenset({102})

    rid = Words("Ids of the groups, one or several.", required=True)
    lead_email = Email("The contact's e-mail address.", required=True, attribute="contact.email")
    lead_name = Text('The name. Left out: "Dear Friend".', attribute="contact.name")
    lead_phone = Text("The telephone number.", attribute="contact.phone")
    lead_city = Text("The city.", attribute="contact.city")
    tag = Text("A label of your own.")
    doneurl2 = Link("Where the person is led after confirming the subscription.")
    activation = Flag("1: ask the person to confirm by e-mail. Works with the tariff Guru only.")
    utm = Members("Where the person came from.", UTM, attribute="contact.utm")
    aff = Whole("Number of a partner, in the old style.")
    ad = Whole("Number of an advertisement, in the old style.")
    noaff = Flag("1: keep partner and tag out. Not documented by the vendor.")

    @classmethod
    def defaults(cls, reading: Reading, given: Mapping[str, Any]) -> dict[str, Any]:
        return _named(super().defaults(reading, given), reading)


class UpdateSubscriberData(Function):
    name = "UpdateSubscriberData"
    title = both("Change a contact's fields", "Изменить данные контакта")
    description = "Changes fields of a contact that exists. What is left out stays as it is."

    lead_email = Email("Of the contact that is to be changed.", required=True, attribute="contact.email")
    lead_name = Text("The new name.", attribute="contact.name")
    lead_phone = Text("The new telephone number.", attribute="contact.phone")
    lead_city = Text("The new city.", attribute="contact.city")
    # never from the reading: nobody knows whether these add to the contact's tags or replace them
    lead_tags = CommaList("Tags, separated by commas. Whether they add or replace is not documented.")

    @classmethod
    def defaults(cls, reading: Reading, given: Mapping[str, Any]) -> dict[str, Any]:
        return _named(super().defaults(reading, given), reading)


class DeleteSubscribe(Function):
    name = "DeleteSubscribe"
    title = both("Unsubscribe from a group", "Отписать от группы")
    description = "Takes a contact out of one group. Subscribing again later brings no letter of confirmation."
    settled_by_repeat = frozenset({801})

    lead_email = Email("The contact's e-mail address.", required=True, attribute="contact.email")
    # JustClick answers an empty one with 0 and does nothing: it has to be caught here
    rass_name = Word("Id of the group.", required=True)


class GetLeadGroupStatuses(Function):
    name = "GetLeadGroupStatuses"
    title = both("Groups of a contact, with statuses", "Группы контакта со статусами")
    description = "Lists the groups of a contact and whether it waits, is subscribed or has unsubscribed."
    reads = True
    result = "List of rass_name, rass_title, rass_status, subscription_time."

    email = Email("The contact's e-mail address.", required=True, attribute="contact.email")

    @classmethod
    def parse_result(cls, result: Any) -> Any:
        return results.rows(result)


class GetLeadGroups(Function):
    name = "GetLeadGroups"
    title = both("Groups of a contact (obsolete)", "Группы контакта (устарела)")
    description = "Lists the groups of a contact. GetLeadGroupStatuses tells more."
    reads = True
    result = "List of rass_name, rass_title."

    email = Email("The contact's e-mail address.", required=True, attribute="contact.email")

    @classmethod
    def parse_result(cls, result: Any) -> Any:
        return results.rows(result)


class GetAllGroups(Function):
    name = "GetAllGroups"
    title = both("All groups", "Все группы")
    description = "Lists all groups but the automatic ones. Without parameters, so it serves to check login and secret."
    reads = True
    result = "List of rass_name, rass_title and often rass_id."

    @classmethod
    def parse_result(cls, result: Any) -> Any:
        return results.rows(result)


class GetCountSubscribe(Function):
    name = "GetCountSubscribe"
    title = both("Number of contacts", "Число контактов")
    description = "Counts the contacts of a group or of the account."
    reads = True
    result = "One whole number."

    group_name = Word("Id of a group; or unique (active contacts); or all (here and there: alls).", required=True)

    @classmethod
    def parse_result(cls, result: Any) -> Any:
        if isinstance(result, Mapping | list):
            held = list(results.as_map(result).values())
            result = held[0] if held else None
        return results.whole(result)


def _named(found: dict[str, Any], reading: Reading) -> dict[str, Any]:
    name = full_name(reading.contact)
    return found | ({"lead_name": name} if name else {})
