"""A generic hook's ``verify:`` mapping: which options there are, and what is wrong with given ones, by key."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from relay.verifying.publickeys import load_key

FAMILIES = ("hmac", "digest", "token", "basic", "rsa", "addresses")
_HASHES = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "ripemd160", "sha3_256", "sha3_512")
PLACES = ("header", "field", "query")
_PARTS = ("body", "timestamp", "secret", "method", "url", "query-string", "crc32", "php-json")
_NOT_OF_RSA = ("prefix", "separator", "pair", "items", "key", "key_prefix", "root", "timestamp")
_KINDS = ("header:", "field:", "query:", "const:", "option:")


def _form(text: str) -> None:
    try:
        text.format(k="", v="", q="")
    except (ValueError, LookupError, AttributeError):
        raise ValidationError("Only {k}, {v} and {q} (name, value, value percent-encoded) stand in braces.") from None


class SortedSchema(Schema):
    """``sorted:`` of a digest: which fields, and how each is written."""

    class Meta:
        unknown = RAISE

    form = fields.String(validate=_form)
    join = fields.String()
    within = fields.String()
    prefix = fields.String()
    exclude_ = fields.List(fields.String(), data_key="exclude")
    scalars = fields.Boolean()
    skip_empty = fields.Boolean()
    secret_as = fields.String()


class SortedField(fields.Nested):
    """``true`` is short for all fields."""

    def _deserialize(self, value: Any, attr: Any, data: Any, partial: Any = None, **kwargs: Any) -> Any:
        return super()._deserialize({} if value is True else value, attr, data, partial, **kwargs)


class TokenField(fields.Field[Any]):
    """``{header: X-Key}``, ``{field: key}``, ``{query: key}``, ``bearer``, or just the header's name."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:  # noqa: ARG002
        if isinstance(value, dict) and len(value) == 1 and next(iter(value)) in PLACES:
            kind, name = next(iter(value.items()))
            return f"{kind}:{name}"
        if isinstance(value, str) and value:
            return "authorization:Bearer" if value.lower() == "bearer" else f"header:{value}"
        raise ValidationError("Say {header: NAME}, {field: NAME}, {query: NAME} or bearer.")


