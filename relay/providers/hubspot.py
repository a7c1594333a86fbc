"""HubSpot: lists of changes with ids of contacts, signed in three ways; or a workflow's webhook with properties."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from relay.asking import TOKEN, question
from relay.incoming import Incoming
from relay.models import Hook, Reading, Utm
from relay.provider import Fetch, FetchRequest, Provider
from relay.reading import EMail, Phone, ReadingSchema, Text, dig, gather_utm, mapping, text_at
from relay.verifying import Signature

_ESCAPES = re.compile(r"%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)
_PROPERTIES = (
    "email,firstname,lastname,phone,mobilephone,city,country,utm_source,utm_medium,utm_campaign,utm_content,utm_term"
)
_API = "https://api.hubapi.com"
_GONE = re.compile(r".*\.(?:deletion|privacyDeletion)")


def _paths(*names: str) -> list[str]:
    """Fetched, from a workflow (with or without ``value``), or flat."""
    return [
        path
        for name in names
        for path in (f"contact.properties.{name}", f"properties.{name}.value", f"properties.{name}", name)
    ]


class Change(ReadingSchema):
    email = EMail(*_paths("email"))
    first_name = Text(*_paths("firstname"))
    last_name = Text(*_paths("lastname"))
    phone = Phone(*_paths("phone", "mobilephone"))
    city = Text(*_paths("city"))
    country = Text(*_paths("country"))

    def utm(self, body: Any) -> Utm:
        return gather_utm(mapping(body, "contact.properties"), mapping(body, "properties"), mapping(body))


def _changes(body: Any) -> list[Any]:
    return [_told(change) for change in (body if isinstance(body, list) else [body])]


def _told(change: Any) -> Any:
    """A change of one property brings its value along."""
    name, value = text_at(change, "propertyName"), text_at(change, "propertyValue")
    return {name: value} | change if name and value else change


def _event_id(incoming: Incoming) -> str | None:
    """HubSpot does not promise that its eventId is unique."""
    names = ("portalId", "subscriptionId", "objectId", "occurredAt", "propertyName")
    parts = [text_at(incoming.body, name) for name in names]
    return ":".join(part or "" for part in parts) if all(parts[:4]) else None


def _address(incoming: Incoming, _: str) -> str:
    """As HubSpot signs it in version 3: with these escapes written out."""
    return _ESCAPES.sub(lambda escape: unquote(escape.group()), incoming.request.url)


def _before_body(incoming: Incoming, _: str) -> str:
    """Version 1 signs the body alone, version 2 the method and the address too."""
    request = incoming.request
    return request.method + request.url if incoming.at("header:X-HubSpot-Signature-Version") == "v2" else ""


def _ask(reading: Reading, hook: Hook) -> Sequence[FetchRequest]:
    kind, number = reading.event_type, text_at(reading.body, "objectId") or ""
    contact = kind.startswith("contact.") or dig(reading.body, "objectTypeId") == "0-1"
    if not contact or _GONE.fullmatch(kind) or not number.isdecimal():
        return ()
    more = hook.options.get("properties")
    path = f"/crm/v3/objects/contacts/{number}?properties={_PROPERTIES}{f',{more}' if more else ''}"
    return (question(hook, _API, path, "contact"),)


PROVIDER = Provider(
    name="hubspot",
    title="HubSpot",
    kind="crm",
    proof=(
        Signature(
            at="header:X-HubSpot-Signature-v3",
            mac="sha256",
            encoding="base64",
            parts=("method", _address, "body", "timestamp"),
            timestamp="header:X-HubSpot-Request-Timestamp",
            unit=0.001,
        ),
        Signature(at="header:X-HubSpot-Signature", digest="sha256", parts=("secret", _before_body, "body")),
    ),
    each=_changes,
    schema=Change,
    event_type="subscriptionType",
    event_id=_event_id,
    fetch=Fetch(ask=_ask, schema=Change, needs=(TOKEN,)),
    options={
        "access_token": "of a private app with the scope crm.objects.contacts.read: asks for the contact",
        "api": f"{_API} if not said otherwise",
        "properties": "more properties to ask for, parted by commas",
    },
    settings=(
        "App > Webhooks: the hook's URL and subscriptions to contact.creation (and contact.propertyChange of email); "
        "`secret` is the app's client secret. Behind a proxy the relay must see the address that HubSpot called: set "
        'RELAY_TRUSTED_PROXIES. Forms have no event of their own: `when: body.changeSource == "FORM"`.'
    ),
    arrives=(
        "Each change an event, with ids only; the contact is asked for before mapping and stands in `body.contact`. A "
        "workflow's *Send a webhook* brings the properties itself."
    ),
    on_failure="5 seconds; up to 10 tries over about 24 hours (from memory).",
    sources=("PyPI hubspot-api-client 12.0.0", "npm @hubspot/api-client 13.5.0", "snowplow HubSpotAdapter"),
    confidence="tested",
)
