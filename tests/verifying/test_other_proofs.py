"""Static secrets, Basic, networks and public keys."""

from __future__ import annotations

import base64
import json
from ipaddress import ip_network

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from relay.errors import Unverified
from relay.models import Hook
from relay.verifying import Basic, Jwt, Networks, PublicKey, Secret, armed, proofs_of

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def signed(text: bytes) -> bytes:
    return KEY.sign(text, padding.PKCS1v15(), hashes.SHA256())


def basic(credentials: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(credentials.encode()).decode()}


@pytest.mark.parametrize(
    "request_",
    [
        {"headers": {"x-key": "s3cret"}},
        {"headers": {"authorization": "bearer s3cret"}},
        {"query": "token=s3cret"},
        {"body": b'{"meta": {"token": "s3cret"}}'},
    ],
)
def test_a_secret_in_any_of_its_places_passes(attempt, request_: dict) -> None:
    """A header, a bearer token, the query, a field."""
    row = Secret(at=("header:X-Key", "authorization:Bearer", "query:token", "field:meta.token"))
    attempt(row, **request_)
    with pytest.raises(Unverified, match="wrong"):
        attempt(row, secrets=("another",), **request_)


def test_an_option_names_another_place(attempt) -> None:
    """Tilda lets the owner choose the name; the usual names are then no longer asked."""
    row = Secret(at=("header:X-Key",), named_by="key_name")
    attempt(row, headers={"x-mine": "s3cret"}, options={"key_name": "X-Mine"})
    with pytest.raises(Unverified, match="missing"):
        attempt(row, headers={"x-key": "s3cret"}, options={"key_name": "X-Mine"})


@pytest.mark.parametrize(
    ("secret", "user", "credentials", "passes"),
    [
        ("pass", "", "anybody:pass", True),
        ("pass", "relay", "relay:pass", True),
        ("pass", "relay", "other:pass", False),
        ("relay:pass", "", "relay:pass", True),
        ("relay:pass", "", "other:pass", False),
        ("pass", "", "anybody:wrong", False),
        ("pass", "", "nocolon", False),
    ],
)
def test_basic(attempt, secret: str, user: str, credentials: str, passes: bool) -> None:
    """The secret is the password alone, or user and password together."""
    if passes:
        attempt(Basic(), secrets=(secret,), headers=basic(credentials), options={"user": user})
        return
    with pytest.raises(Unverified):
        attempt(Basic(), secrets=(secret,), headers=basic(credentials), options={"user": user})


@pytest.mark.parametrize("address", ["185.71.76.31", "::ffff:185.71.76.1", "2a02:5180::7"])
def test_an_address_within_the_networks_passes(attempt, address: str) -> None:
    """Also IPv4 as a server that listens on IPv6 sees it."""
    attempt(Networks(("185.71.76.0/27", "2a02:5180::/32")), secrets=(), address=address)


@pytest.mark.parametrize("address", ["185.71.76.32", "", "unknown", "2a02:5181::1"])
def test_an_address_outside_does_not(attempt, address: str) -> None:
    """Nor does none; and a header that anybody can write is only a hint."""
    with pytest.raises(Unverified) as refused:
        attempt(
            Networks(("185.71.76.0/27", "2a02:5180::/32")),
            address=address,
            headers={"x-forwarded-for": "10.0.0.1, 185.71.76.1"},
        )
    assert "RELAY_TRUSTED_PROXIES" in refused.value.hint


def test_the_hooks_addresses_replace_networks_and_join_everything_else(attempt) -> None:
    """Both the address and the secret must be right."""
    own = (ip_network("10.0.0.0/8"),)
    attempt(Networks(("185.71.76.0/27",)), address="10.1.2.3", addresses=own)
    with pytest.raises(Unverified, match="address"):
        attempt(Secret(at=("header:X-Key",)), headers={"x-key": "s3cret"}, addresses=own)
    with pytest.raises(Unverified, match="secret"):
        attempt(Secret(at=("header:X-Key",)), headers={"x-key": "wrong"}, address="10.1.2.3", addresses=own)


@pytest.mark.parametrize("key", [PEM, "".join(PEM.splitlines()[1:-1])])
def test_rsa_over_the_body(attempt, key: str) -> None:
    """The key as PEM, or as the bare letters that a cabinet shows."""
    given = {"content-signature": base64.b64encode(signed(b'{"a": 1}')).decode()}
    row = PublicKey(at="header:Content-Signature")
    attempt(row, secrets=(), headers=given, options={"public_key": key})
    with pytest.raises(Unverified, match="public key"):
        attempt(row, secrets=(), headers=given, body=b'{"a": 2}', options={"public_key": key})
    with pytest.raises(Unverified, match="cannot be read"):
        attempt(row, secrets=(), headers={"content-signature": "?!"}, options={"public_key": key})


def test_rsa_by_configuration_in_hex(attempt) -> None:
    """Base64 unless it says otherwise."""
    rows = proofs_of({"rsa": "sha256", "header": "X-Sign", "encoding": "hex", "public_key": PEM})
    attempt(*rows, secrets=(), headers={"x-sign": signed(b'{"a": 1}').hex()})
    with pytest.raises(Unverified):
        attempt(*rows, secrets=(), headers={"x-sign": signed(b'{"a": 2}').hex()})


def token(head: dict, claims: dict) -> bytes:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (head, claims)]
    return b".".join([*parts, base64.urlsafe_b64encode(signed(b".".join(parts))).rstrip(b"=")])


def test_a_body_that_is_a_token(attempt) -> None:
    """RS256 only: a token that says "none" or HS256 is not believed, whatever it is signed with."""
    row = Jwt()
    attempt(row, secrets=(PEM,), body=token({"alg": "RS256"}, {"data": "x"}))
    for algorithm in ("none", "HS256"):
        with pytest.raises(Unverified, match="RS256"):
            attempt(row, secrets=(PEM,), body=token({"alg": algorithm}, {}))
    with pytest.raises(Unverified, match="expired"):
        attempt(row, secrets=(PEM,), body=token({"alg": "RS256"}, {"exp": 100}), tolerance=60)
    with pytest.raises(Unverified, match="missing"):
        attempt(row, secrets=(PEM,), body=b"{}")


def test_a_hook_without_secrets_proves_nothing() -> None:
    """And so needs a token in its address, or an explicit none."""
    rows = (Secret(at=("header:X-Key",)), PublicKey(at="header:X-Sig"))
    assert not armed(rows, Hook("h", "p", "a"))
    assert armed(rows, Hook("h", "p", "a", secrets=("s",)))
    assert armed(rows, Hook("h", "p", "a", options={"public_key": PEM}))
    assert armed(rows, Hook("h", "p", "a", addresses=(ip_network("10.0.0.0/8"),)))
    assert not armed(rows, Hook("h", "p", "a", secrets=("s",), verify="none"))


def test_none_asks_for_nothing(attempt) -> None:
    """The operator wrote it, so it is meant."""
    attempt(Secret(at=("header:X-Key",)), Networks(("10.0.0.0/8",)), verify="none")
