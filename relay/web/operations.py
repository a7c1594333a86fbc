"""What the JSON API can do: one row an operation, and the functions behind the rows. HTTP itself is done by api.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from marshmallow import Schema

from relay import gating, redaction, replaying, telling
from relay.errors import NotFound
from relay.justclick import codes
from relay.models import Awaited, Delivery, Event
from relay.parts import Parts
from relay.store import DeliveryFilter, Gate
from relay.web import shapes
from relay.web.facts import Facts, gather
from relay.web.language import Language
from relay.web.verdict import verdict

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, checked: the names in its path, its query or body, and the language of the answer."""

    path: Mapping[str, str]
    given: Given
    language: Language


@dataclass(frozen=True, slots=True)
class Operation:
    """``takes`` is the query of a GET and the JSON body of a POST; ``gives`` is the shape of the answer."""

    method: str
    path: str  # below /api/v1, with <names>
    answer: Callable[[Parts, Asked], Any]
    summary: str
    gives: type[Schema]
    takes: type[Schema] = shapes.Nothing
    status: int = 200
    refuses: tuple[int, ...] = ()  # besides 400, 401, 403 and 503


# ---------------------------------------------------------------- reading
def status(parts: Parts, asked: Asked) -> Given:
    facts, say = gather(parts), asked.language.say
    found = verdict(facts)
    pauses = [_pause(gate, facts, asked.language) for gate in facts.gates.values()]
    return {
        "summary": say(f"verdict.{found.key}", found.count, **found.values),
        "tone": found.tone,
        "counts": facts.counts,
        "oldest_waiting_seconds": facts.oldest_seconds,
        "workers_alive": len(facts.workers),
        "workers": facts.workers,
        "tasks": facts.heartbeats,
        "accounts": [
            {"name": one.name, "login": one.login, **_pauses_of(pauses, "account", "function", name=one.name)}
            for one in parts.configuration.accounts.values()
        ],
        "hooks": [
            {
                "name": one.name,
                "provider": one.provider,
                "account": one.account,
                "accepted": facts.accepted(one.name),
                "refused": facts.refused(one.name),
                "last_event_at": facts.hooks[one.name].last_event_at,
                **_pauses_of(pauses, "hook", name=one.name),
            }
            for one in parts.configuration.hooks.values()
        ],
        "warnings": facts.health.warnings,
        "store": facts.health,
    }


def delivery(parts: Parts, asked: Asked) -> Given:
    delivery_id = asked.path["delivery_id"]
    found = parts.store.delivery(delivery_id)
    if found is None:
        raise NotFound(f"There is no delivery {delivery_id}.")
    return told(found, asked.language)


def deliveries(parts: Parts, asked: Asked) -> Given:
    given = dict(asked.given)
    cursor, limit = given.pop("cursor", None), given.pop("limit")
    found = parts.store.deliveries(DeliveryFilter(**given), cursor, limit)
    return {"items": [told(one, asked.language) for one in found.items], "next": found.next}


def event(parts: Parts, asked: Asked) -> Given:
    event_id = asked.path["event_id"]
    found = parts.store.event(event_id)
    if found is None:
        raise NotFound(f"There is no event {event_id}.")
    related = [told(one, asked.language) for one in parts.store.brief(found.deliveries)]
    return {**_fields(found), "body": _body(found, parts), "deliveries": related}


def bulk(parts: Parts, asked: Asked) -> Given:
    bulk_id = asked.path["bulk_id"]
    return {"id": bulk_id, **replaying.bulk_progress(parts.store, bulk_id)}


# ---------------------------------------------------------------- acting
def replay(parts: Parts, asked: Asked) -> Given:
    delivery_id = asked.path["delivery_id"]
    replaying.replay(parts.store, parts.configuration, delivery_id, asked.given["how"])
    return delivery(parts, asked)


def discard(parts: Parts, asked: Asked) -> Given:
    replaying.discard(parts.store, asked.path["delivery_id"])
    return delivery(parts, asked)


def start_bulk(parts: Parts, asked: Asked) -> Given:
    wanted, dry = DeliveryFilter(**asked.given["filter"]), asked.given["dry_run"]
    count = replaying.count_matching(parts.store, wanted)
    bulk_id = None if dry else replaying.start_bulk(parts.store, wanted, asked.given["how"], count)
    return {"id": bulk_id, "dry_run": dry, "count": count.number, "at_least": not count.exact}


