"""amoCRM (Kommo): changed entities as a form with brackets, several a request; a lead has its people by id only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from relay.asking import TOKEN, question
from relay.incoming import Incoming
from relay.models import Hook, Reading, Utm
from relay.provider import Fetch, FetchRequest, Provider
from relay.reading import Answer, Money, ReadingSchema, Text, dig, gather_utm, mapping, rows, text_at
from relay.verifying import CHOSEN, KEY_NAME

_ROLES = {"EMAIL": "email", "PHONE": "phone"}
# the token goes to amoCRM's own hosts only, whatever a body says
_PORTAL = re.compile(r"https://[a-z0-9-]+\.(?:amocrm\.ru|amocrm\.com|kommo\.com)/?")


def _each(body: Any) -> list[Any]:
    """Every entity as a body of its own, in the sender's words."""
    return [
        {entity: {action: [row]}, "account": mapping(body, "account")}
        for entity, actions in mapping(body).items()
        if entity != "account"
        for action, entries in mapping(actions).items()
        for row in rows(entries)
    ]


def _what(body: Any) -> tuple[str, str, dict[str, Any]]:
    entity, actions = next(iter(mapping(body).items()), ("", {}))
    action, entries = next(iter(mapping(actions).items()), ("", []))
    return entity, action, mapping(next(iter(rows(entries)), {}))


def _fields(body: Any) -> Iterator[tuple[str, str, Any]]:
    """Code, name and values of all custom fields: the contact's that was fetched, the event's own, the lead's."""
    for thing in (dig(body, "contact"), _what(body)[2], dig(body, "lead")):
        for field in rows(dig(thing, "custom_fields", "custom_fields_values")):
            values = [dig(value, "value") if isinstance(value, dict) else value for value in rows(field, "values")]
            name = text_at(field, "name", "field_name", "id", "field_id") or ""
            yield text_at(field, "code", "field_code") or "", name, values[0] if len(values) == 1 else values


class Entity(ReadingSchema):
    name = Text("contact.name", "contacts.add.0.name", "contacts.update.0.name")
    first_name = Text("contact.first_name")
    last_name = Text("contact.last_name")
    amount = Money("lead.price")

    def answers(self, body: Any) -> Iterator[Answer]:
        for code, name, value in _fields(body):
            role = _ROLES.get(code, "")
            yield Answer(name, value[0] if role and isinstance(value, list) and value else value, role=role)

    def utm(self, body: Any) -> Utm:
        return gather_utm({code or name: value for code, name, value in _fields(body)})

    def finish(self, found: dict[str, Any], body: Any) -> None:
        entity, _, row = _what(body)
        tags = rows(row, "tags") or rows(body, "lead._embedded.tags")
        found["tags"] = tuple(name for tag in tags if (name := text_at(tag, "name")))
        if entity == "leads":
            found["order_id"], found["created_at"] = dig(row, "id"), dig(row, "date_create", "created_at")
            found["amount"] = found.get("amount") or dig(row, "price")


def _event_id(incoming: Incoming) -> str | None:
    entity, action, row = _what(incoming.body)
    number, changed = text_at(row, "id"), text_at(row, "last_modified", "updated_at", "date_create", "created_at")
    return f"{entity}:{action}:{number}:{changed}" if number and changed else None


def _ask(reading: Reading, hook: Hook) -> Sequence[FetchRequest]:
    """A lead, then the first of its contacts."""
    entity, action, row = _what(reading.body)
    number, told = text_at(row, "id") or "", text_at(reading.body, "account._links.self") or ""
    portal = told if _PORTAL.fullmatch(told) else ""
    if entity != "leads" or action == "delete" or not number.isdecimal() or not (portal or hook.options.get("api")):
        return ()
    lead = question(hook, portal, f"/api/v4/leads/{number}?with=contacts", "lead")
    people = rows(reading.body, "lead._embedded.contacts")
    person = text_at(next((one for one in people if dig(one, "is_main")), dig(people, "0")), "id") or ""
    return (lead, question(hook, portal, f"/api/v4/contacts/{person}", "contact")) if person.isdecimal() else (lead,)


PROVIDER = Provider(
    name="amocrm",
    title="amoCRM, Kommo",
    kind="crm",
    proof=(CHOSEN,),
    each=_each,
    schema=Entity,
    event_type=lambda incoming: ".".join(filter(None, _what(incoming.body)[:2])),
    event_id=_event_id,
    fetch=Fetch(ask=_ask, schema=Entity, needs=(TOKEN,)),
    options={
        **KEY_NAME,
        "access_token": "a long-lived token of a private integration: asks for a lead's contact",
        "api": "the account's address, if it is not the one that the event names: https://shop.amocrm.ru",
    },
    settings=(
        "Settings > Integrations > Webhooks (WebHooks): the hook's URL with a token, and the events *contact added*, "
        "*lead added*, *lead's stage changed*. For leads, make a private integration and put its long-lived token into "
        "the option `access_token`."
    ),
    arrives=(
        "contacts.add, contacts.update, leads.add, leads.status and so on, each changed entity an event. A contact "
        "comes with its fields; a lead's contact is asked for. `body` is the entity alone, under amoCRM's names: "
        "`body.leads.status[0].status_id`."
    ),
    on_failure="2 seconds; up to 5 tries, after 5, 15, 15 minutes and an hour; many failures switch the webhook off.",
    sources=("amocrm/amocrm-api-php", "public receivers and their tests", "amocrm.ru/developers/content/crm_platform"),
)
