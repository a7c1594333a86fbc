"""The shapes of the JSON API: what it takes and what it gives. The OpenAPI document is made of them.

Times are ISO 8601 in UTC with milliseconds; money and long numbers are text, as JustClick wrote them.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from relay.fetching import FETCH
from relay.justclick.functions import FUNCTIONS
from relay.lifecycle import State
from relay.nearest import unknown
from relay.replaying import MAPPED, SENT
from relay.web.language import iso

MOST_AT_ONCE = 200
CURSOR = r"^dlv_[0-9A-Z]{26}$"


class Moment(fields.String):
    """Milliseconds since 1970 become ``2026-11-21T18:04:05.123Z``."""

    def __init__(self, **more: Any) -> None:
        super().__init__(metadata={"format": "date-time", **more.pop("metadata", {})}, **more)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002
        return None if value is None else iso(value)


class Truth(fields.Boolean):
    """true or false; marshmallow would take 0 and "no" as well, and whoever asks to count must be understood."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:  # noqa: ARG002
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


def said(description: str, **more: Any) -> fields.String:
    return fields.String(metadata={"description": description}, **more)


def whole(description: str, **more: Any) -> fields.Integer:
    return fields.Integer(metadata={"description": description}, **more)


def maybe(description: str) -> fields.String:
    return said(description, allow_none=True)


# ---------------------------------------------------------------- what is taken
class KnownFunction(validate.OneOf):
    """``Fetch`` stands where other deliveries name a function: the question to a sender of ids."""

    def __init__(self) -> None:
        super().__init__((*FUNCTIONS, FETCH))

    def _format_error(self, value: Any) -> str:
        return unknown("function", value, self.choices)


class DeliveryQuery(Schema):
    state = said("only deliveries in this state", validate=validate.OneOf([state.value for state in State]))
    hook = said("only of this hook")
    function = said("only of this JustClick function", validate=KnownFunction())
    account = said("only of this account")
    code = whole("only with this code of JustClick")
    q = said("an e-mail, a phone, an order number or an id", validate=validate.Length(1, 200))
    cursor = said("`next` of the page before", validate=validate.Regexp(CURSOR))
    limit = whole("how many at most", load_default=50, validate=validate.Range(1, MOST_AT_ONCE))


class Filter(Schema):
    """Which dead letters; all that is given must match, and an empty filter matches every one."""

    state = said("dead letters are all that can be replayed", validate=validate.OneOf([State.DEAD.value]))
    hook = said("only of this hook")
    function = said("only of this JustClick function", validate=KnownFunction())
    account = said("only of this account")
    code = whole("only with this code of JustClick", strict=True)
    q = said("an e-mail, a phone, an order number or an id", validate=validate.Length(1, 200))


class ReplayRequest(Schema):
    how = said(
        "`sent`: the same parameters again; `mapped`: made anew from the event by today's configuration",
        data_key="as",
        load_default=SENT,
        validate=validate.OneOf([SENT, MAPPED]),
    )


class BulkRequest(ReplayRequest):
    filter = fields.Nested(Filter, required=True)
    dry_run = Truth(load_default=False, metadata={"description": "count only, replay nothing"})


class PauseRequest(Schema):
    note = said("why, for whoever looks at the page", load_default="", validate=validate.Length(max=500))


class Nothing(Schema):
    """No parameters."""


# ---------------------------------------------------------------- what is given
class Error(Schema):
    error = said("a slug, for machines")
    message = said("a sentence, for people")


class AttemptShape(Schema):
    number = whole("counts from 1")
    started_at = Moment()
    duration_ms = whole("until the answer, or until a dead worker lost it; null: it is open", allow_none=True)
    status = whole("of HTTP", allow_none=True)
    code = whole("of JustClick", allow_none=True)
    text = maybe("of JustClick")
    reason = maybe("a slug, when there was no usable answer")
    note = maybe("what was noticed")
    trigger = maybe("what was decided")
    worker = maybe("who made it")


class DeliveryShape(Schema):
    id = said("dlv_…")
    state = said("see the table of states", validate=validate.OneOf([state.value for state in State]))
    function = said("of JustClick")
    name = said("what the mapping calls it")
    params = fields.Dict(
        metadata={"description": 'as they are sent; `{"awaits": "bill:10457"}` stands for what is not known yet'}
    )
    hook = said("through which it came")
    account = said("to which it goes")
    event_id = said("evt_…")
    order_id = maybe("the sender's number of the order that it makes")
    code = whole("JustClick's last answer", allow_none=True)
    text = maybe("JustClick's last answer")
    reason = maybe("a slug, when JustClick gave no code")
    meaning = maybe("of the code or the reason, in the language asked for")
    advice = maybe("what helps, in the language asked for")
    note = maybe("what was noticed")
    problems = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "why it could not be mapped, by parameter"},
    )
    result = fields.Raw(allow_none=True, metadata={"description": "of JustClick"})
    next_attempt_at = Moment(allow_none=True)
    held_by = maybe("the pause that holds it: account:…, function:…, hook:…")
    created_at = Moment()
    updated_at = Moment()
    attempts = fields.List(fields.Nested(AttemptShape))


