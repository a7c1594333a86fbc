"""Holds an answer against the OpenAPI document that promises it: types, names, formats."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

Document = dict[str, Any]
TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


def operation(document: Document, method: str, path: str) -> Document:
    """The promise for this method and path; ``path`` is a real one, below /api/v1."""
    for template, methods in document["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and method.lower() in methods:
            found: Document = methods[method.lower()]
            return found
    raise AssertionError(f"{method} {path} is not in the document")


def check_answer(document: Document, method: str, path: str, status: int, body: Any) -> None:
    promised = operation(document, method, path)["responses"]
    assert str(status) in promised, f"{method} {path} answered {status}, which it does not promise"
    check(document, promised[str(status)]["content"]["application/json"]["schema"], body, path)


def check(document: Document, schema: Document, value: Any, place: str) -> None:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "allOf" in schema:
        for one in schema["allOf"]:
            check(document, one, value, place)
    if value is None:
        assert schema.get("nullable") or "type" not in schema, f"{place} must not be null"
        return
    if "type" not in schema:
        return
    assert isinstance(value, TYPES[schema["type"]]), f"{place}: {value!r} is not {schema['type']}"
    if "enum" in schema:
        assert value in schema["enum"], f"{place}: {value!r}"
    if schema.get("format") == "date-time":
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value), f"{place}: {value!r}"
        datetime.fromisoformat(value)
    if schema["type"] == "array":
        for number, member in enumerate(value):
            check(document, schema["items"], member, f"{place}[{number}]")
    for name, member in value.items() if "properties" in schema else ():
        assert name in schema["properties"], f"{place}.{name} is not promised"
        check(document, schema["properties"][name], member, f"{place}.{name}")
    if "properties" in schema:
        missing = schema["properties"].keys() - value.keys()
        assert not missing, f"{place} lacks {missing}"
