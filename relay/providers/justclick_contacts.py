"""JustClick's own notifications about contacts: subscribed, activated, unsubscribed. They carry no proof at all."""

from __future__ import annotations

from relay.incoming import Incoming
from relay.provider import Provider
from relay.reading import EMail, Phone, ReadingSchema, Text, text_at

_KINDS = {"2": "subscribed", "1": "activated", "0": "unsubscribed"}


class Contact(ReadingSchema):
    email = EMail("email")
    name = Text("name")
    phone = Phone("phone")
    city = Text("city")
    ip = Text("ip")


def _event_type(incoming: Incoming) -> str:
    kind = _KINDS.get(text_at(incoming.parsed, "status") or "")
    return f"contact.{kind}" if kind else ""


PROVIDER = Provider(
    name="justclick_contacts",
    title="JustClick: contacts",
    kind="crm",
    schema=Contact,
    event_type=_event_type,
    settings=(
        "API settings, address for notifications about newsletters (one for the account): the hook's URL with its "
        "token at the end. The token is demanded: these messages carry no hash, so an address that nobody can guess "
        "is all the proof there is."
    ),
    arrives=(
        "`contact.subscribed`, `contact.activated`, `contact.unsubscribed`, with name, e-mail, phone, city and, but "
        "for the last, UTM. `body.id_group` is the group's number; the API wants its name: a look-up table leads "
        "from one to the other (`python -m relay call GetAllGroups` shows `rass_id` and `rass_name`). Nothing comes "
        "when the owner deletes a contact. There is neither number nor time in a message: the very same one within "
        "an hour counts as a repeat (`event_window` makes it less)."
    ),
    on_failure="Not documented: count on one try.",
    confidence="documented",
    sources=("JustClick help 360050437792, 360050443012",),
)
