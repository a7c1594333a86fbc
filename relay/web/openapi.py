"""The OpenAPI document, made of the table of operations and their shapes. Pure."""

from __future__ import annotations

import re
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from relay.web import shapes
from relay.web.operations import OPERATIONS, Operation

PREFIX = "/api/v1"
ABOUT = (
    "Everything that the status page shows and does, as JSON. Times are ISO 8601 in UTC with milliseconds. "
    "Errors are `{error, message}`: a slug and a sentence. An unknown parameter is refused, with the nearest name."
)
SAID = {
    400: "What was asked for cannot be understood",
    401: "The token is missing or wrong",
    403: "No RELAY_API_TOKEN is set: the API is closed",
    404: "There is no such thing",
    409: "Its state does not allow this",
    503: "The store is away",
}


def document() -> dict[str, Any]:
    plugin = MarshmallowPlugin(schema_name_resolver=_name)
    spec = APISpec(
        "JustClick Relay", "1", "3.0.3", info={"description": ABOUT}, plugins=[plugin], servers=[{"url": PREFIX}]
    )
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for operation in OPERATIONS:
        path = re.sub(r"<(\w+)>", r"{\1}", operation.path)
        spec.path(path, operations={operation.method.lower(): _operation(operation)})
    return {**spec.to_dict(), "security": [{"token": []}]}


def _operation(operation: Operation) -> dict[str, Any]:
    words = re.findall(r"[a-z]+", operation.path)
    described: dict[str, Any] = {
        "operationId": "_".join([operation.method.lower(), *words]),
        "summary": operation.summary,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"<(\w+)>", operation.path)
        ],
        "responses": {str(operation.status): _answer("Done", operation.gives)},
    }
    for status in sorted({400, 401, 403, 503, *operation.refuses}):
        described["responses"][str(status)] = _answer(SAID[status], shapes.Error)
    if operation.takes is shapes.Nothing:
        return described
    if operation.method == "GET":
        described["parameters"].append({"in": "query", "schema": operation.takes})
    else:
        needed = any(field.required for field in operation.takes().fields.values())
        described["requestBody"] = {
            "required": needed,
            "content": {"application/json": {"schema": operation.takes}},
        }
    return described


def _answer(description: str, shape: type[Schema]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": shape}}}


def _name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return str(kind.__name__).removesuffix("Shape")
