"""HMACs and digests: what passes, what does not, and how old it may be."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from relay.errors import Unverified
from relay.verifying import Signature, Sorted

BODY = b'{"a": 1}'
PLAIN = Signature(at="header:X-Signature", mac="sha256", prefix="sha256=")
TIMED = Signature(
    at="header:X-Signature",
    mac="sha256",
    parts=("timestamp", "body"),
    join=".",
    separator=",",
    versions=("v1",),
    timestamp="item:t",
)


def mac(text: bytes, secret: str = "s3cret", name: str = "sha256") -> str:
    return hmac.new(secret.encode(), text, name).hexdigest()


def test_a_right_signature_passes(attempt) -> None:
    """In either case of its hexadecimal digits."""
    attempt(PLAIN, headers={"x-signature": f"sha256={mac(BODY)}"})
    attempt(PLAIN, headers={"x-signature": f"sha256={mac(BODY).upper()}"})


@pytest.mark.parametrize("given", [mac(BODY, "other"), "", "ü", "0" * 64, mac(BODY)[:-1]])
def test_a_wrong_signature_does_not(attempt, given: str) -> None:
    """Neither another's, nor a part of the right one, nor letters that are not ASCII."""
    with pytest.raises(Unverified, match="wrong"):
        attempt(PLAIN, headers={"x-signature": f"sha256={given}"})


def test_a_missing_signature_does_not(attempt) -> None:
    """The sentence names the place that is empty."""
    with pytest.raises(Unverified, match="missing: nothing in the header X-Signature"):
        attempt(PLAIN)


def test_any_of_several_versions_and_secrets_may_match(attempt) -> None:
    """While a secret is rolled both sides know two; what we don't know (v0) is left alone."""
    given = f"t=1000,v1={'0' * 64},v1={mac(b'1000.' + BODY, 'old')},v0={mac(b'1000.' + BODY)}"
    attempt(TIMED, secrets=("new", "old"), headers={"x-signature": given})
    with pytest.raises(Unverified):
        attempt(TIMED, headers={"x-signature": given})


@pytest.mark.parametrize(("age", "tolerance", "passes"), [(300, None, True), (301, None, False), (-301, None, False)])
def test_age_counts_in_both_directions(attempt, age: float, tolerance: float | None, passes: bool) -> None:
    """Too old and too far in the future are refused; the hint says by how much."""
    headers = {"x-signature": f"t=1000,v1={mac(b'1000.' + BODY)}"}
    if passes:
        attempt(TIMED, headers=headers, now=1000 + age, tolerance=tolerance)
        return
    with pytest.raises(Unverified, match="301 s") as refused:
        attempt(TIMED, headers=headers, now=1000 + age, tolerance=tolerance)
    assert "a clock is off by 301 s" in refused.value.hint


@pytest.mark.parametrize(("tolerance", "age"), [(0, 10**9), (1000, 900)])
def test_the_hook_sets_the_tolerance(attempt, tolerance: float, age: float) -> None:
    """0: age is not checked."""
    headers = {"x-signature": f"t=1000,v1={mac(b'1000.' + BODY)}"}
    attempt(TIMED, headers=headers, now=1000 + age, tolerance=tolerance)


@pytest.mark.parametrize("stamp", ["", "t=,", "t=abc,", "t=-5,", "t=1e3,"])
def test_a_time_that_is_no_number_is_refused(attempt, stamp: str) -> None:
    """Before anything is computed with it."""
    with pytest.raises(Unverified, match="time of signing"):
        attempt(TIMED, headers={"x-signature": f"{stamp}v1=00"})


def test_milliseconds_are_ticks_of_their_own(attempt) -> None:
    """Webflow and HubSpot count so."""
    row = Signature(
        at="header:X-Sig",
        mac="sha256",
        parts=("timestamp", "body"),
        join=":",
        timestamp="header:X-Ts",
        unit=0.001,
        tolerance=5,
    )
    attempt(row, headers={"x-ts": "1000000", "x-sig": mac(b"1000000:" + BODY)}, now=1004)
    with pytest.raises(Unverified, match="6 s ago"):
        attempt(row, headers={"x-ts": "1000000", "x-sig": mac(b"1000000:" + BODY)}, now=1006)


