"""What every family of proof can do, and the order in which a hook's proofs are asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Protocol

from relay.errors import Unverified
from relay.incoming import Incoming
from relay.models import Hook
from relay.verifying.networks import Networks, check_networks


class Proof(Protocol):
    decides: ClassVar[
        bool
    ]  # a wrong one is the end, even where another row would match: no falling back to a weaker one

    def armed(self, hook: Hook) -> bool:
        """Whether the hook has what this proof needs (a secret, a key)."""
        ...

    def present(self, incoming: Incoming) -> bool:
        """Whether the request carries it at all."""
        ...

    def check(self, incoming: Incoming, now: float) -> None:
        """Raises Unverified."""
        ...

    def places(self, hook: Hook) -> tuple[str, ...]:
        """Where in a request it stands: ``header:X-Signature``."""
        ...


def armed(rows: Iterable[Proof], hook: Hook) -> bool:
    """Whether a sender is really proven with this hook's settings."""
    return hook.verify != "none" and (bool(hook.addresses) or any(row.armed(hook) for row in rows))


def verify(rows: Iterable[Proof], incoming: Incoming, now: float) -> None:
    """Raises Unverified, with the reason in words; ``now`` in unix seconds.

    Networks are demanded on top of everything; the hook's ``addresses`` replace those of the rows.
    """
    hook = incoming.hook
    if hook.verify == "none":
        return
    asked = [row for row in rows if row.armed(hook)]
    if hook.addresses:
        check_networks(incoming, hook.addresses)
    for row in asked:
        if isinstance(row, Networks) and not hook.addresses:
            row.check(incoming, now)
    _one_of([row for row in asked if not isinstance(row, Networks)], incoming, now)


def _one_of(rows: list[Proof], incoming: Incoming, now: float) -> None:
    wrong: Unverified | None = None
    for row in rows:
        if not row.present(incoming):
            continue
        try:
            row.check(incoming, now)
            return
        except Unverified as error:
            if row.decides:
                raise
            wrong = wrong or error
    if rows:
        raise wrong or _missing(rows, incoming.hook)


def _missing(rows: list[Proof], hook: Hook) -> Unverified:
    places = list(dict.fromkeys(place for row in rows for place in row.places(hook)))
    return Unverified(f"The proof of the sender is missing: nothing in {' or '.join(map(told, places))}")


def told(place: str) -> str:
    """``header:X-Key`` as a person says it."""
    kind, _, name = place.partition(":")
    return {
        "header": f"the header {name}",
        "authorization": f"the header Authorization ({name})",
        "query": f"the query parameter {name}",
        "field": f"the field {name}",
        "body": "the body",
    }.get(kind, f"the field {place}")
