"""The functions about contacts and groups, over the sandbox's own state."""

from __future__ import annotations

from relay.justclick.sandbox.answers import MAIL_SENT, Reply
from relay.justclick.sandbox.php_post import PhpArray
from relay.justclick.sandbox.shop import Asked, empty
from relay.justclick.sandbox.state import SUBSCRIBED, UNSUBSCRIBED, WAIT, Contact, Membership

_FIELDS = {"lead_name": "name", "lead_phone": "phone", "lead_city": "city"}


def add_lead_to_group(asked: Asked) -> Reply:
    """Docs: one unknown group refuses the call (103), a forbidden one too (104). Field: both are skipped."""
    email = asked.email("lead_email")
    if not email:
        return Reply(100)
    names = _group_names(asked, "rid")
    known = [name for name in names if name in asked.state.groups]
    if not known or (len(known) < len(names) and not asked.field):
        return _refusal(asked, 103)
    allowed = [name for name in known if not asked.state.groups[name].auto]
    if len(allowed) < len(known) and not asked.field:
        forbidden = next(name for name in known if asked.state.groups[name].auto)
        return Reply(104, f"Subscription forbidden for {forbidden}")
    return _subscribe(asked, email, allowed)


def _subscribe(asked: Asked, email: str, names: list[str]) -> Reply:
    contact = asked.state.contacts.get(email)
    fresh = [name for name in names if not _is_active(contact, name)]
    if not fresh:
        return _refusal(asked, 102)
    if contact is None:
        contact = asked.state.contacts[email] = Contact(email, created=int(asked.now))
    _write_down(asked, contact)
    mail = not empty(asked.post.get("activation"))  # any word but 0 asks for it, the word "false" too
    for name in fresh:
        _join(contact, name, mail, int(asked.now))
    return Reply(0, MAIL_SENT if mail else "")


def _refusal(asked: Asked, code: int) -> Reply:
    """102 and 103: a code in the docs, a code 0 whose text refuses in the field."""
    texts = {102: "The subscriber is already registered", 103: "Has an invalid subscriptions group"}
    return Reply(0, texts[code]) if asked.field else Reply(code)


def _is_active(contact: Contact | None, group: str) -> bool:
    return contact is not None and group in contact.groups and contact.groups[group].status == SUBSCRIBED


def _join(contact: Contact, group: str, mail: bool, now: int) -> None:
    before = contact.groups.get(group)
    returning = before is not None and before.status == UNSUBSCRIBED  # who comes back gets no letter
    status = WAIT if mail and not returning else SUBSCRIBED
    mails = (before.mails if before else 0) + (1 if status == WAIT else 0)
    contact.groups[group] = Membership(status, now, mails)


def _write_down(asked: Asked, contact: Contact) -> None:
    for parameter, attribute in _FIELDS.items():
        if asked.text(parameter):
            setattr(contact, attribute, asked.text(parameter))
    if not contact.name:
        contact.name = "Дорогой друг"
    tag = asked.text("tag")
    if tag and tag not in contact.tags:
        contact.tags.append(tag)
    contact.utm.update(asked.utm())


def update_subscriber_data(asked: Asked) -> Reply:
    """What is left out stays. ``lead_tags`` replaces the tags, which the docs leave open."""
    email = asked.email("lead_email")
    if not email:
        return Reply(100)
    contact = asked.state.contacts.get(email)
    if contact is None:
        return Reply(500)
    for parameter, attribute in _FIELDS.items():
        if parameter in asked.post:
            setattr(contact, attribute, asked.text(parameter))
    if "lead_tags" in asked.post:
        contact.tags = [tag.strip() for tag in asked.text("lead_tags").split(",") if tag.strip()]
    return Reply()


def delete_subscribe(asked: Asked) -> Reply:
    """Several groups: it stops at the first bad one, the earlier ones stay done."""
    names = _group_names(asked, "rass_name")
    if not names and asked.field:
        return Reply()  # answers OK and does nothing: the trap that the relay has to stop by itself
    if not names:
        return Reply(800)
    for name in names:
        if name not in asked.state.groups:
            return Reply(800)
        contact = asked.state.contacts.get(asked.text("lead_email").lower())
        if contact is None:
            return Reply(801)
        if name in contact.groups:
            contact.groups[name].status = UNSUBSCRIBED
    return Reply()


def get_lead_group_statuses(asked: Asked) -> Reply:
    contact = asked.state.contacts.get(asked.email("email"))
    if contact is None:
        return Reply(500 if asked.email("email") else 3)
    groups = asked.state.groups
    rows = [
        {
            "rass_name": name,
            "rass_title": groups[name].title,
            "rass_status": membership.status,
            "subscription_time": str(membership.at),
        }
        for name, membership in contact.groups.items()
    ]
    return Reply(0, result=rows) if rows else Reply(501)


def get_lead_groups(asked: Asked) -> Reply:
    email = asked.email("email")
    if not email:
        return Reply(3)
    contact = asked.state.contacts.get(email)
    if contact is None:
        return asked.by_dialect(docs=500, field=501)
    names = [name for name, membership in contact.groups.items() if membership.status != UNSUBSCRIBED]
    rows = [{"rass_name": name, "rass_title": asked.state.groups[name].title} for name in names]
    return Reply(0, result=rows) if rows else Reply(501)


def get_all_groups(asked: Asked) -> Reply:
    rows = [
        {"rass_id": str(group.id), "rass_name": group.name, "rass_title": group.title}
        for group in asked.state.groups.values()
        if not group.auto
    ]
    return Reply(0, result=rows) if rows else Reply(501)


def get_count_subscribe(asked: Asked) -> Reply:
    wanted = asked.text("group_name")
    if not wanted:
        return Reply(2)
    contacts = asked.state.contacts.values()
    if wanted == "unique":
        return Reply(0, result=sum(any(_is_active(contact, name) for name in contact.groups) for contact in contacts))
    if wanted in ("all", "alls"):  # the docs say all, the field alls
        return Reply(0, result=sum(_is_active(contact, name) for contact in contacts for name in contact.groups))
    if wanted not in asked.state.groups:
        return Reply(501)
    return Reply(0, result=sum(_is_active(contact, wanted) for contact in contacts))


def _group_names(asked: Asked, parameter: str) -> list[str]:
    """The symbolic ids of a plain text or an array, sorted as the service does, without empty ones."""
    value = asked.post.get(parameter)
    members = list(value.values()) if isinstance(value, PhpArray) else [value]
    return sorted({member for member in members if isinstance(member, str) and member})
