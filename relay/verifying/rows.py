"""The same proofs by configuration alone: a hook's checked ``verify:`` mapping becomes rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from relay.verifying.networks import Networks
from relay.verifying.options import PLACES, GenericVerifySchema
from relay.verifying.proof import Proof
from relay.verifying.publickeys import PublicKey
from relay.verifying.secrets import Basic, Secret
from relay.verifying.signatures import Signature
from relay.verifying.texts import Part, Sorted


def proofs_of(options: Mapping[str, Any]) -> tuple[Proof, ...]:
    """The rows of a checked ``verify:`` mapping. Raises marshmallow's ValidationError."""
    return _proofs(json.dumps({name: value for name, value in options.items() if name != "secret"}, default=str))


@lru_cache(maxsize=256)
def _proofs(text: str) -> tuple[Proof, ...]:
    options = GenericVerifySchema().load(json.loads(text))
    rows: list[Proof] = []
    if "token" in options:
        rows.append(Secret(at=(options["token"],)))
    elif "basic" in options:
        rows.append(Basic(user=options["basic"]))
    elif "rsa" in options:
        rows.append(_public_key(options))
    elif "hmac" in options or "digest" in options:
        rows.append(_signature(options))
    return (*rows, Networks(tuple(options["addresses"]))) if "addresses" in options else tuple(rows)


def _public_key(options: Mapping[str, Any]) -> PublicKey:
    return PublicKey(
        at=_place(options),
        hash=options["rsa"],
        encoding=options.get("encoding", "base64"),
        parts=_parts(options),
        join=_join(options),
        pem=options["public_key"],
    )


def _signature(options: Mapping[str, Any]) -> Signature:
    same = ("encoding", "prefix", "separator", "pair", "key", "key_prefix", "root")
    stamp = dict(options.get("timestamp", {}))
    unit = {"ms": 0.001, "s": 1.0}.get(str(stamp.pop("unit", "s")), 1.0)
    kind, name = next(iter(stamp.items()), ("", ""))
    return Signature(
        at=_place(options),
        mac=options.get("hmac", ""),
        digest=options.get("digest", ""),
        parts=_parts(options),
        join=_join(options),
        versions=tuple(options.get("items", ())),
        timestamp=f"{kind}:{name}" if kind else "",
        unit=unit,
        **{name: options[name] for name in same if name in options},
    )


def _place(options: Mapping[str, Any]) -> str:
    return next(f"{place}:{options[place]}" for place in PLACES if place in options)


def _join(options: Mapping[str, Any]) -> str:
    return str(options.get("join", ""))


def _parts(options: Mapping[str, Any]) -> tuple[Part, ...]:
    named = [name if name == "secret" or ":" in name else f"field:{name}" for name in options.get("fields_", ())]
    parts: list[Part] = [*options.get("parts", ()), *named]
    if "sorted" in options:
        chosen = dict(options["sorted"])
        chosen["exclude"] = (*chosen.pop("exclude_", ()), str(options.get("field", "")).rpartition(".")[2])
        parts.insert(len(parts) - 1 if parts and parts[-1] == "secret" else len(parts), Sorted(**chosen))
    return tuple(parts) or ("body",)
