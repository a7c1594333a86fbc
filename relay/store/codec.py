"""Events, deliveries and attempts as Redis hashes, and back. Knows no Redis connection.

Numbers are written as text. What is None, empty or as usual is not written: a field costs some 70 bytes, and there are
millions. When a record was made stands in its id. Attempts are the fields ``a1``, ``a2`` ...
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import fields as fields_of
from typing import Any, TypeVar, cast

from relay import ids
from relay.models import Attempt, Awaited, Delivery, Event

Record = TypeVar("Record")
_AWAITED = "$awaited"
_METHOD, _WAIT = "POST", 6 * 3600.0  # the usual (claim.lua knows the wait too)
_BODY_WORTH_COMPRESSING = 200  # bytes; below it zlib's frame costs more than it saves
_SMALL_WINDOW = 4096  # bytes; a compressor that looks no further back is made in two thirds of the time


def _plain(value: Any) -> Any:
    if isinstance(value, Awaited):
        return {_AWAITED: value.key}
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    return str(value)  # Decimal: money stays text


to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode


def from_json(text: bytes | str) -> Any:
    return json.loads(text, object_hook=_revive)


def _revive(mapping: dict[str, Any]) -> Any:
    return Awaited(mapping[_AWAITED]) if mapping.keys() == {_AWAITED} else mapping


# ---------------------------------------------------------------- events
def event_fields(event: Event) -> list[str | bytes]:
    fields: dict[str, str | bytes] = {
        "hook": event.hook,
        "provider": event.provider,
        "received_at": "" if event.received_at == ids.moment_of(event.id) else str(event.received_at),
        "method": "" if event.method == _METHOD else event.method,
        "headers": to_json(dict(event.headers)),
        "deliveries": " ".join(event.deliveries),
        "query": event.query,
        "event_type": event.event_type,
        "address": event.address,
        "test": "1" if event.test else "",
        "problems": to_json(dict(event.problems)) if event.problems else "",
        "part": str(event.part) if event.part else "",
    }
    if event.body is not None:
        name, packed = pack_body(event.body)
        fields[name] = packed
    return [part for name, value in fields.items() if value != "" for part in (name, value)]


def pack_body(body: bytes) -> tuple[str, bytes]:
    if len(body) > _BODY_WORTH_COMPRESSING:
        packed = zlib.compress(body, 1, wbits=12 if len(body) <= _SMALL_WINDOW else 15)
        if len(packed) < len(body):
            return "zbody", packed
    return "body", body


def read_event(event_id: str, raw: Mapping[bytes, bytes]) -> Event:
    text = {name.decode(): value.decode() for name, value in raw.items() if name not in (b"body", b"zbody")}
    body = zlib.decompress(raw[b"zbody"]) if b"zbody" in raw else raw.get(b"body")
    if body is None and "body_removed" not in text:
        body = b""
    return Event(
        id=event_id,
        hook=text["hook"],
        provider=text["provider"],
        received_at=int(text["received_at"]) if "received_at" in text else ids.moment_of(event_id),
        method=text.get("method", _METHOD),
        query=text.get("query", ""),
        headers=from_json(text.get("headers", "{}")),
        body=body,
        event_type=text.get("event_type", ""),
        test="test" in text,
        address=text.get("address", ""),
        duplicates=int(text.get("duplicates", 0)),
        deliveries=tuple(text.get("deliveries", "").split()),
        problems=from_json(text.get("problems", "{}")),
        part=int(text.get("part", 0)),
        fetched=from_json(text["fetched"]) if "fetched" in text else None,
    )


# ---------------------------------------------------------------- deliveries
_TEXTS = ("event_id", "hook", "account", "function", "name", "order_id", "text", "reason", "note", "held_by")
_NUMBERS = ("created_at", "updated_at", "code", "next_attempt_at", "doubtful_since", "waits_since", "tries", "number")
_JSONS = ("params", "accept", "retry", "result", "problems")


def field_text(name: str, value: Any) -> str:
    """How one field of a delivery is written."""
    return to_json(value) if name in _JSONS else str(value)


def delivery_fields(delivery: Delivery) -> list[str | bytes]:
    fields: dict[str, str] = {"state": delivery.state}
    usual = {"name": delivery.function, "created_at": ids.moment_of(delivery.id), "tries": 0, "number": 0}
    for name in (*_TEXTS, *_NUMBERS):
        value = getattr(delivery, name)
        if value is not None and value != "" and value != usual.get(name):
            fields[name] = str(value)
    if delivery.wait != _WAIT:
        fields["wait"] = str(delivery.wait)
    for name in _JSONS:
        value = getattr(delivery, name)
        if value or (name == "retry" and value is not None):  # no delays at all: not the account's either
            fields[name] = to_json(value)
    for name in ("awaits", "makes"):
        if links := getattr(delivery, name):
            fields[name] = "\n".join(links)
    if delivery.shared:
        fields["shared"] = "1"
    if not delivery.live:
        fields["replay"] = "1"
    return [part for name, value in fields.items() for part in (name, value)]


def read_delivery(delivery_id: str, raw: Mapping[bytes, bytes]) -> Delivery:
    text = {name.decode(): value.decode() for name, value in raw.items()}
    fields: dict[str, Any] = {name: text[name] for name in _TEXTS if name in text}
    fields |= {name: int(text[name]) for name in _NUMBERS if name in text}
    fields |= {name: from_json(text[name]) for name in _JSONS if name in text}
    if "retry" in fields:
        fields["retry"] = tuple(fields["retry"])
    fields["accept"] = tuple(fields.get("accept", ()))
    fields.setdefault("params", {})
    fields.setdefault("name", fields["function"])
    if "created_at" not in fields:
        fields["created_at"] = ids.moment_of(delivery_id)
    return Delivery(
        id=delivery_id,
        state=text["state"],
        wait=float(text.get("wait", _WAIT)),
        awaits=tuple(text["awaits"].split("\n")) if "awaits" in text else (),
        makes=tuple(text["makes"].split("\n")) if "makes" in text else (),
        shared="shared" in text,
        live="replay" not in text,
        attempts=_attempts(text),
        **fields,
    )


def _attempts(text: Mapping[str, str]) -> tuple[Attempt, ...]:
    numbers = range(1, int(text.get("number", 0)) + 1)
    told = [read_record(Attempt, text[f"a{number}"]) for number in numbers if f"a{number}" in text]
    if text.get("state") == "sending" and "claimed_at" in text:
        told.append(Attempt(int(text["number"]), int(text["claimed_at"]), worker=text.get("claimed_by")))
    return tuple(told)


_ATTEMPT = tuple(one.name for one in fields_of(Attempt))


def attempt_text(attempt: Attempt) -> str:
    return to_json({name: value for name in _ATTEMPT if (value := getattr(attempt, name)) is not None})


def read_record(kind: type[Record], text: str | bytes) -> Record:
    """A dataclass from its JSON. What a newer version says beyond its fields is left out: after a step back to this one
    its records are read too.
    """
    told, known = json.loads(text), fields_of(cast("Any", kind))
    return kind(**{one.name: told[one.name] for one in known if one.name in told})