class DeliveryPage(Schema):
    items = fields.List(fields.Nested(DeliveryShape))
    next = maybe("the cursor of the next page; null: this is the last")


class EventShape(Schema):
    id = said("evt_…")
    hook = said("through which it came")
    provider = said("who sent it")
    received_at = Moment()
    event_type = said("in the sender's words")
    test = fields.Boolean(metadata={"description": "marked as a test by its sender"})
    method = said("of HTTP")
    query = said("of the address")
    headers = fields.Dict(keys=fields.String(), values=fields.String(), metadata={"description": "without secrets"})
    body = maybe("word for word, without the hook's secrets; null: removed, its time was over")
    fetched = fields.Dict(allow_none=True, metadata={"description": "what the sender told when the worker asked it"})
    address = said("of the sender")
    duplicates = whole("how often it was repeated")
    problems = fields.Dict(keys=fields.String(), values=fields.String())
    deliveries = fields.List(fields.Nested(DeliveryShape))


class PauseShape(Schema):
    gate = said("account:…, function:<account>:<function>, hook:…")
    function = maybe("null: everything")
    state = said("closed, or probing: one call is on its way, and its answer decides")
    reason = said("a slug; `operator`: a person did it")
    code = whole("of the answer that caused it", allow_none=True)
    text = said("of the answer that caused it, or a person's note")
    meaning = maybe("of the code")
    advice = maybe("who has to do what")
    since = Moment()
    until = Moment(allow_none=True, metadata={"description": "then it is tried by itself"})
    held = whole("deliveries")


class AccountShape(Schema):
    name = said("in relay.yaml")
    login = said("at JustClick")
    paused = fields.Boolean(metadata={"description": "the whole account"})
    pauses = fields.List(fields.Nested(PauseShape), metadata={"description": "of the account or of single functions"})


class HookShape(Schema):
    name = said("in relay.yaml")
    provider = said("who sends")
    account = said("to which its calls go")
    paused = fields.Boolean()
    pauses = fields.List(fields.Nested(PauseShape))
    accepted = whole("webhooks, of all time")
    refused = whole("webhooks, of all time")
    last_event_at = Moment(allow_none=True)


class WorkerShape(Schema):
    name = said("unique")
    host = said("where it runs")
    pid = whole("on that host")
    in_flight = whole("calls that it has open")
    slots = whole("calls that it can have open")
    seen_seconds_ago = fields.Float()


class StoreShape(Schema):
    version = said("of Redis")
    used_bytes = whole("memory in use")
    limit_bytes = whole("0: no limit")
    persistent = fields.Boolean(metadata={"description": "survives a restart"})
    policy = said("what it does when it is full")


class StatusShape(Schema):
    summary = said("how things are, in one sentence")
    tone = said("good, busy, warn or bad")
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), metadata={"description": "deliveries by state"})
    oldest_waiting_seconds = fields.Float(
        allow_none=True, metadata={"description": "age of the oldest delivery on its way; null: nothing waits"}
    )
    workers_alive = whole("worker processes that beat")
    workers = fields.List(fields.Nested(WorkerShape))
    tasks = fields.Dict(
        keys=fields.String(), values=fields.Float(), metadata={"description": "seconds since each periodic task ran"}
    )
    accounts = fields.List(fields.Nested(AccountShape))
    hooks = fields.List(fields.Nested(HookShape))
    warnings = fields.List(fields.String(), metadata={"description": "not-persistent, may-evict, nearly-full"})
    store = fields.Nested(StoreShape)


class Moved(Schema):
    id = said("of the delivery")
    state = said("in which it is now")


class BulkShape(Schema):
    id = maybe("of the bulk replay; null: a dry run")
    dry_run = fields.Boolean()
    count = whole("dead letters that match")
    at_least = fields.Boolean(metadata={"description": "more may match than were counted"})


class ProgressShape(Schema):
    id = said("of the bulk replay")
    total = whole("deliveries; until it is finished what was counted at its start")
    done = whole("deliveries")
    replayed = whole("queued again")
    skipped = whole("left as they were")
    finished = fields.Boolean()


class GateShape(Schema):
    gate = said("account:…, function:<account>:<function>, hook:…")
    state = said("closed; opened; probing: one call is sent first; open: it was not paused")
    held = whole("deliveries")
