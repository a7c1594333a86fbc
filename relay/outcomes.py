"""What comes back from an attempt: JustClick did it, JustClick said no, or there was no usable answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Accepted:
    """JustClick says that it is done."""

    code: int
    text: str
    result: Any = None
    note: str | None = None
    status: int = 200


@dataclass(frozen=True, slots=True)
class Refused:
    """JustClick says no; what the code means is told by :mod:`relay.justclick.codes`."""

    code: int
    text: str
    result: Any = None
    note: str | None = None
    status: int = 200
    genuine: bool = True  # False: believed though its hash is none of ours (codes 4 and 5)
    # the answer's own: with code 4 it tells which slip is in our secret (relay.justclick.near_misses); never kept
    hash: str | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Unreached:
    """No usable answer. ``may_have_arrived``: the request may have been carried out all the same."""

    reason: str  # no-connection, tls, timeout, cut, http-status, redirected, not-json, empty, forged, interrupted
    detail: str
    may_have_arrived: bool
    status: int | None = None
    retry_after: float | None = None  # seconds
    permanent: bool = False  # trying again cannot help (a forged answer, a redirect, a wrong certificate)


Outcome = Accepted | Refused | Unreached