class TimestampField(fields.Field[Any]):
    """``{header: X-Time}``, ``{field: ts}``, ``{query: ts}``, ``{item: t}``; and ``unit: ms``."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> dict[str, str]:  # noqa: ARG002
        if isinstance(value, dict):
            places = [name for name in value if name in (*PLACES, "item")]
            rest = {name: text for name, text in value.items() if name not in places}
            if len(places) == 1 and isinstance(value[places[0]], str) and rest in ({}, {"unit": "s"}, {"unit": "ms"}):
                return {places[0]: value[places[0]], **rest}
        raise ValidationError(
            "Say where the time stands: {header: NAME}, {field: NAME}, {query: NAME}, or {item: NAME} beside the "
            "signature; with unit: ms where it counts milliseconds."
        )


class GenericVerifySchema(Schema):
    """Exactly one of hmac, digest, token, basic, rsa; ``addresses`` alone or beside it. ``secret`` is the loader's."""

    class Meta:
        unknown = RAISE

    hmac = fields.String(validate=validate.OneOf(_HASHES))
    digest = fields.String(validate=validate.OneOf(_HASHES))
    rsa = fields.String(validate=validate.OneOf(("sha1", "sha256", "sha384", "sha512")))
    token = TokenField()
    basic = fields.String(metadata={"description": "the user; the secret is the password"})
    addresses = fields.List(fields.String(), validate=validate.Length(min=1))
    header = fields.String(validate=validate.Length(min=1))
    field = fields.String(validate=validate.Length(min=1))
    query = fields.String(validate=validate.Length(min=1))
    encoding = fields.String(validate=validate.OneOf(("hex", "base64", "base64url")))
    prefix = fields.String()
    separator = fields.String()
    pair = fields.String()
    items = fields.List(fields.String())
    key = fields.String(validate=validate.OneOf(("text", "hex", "base64")))
    key_prefix = fields.String()
    parts = fields.List(fields.String())
    fields_ = fields.List(fields.String(), data_key="fields")
    sorted = SortedField(SortedSchema)
    join = fields.String()
    root = fields.String()
    timestamp = TimestampField()
    public_key = fields.String()

    @validates_schema
    def _one_family(self, options: dict[str, Any], **_: Any) -> None:
        chosen = [name for name in FAMILIES if name in options and name != "addresses"]
        if len(chosen) > 1:
            raise ValidationError(f"{' and '.join(chosen)} exclude each other.", chosen[1])
        if not chosen and "addresses" not in options:
            raise ValidationError(f"One of {', '.join(FAMILIES)} is needed.", "hmac")

    @validates_schema(skip_on_field_errors=True)
    def _whole(self, options: dict[str, Any], **_: Any) -> None:
        signed = next((name for name in ("hmac", "digest", "rsa") if name in options), None)
        places = [place for place in PLACES if place in options]
        if signed and len(places) != 1:
            raise ValidationError("Say where the signature stands: one of header, field, query.", signed)
        if "digest" in options and not ({"fields", "fields_", "parts", "sorted"} & set(options)):
            raise ValidationError("A digest needs fields, parts or sorted (with the secret among them).", "digest")
        if "digest" in options and not _has_secret(options):
            raise ValidationError("A digest without the secret among its parts proves nothing.", "digest")
        if "timestamp" in options and "timestamp" not in options.get("parts", ()) and not _within_signed(options):
            raise ValidationError("A time that is not signed proves nothing: put timestamp among the parts.", "parts")
        wrong = [part for part in options.get("parts", ()) if part not in _PARTS and not part.startswith(_KINDS)]
        if wrong:
            raise ValidationError(f"Unknown part {wrong[0]!r}: {', '.join((*_PARTS, *_KINDS))}", "parts")

    @validates_schema(skip_on_field_errors=True)
    def _known(self, options: dict[str, Any], **_: Any) -> None:
        for name in ("hmac", "digest"):
            if name in options and options[name] not in hashlib.algorithms_available:
                raise ValidationError(f"This machine cannot compute {options[name]}.", name)
        if "rsa" in options:
            if unused := next((name for name in _NOT_OF_RSA if name in options), None):
                raise ValidationError("It is not looked at beside rsa.", unused)
            _check_key(options.get("public_key", ""))
        for text in options.get("addresses", ()):
            try:
                ip_network(text)
            except ValueError as error:
                raise ValidationError(str(error), "addresses") from None


def check_options(options: Mapping[str, Any]) -> Mapping[str, list[str]]:
    """The problems of a ``verify:`` mapping by key, dotted where they lie deeper; empty when it is right."""
    bare = {name: value for name, value in options.items() if name != "secret"}
    return _flat(GenericVerifySchema().validate(bare))


def _check_key(text: str) -> None:
    if not text:
        raise ValidationError("It is needed: the sender's public key, as PEM.", "public_key")
    try:
        load_key(text)
    except ValueError as error:
        raise ValidationError(f"It cannot be read: {error}", "public_key") from None


def _within_signed(options: Mapping[str, Any]) -> bool:
    """Whether the time is a field of a body that is signed as a whole."""
    parts = options.get("parts") or (() if {"fields_", "sorted"} & set(options) else ("body",))
    return "field" in options["timestamp"] and "body" in parts


def _has_secret(options: Mapping[str, Any]) -> bool:
    listed = [*options.get("parts", ()), *options.get("fields_", ())]
    return "secret" in listed or bool(options.get("sorted", {}).get("secret_as"))


def _flat(problems: Mapping[Any, Any], above: str = "") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, told in problems.items():
        path = f"{above}.{key}" if above else str(key)
        found |= _flat(told, path) if isinstance(told, dict) else {path: list(told)}
    return found