def pause(parts: Parts, asked: Asked) -> Given:
    gate = gate_of(parts, asked.path)
    gating.pause(parts.store, gate, asked.given["note"])
    return {"gate": gate, "state": "closed", "held": parts.store.held_count(gate)}


def resume(parts: Parts, asked: Asked) -> Given:
    gate = gate_of(parts, asked.path)
    became = gating.resume(parts.store, gate)
    return {"gate": gate, "state": became.value, "held": parts.store.held_count(gate)}


def gate_of(parts: Parts, path: Mapping[str, str]) -> str:
    """The gate that a path names. Raises NotFound."""
    if "hook" in path:
        return gating.gate_of_hook(parts.configuration, path["hook"])
    if "function" in path:
        return gating.gate_of_function(parts.configuration, path["account"], path["function"])
    return gating.gate_of_account(parts.configuration, path["account"])


# ---------------------------------------------------------------- telling
def told(one: Delivery, language: Language) -> Given:
    trouble = telling.trouble(one)
    return {
        **_fields(one),
        "params": plain(one.params),
        "meaning": language.one_of(trouble.meaning) if trouble else None,
        "advice": language.one_of(trouble.advice) if trouble else None,
    }


def _fields(record: Delivery | Event | Gate) -> dict[str, Any]:
    """As they are: a deep copy of each of 200 deliveries would cost more than all the rest."""
    return {one.name: getattr(record, one.name) for one in fields(record)}


def plain(value: Any) -> Any:
    """Parameters as JSON can hold them."""
    if isinstance(value, Awaited):
        return {"awaits": value.key}
    if isinstance(value, Mapping):
        return {str(name): plain(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [plain(member) for member in value]
    return value


def _body(event: Event, parts: Parts) -> str | None:
    hook = parts.configuration.hooks.get(event.hook)
    if event.body is None:
        return None
    text = event.body.decode("utf-8", "backslashreplace")
    return redaction.text(text, hook) if hook else text


def _pause(gate: Gate, facts: Facts, language: Language) -> dict[str, Any]:
    function = gate.subject.partition(":")[2] if gate.kind == "function" else None
    row = codes.meaning(function or "", gate.code, gate.text) if gate.code is not None else None
    return {
        **_fields(gate),
        "gate": gate.name,
        "subject": gate.subject,
        "function": function,
        "meaning": language.one_of(row.meaning) if row else None,
        "advice": language.one_of(row.advice) if row else None,
        "held": facts.held.get(gate.name, 0),
    }


def _pauses_of(pauses: list[dict[str, Any]], *kinds: str, name: str) -> Given:
    gates = {f"{kind}:{name}" for kind in kinds}
    found = [one for one in pauses if one["gate"] in gates or one["gate"].rpartition(":")[0] in gates]
    return {"paused": any(one["function"] is None for one in found), "pauses": found}


_ONE, _ACT = (404,), (404, 409)
_D, _A, _F, _H = "/deliveries/<delivery_id>", "/accounts/<account>", "/functions/<function>", "/hooks/<hook>"
OPERATIONS: tuple[Operation, ...] = (
    Operation("GET", "/status", status, "How things are", shapes.StatusShape),
    Operation("GET", "/events/<event_id>", event, "One event and its deliveries", shapes.EventShape, refuses=_ONE),
    Operation("GET", "/deliveries", deliveries, "Newest first", shapes.DeliveryPage, shapes.DeliveryQuery),
    Operation("GET", _D, delivery, "One delivery with its attempts", shapes.DeliveryShape, refuses=_ONE),
    Operation(
        "POST", f"{_D}/replay", replay, "Another try of a dead letter", shapes.Moved, shapes.ReplayRequest, 202, _ACT
    ),
    Operation("POST", f"{_D}/discard", discard, "A dead letter is done with", shapes.Moved, shapes.Nothing, 202, _ACT),
    Operation(
        "POST",
        "/replays",
        start_bulk,
        "Replay all that match, or count them",
        shapes.BulkShape,
        shapes.BulkRequest,
        202,
    ),
    Operation("GET", "/replays/<bulk_id>", bulk, "Progress of a bulk replay", shapes.ProgressShape, refuses=_ONE),
    *(
        operation
        for path, what in ((_A, "an account"), (_A + _F, "a function of an account"), (_H, "a hook"))
        for operation in (
            Operation("POST", f"{path}/pause", pause, f"Hold {what}", shapes.GateShape, shapes.PauseRequest, 202, _ONE),
            Operation(
                "POST", f"{path}/resume", resume, f"Let {what} go on", shapes.GateShape, status=202, refuses=_ONE
            ),
        )
    ),
)