def test_a_digest_of_sorted_fields(attempt) -> None:
    """Values by the order of their names, with the secret as a field of its own; nested values stay out."""
    row = Signature(
        at="field:Token",
        digest="sha256",
        parts=(Sorted(exclude=("Token",), scalars=True, secret_as="Password"),),
    )
    token = hashlib.sha256(b"1490.50trues3cretx").hexdigest()
    body = f'{{"Token": "{token}", "b": true, "z": "x", "Amount": 1490.50, "Data": {{"c": 1}}, "n": null}}'
    with pytest.raises(Unverified):
        attempt(row, body=body.encode())
    ordered = hashlib.sha256(b"1490.50s3crettruex").hexdigest()
    attempt(row, body=body.replace(token, ordered).encode())


def test_the_hook_may_choose_among_the_hashes(attempt) -> None:
    """Only among those that the provider offers."""
    row = Signature(at="field:sign", digest="md5", parts=("field:a", "secret"), join=":", choices=("md5", "sha256"))
    body = f'{{"a": 1, "sign": "{hashlib.sha256(b"1:s3cret").hexdigest()}"}}'.encode()
    attempt(row, body=body, hash="SHA-256")
    with pytest.raises(Unverified):
        attempt(row, body=body)
    with pytest.raises(Unverified):
        attempt(row, body=body, hash="sha1")


def test_php_json_is_signed_as_php_writes_it(attempt) -> None:
    """Sorted at every depth, numbers as text, Cyrillic bare, the slash escaped."""
    row = Signature(at="header:Sign", mac="sha256", parts=("php-json",))
    signed = r'{"a":"а\/б","products":[{"name":"Курс \"1\"","price":"10"}],"z":""}'
    form = "z=&products[0][price]=10&products[0][name]=Курс+%221%22&a=а/б".encode()
    attempt(row, body=form, kind="application/x-www-form-urlencoded", headers={"sign": mac(signed.encode())})


def test_a_wrong_signature_is_not_saved_by_a_weaker_row(attempt) -> None:
    """What decides, decides: taking the strong proof away is the only way to be asked for the other."""
    weak = Signature(at="header:X-Old", mac="md5")
    headers = {"x-signature": "sha256=00", "x-old": mac(BODY, name="md5")}
    with pytest.raises(Unverified):
        attempt(PLAIN, weak, headers=headers)
    attempt(PLAIN, weak, headers={"x-old": headers["x-old"]})


def test_a_key_may_be_written_as_base64(attempt) -> None:
    """Standard Webhooks: the prefix is dropped, missing padding is put back."""
    row = Signature(at="header:X-Sig", mac="sha256", encoding="base64", key="base64", key_prefix="whsec_")
    key = bytes(range(32))
    given = base64.b64encode(hmac.new(key, BODY, "sha256").digest()).decode()
    secret = "whsec_" + base64.b64encode(key).decode().rstrip("=")
    attempt(row, secrets=(secret,), headers={"x-sig": given})
    with pytest.raises(Unverified):
        attempt(row, secrets=("не base64",), headers={"x-sig": given})


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({}, "either a mac or a digest"),
        ({"mac": "sha256", "digest": "md5"}, "either a mac or a digest"),
        ({"mac": "sha256", "parts": ("timestamp", "body")}, "say where it stands"),
        ({"mac": "sha256", "timestamp": "header:X-Time"}, "not signed proves nothing"),
    ],
)
def test_a_row_that_proves_nothing_cannot_be_written(row: dict, told: str) -> None:
    """Its author hears of it when the provider is loaded."""
    with pytest.raises(ValueError, match=told):
        Signature(at="header:X-Signature", **row)
