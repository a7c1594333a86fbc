"""Bitrix24, outgoing webhook: what happened and an id; all the rest is asked for through an incoming webhook."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from relay.models import Hook, Reading, Utm
from relay.provider import Fetch, FetchRequest, Provider
from relay.reading import Currency, EMail, Money, Phone, ReadingSchema, Text, gather_utm, mapping, text_at
from relay.verifying import Secret

_EVENT = re.compile(r"ONCRM(LEAD|CONTACT|DEAL|DYNAMICITEM)(?:ADD|UPDATE)(?:_\d+)?")
_FOUND = "crm.result.result"  # of `batch`
_THINGS = ("lead", "deal", "item.item", "contact")
_KEPT = ("TITLE", "title", "SOURCE_ID", "sourceId", "STAGE_ID", "stageId", "STATUS_ID")
_COMMANDS: Mapping[str, Mapping[str, str]] = {
    "LEAD": {"lead": "crm.lead.get?ID={id}", "contact": "crm.contact.get?ID=$result[lead][CONTACT_ID]"},
    "CONTACT": {"contact": "crm.contact.get?ID={id}"},
    "DEAL": {"deal": "crm.deal.get?ID={id}", "contact": "crm.contact.get?ID=$result[deal][CONTACT_ID]"},
    "DYNAMICITEM": {
        "item": "crm.item.get?entityTypeId={type}&id={id}",
        "contact": "crm.contact.get?ID=$result[item][item][contactId]",
    },
}


def _paths(name: str, *things: str) -> list[str]:
    return [f"{_FOUND}.{thing}.{name}" for thing in things]


class Entity(ReadingSchema):
    email = EMail(*_paths("EMAIL.0.VALUE", "lead", "contact"))
    phone = Phone(*_paths("PHONE.0.VALUE", "lead", "contact"))
    first_name = Text(*_paths("NAME", "lead", "contact"))
    last_name = Text(*_paths("LAST_NAME", "lead", "contact"))
    city = Text(*_paths("ADDRESS_CITY", "lead", "contact"))
    country = Text(*_paths("ADDRESS_COUNTRY", "lead", "contact"))
    order_id = Text(*_paths("ID", "deal"), *_paths("id", "item.item"))
    amount = Money(*_paths("OPPORTUNITY", "deal"), *_paths("opportunity", "item.item"))
    currency = Currency(*_paths("CURRENCY_ID", "deal"), *_paths("currencyId", "item.item"))

    def utm(self, body: Any) -> Utm:
        return gather_utm(*(mapping(body, f"{_FOUND}.{thing}") for thing in _THINGS))

    def finish(self, found: dict[str, Any], body: Any) -> None:
        for thing in _THINGS:
            fields = mapping(body, f"{_FOUND}.{thing}")
            own = {name: value for name, value in fields.items() if name.startswith(("UF_CRM_", "ufCrm")) and value}
            found["custom"] = own | {name: fields[name] for name in _KEPT if fields.get(name)} | found["custom"]


def _ask(reading: Reading, hook: Hook) -> Sequence[FetchRequest]:
    """One `batch`: the entity and its contact, whose id the entity's answer brings."""
    event = _EVENT.fullmatch(reading.event_type)
    number = text_at(reading.body, "data.FIELDS.ID") or ""
    kind = text_at(reading.body, "data.FIELDS.ENTITY_TYPE_ID") or ""
    if not event or not number.isdecimal() or not (kind.isdecimal() or event.group(1) != "DYNAMICITEM"):
        return ()
    commands = {name: text.format(id=number, type=kind) for name, text in _COMMANDS[event.group(1)].items()}
    return (
        FetchRequest(
            url=f"{str(hook.options.get('webhook')).rstrip('/')}/batch",
            into="crm",
            method="POST",
            headers={"Content-Type": "application/json"},
            body=json.dumps({"halt": 0, "cmd": commands}).encode(),
        ),
    )


def _refused(answers: Mapping[str, Any]) -> str:
    """`batch` answers 200 also when it found nothing."""
    if "crm" not in answers or any(mapping(answers, _FOUND).values()):
        return ""
    errors = mapping(answers, "crm.result.result_error").values()
    told = (text_at(error, "error_description", "error") for error in errors)
    return f"Bitrix24 found nothing: {'; '.join(filter(None, told)) or 'no reason given'}"


PROVIDER = Provider(
    name="bitrix24",
    title="Bitrix24 (Битрикс24)",
    kind="crm",
    proof=(Secret(at=("field:auth.application_token",)),),
    schema=Entity,
    event_type="event",
    event_id=("auth.member_id", "event", "data.FIELDS.ID", "ts"),
    fetch=Fetch(ask=_ask, schema=Entity, refused=_refused, needs=("webhook",)),
    options={
        "webhook": "the address of an incoming webhook with the right *CRM*: https://shop.bitrix24.ru/rest/1/.../"
    },
    settings=(
        "Developer resources > Other > Outgoing webhook: the hook's URL and the events ONCRMLEADADD, ONCRMCONTACTADD, "
        "ONCRMDEALADD; the *application token* shown there is `secret`. Then *Incoming webhook* with the right CRM: "
        "its address is the option `webhook`, a secret too. The relay needs a public address and a valid certificate."
    ),
    arrives=(
        "The event's name and an id. The lead, deal or item and its contact are asked for before mapping and stand in "
        "`body.crm.result.result`; fields of your own (UF_CRM_...) in `contact.custom`."
    ),
    on_failure="Nothing is repeated: what was not answered with 200 is lost.",
    sources=("bitrix-tools/b24-rest-docs",),
)
