"""The way to an account's host: its name, its certificate. Sends nothing but a TLS handshake."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from relay.doctor.check import Check, Verdict, note, ok, wrong
from relay.models import Account

TIMEOUT = 5.0  # seconds
FEW_DAYS = 14  # until a certificate runs out
_OUT_OF_TIME = frozenset({9, 10})  # OpenSSL: not valid yet, run out
_OTHER_HOST = frozenset({62, 64})  # another name, another address


@dataclass(slots=True)
class Way:
    """``local``: the address of ours from which the connection went out; empty when there was none."""

    open: bool = False
    local: str = ""


def checks(account: Account, way: Way, ca_file: str | None = None) -> Iterator[Check]:
    parts = urlsplit(account.url)
    secured = parts.scheme == "https"
    place = (parts.hostname or "", parts.port or (443 if secured else 80))
    found = _resolved(account, place)
    yield found
    if found.verdict is not Verdict.WRONG:
        about = f"{account.name}: {'certificate' if secured else 'connection'}"
        yield _connected(about, place, way, ssl.create_default_context(cafile=ca_file) if secured else None)


def _resolved(account: Account, place: tuple[str, int]) -> Check:
    about, host = f"{account.name}: name", place[0]
    try:
        ip_address(host)
    except ValueError:
        pass
    else:
        return ok(about, f"{host} is an address; there is no name to look up.")
    try:
        found = socket.getaddrinfo(*place, type=socket.SOCK_STREAM)
    except OSError as error:
        advice = (
            "Check url and login of the account in relay.yaml (login.justclick.ru, .io, influencersoft.com, "
            "expertam.ru or your own domain); if they are right, the network's DNS is at fault."
        )
        return wrong(about, f"{host} is not known to the DNS ({error.strerror or error}).", advice)
    addresses = sorted({str(row[4][0]) for row in found})
    return ok(about, f"{host} is {', '.join(addresses[:4])}.")


def _connected(about: str, place: tuple[str, int], way: Way, context: ssl.SSLContext | None) -> Check:
    where = f"{place[0]}:{place[1]}"
    try:
        with socket.create_connection(place, timeout=TIMEOUT) as line:
            way.local = str(line.getsockname()[0])
            told = _shaken(line, place[0], context) if context else None
    except ssl.SSLCertVerificationError as error:
        return wrong(about, f"It cannot be trusted: {error.verify_message}.", _advice(error.verify_code, place[0]))
    except ssl.SSLError as error:
        broken = f"{where} does not speak TLS as it should: {error.reason or error}."
        return wrong(about, broken, "Check url of the account in relay.yaml: the port may be that of plain http.")
    except OSError as error:
        advice = "Check url of the account, and whether this machine may connect to the internet on that port."
        return wrong(about, f"No connection to {where}: {error.strerror or error}.", advice)
    way.open = True
    if told is None:
        return ok(about, f"{where} answers, without TLS: that is for the sandbox on this machine.")
    days, issuer = told
    if days < FEW_DAYS:
        advice = "If it is your own domain's, have it renewed; JustClick renews its own."
        return note(about, f"It runs out in {days} days ({issuer}).", advice)
    return ok(about, f"Valid for {days} days more, from {issuer}.")


def _shaken(line: socket.socket, host: str, context: ssl.SSLContext) -> tuple[int, str]:
    """The days until the certificate runs out, and who has signed it."""
    with context.wrap_socket(line, server_hostname=host) as safe:
        return _days_left(safe), _issuer(safe)


def _days_left(line: ssl.SSLSocket) -> int:
    shown = line.getpeercert() or {}
    return int((ssl.cert_time_to_seconds(str(shown.get("notAfter"))) - time.time()) // 86400)


def _issuer(line: ssl.SSLSocket) -> str:
    """The organisation (or the name) that has signed the certificate."""
    rows = (line.getpeercert() or {}).get("issuer", ())
    named = {str(pair[0]): str(pair[1]) for row in rows for pair in row if isinstance(row, tuple)}
    return named.get("organizationName") or named.get("commonName") or "an authority without a name"


def _advice(number: int, host: str) -> str:
    if number in _OUT_OF_TIME:
        return "It ran out, or this machine's clock is wrong. Have it renewed if the domain is yours."
    if number in _OTHER_HOST:
        return (
            f"It belongs to another host. A domain of your own needs a certificate for {host}; take login.justclick.ru."
        )
    return (
        "Nobody whom this machine trusts has signed it. For a domain of your own get a public certificate; on an old "
        "machine renew the system's certificates (ca-certificates)."
    )
