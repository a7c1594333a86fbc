"""What can go wrong, and whose fault it is. Imports nothing but the standard library.

Every error carries a ``reason``: one slug, the same word in the log, the counter, the JSON answer and on the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class RelayError(Exception):
    """The root of all errors that we raise on purpose; ``str(error)`` is a sentence for a person."""

    reason = "error"


class ConfigurationError(RelayError):
    """The operator's: the configuration is wrong, and the start stops."""

    reason = "configuration"


class Refusal(RelayError):
    """The sender's: a webhook that we do not take; ``status`` is the HTTP status of the answer."""

    reason = "refused"
    status = 400

    def __init__(self, message: str, *, reason: str | None = None, hint: str = "") -> None:
        super().__init__(message)
        if reason is not None:
            self.reason = reason
        self.hint = hint  # a near miss that was found, for the list of refusals; never a secret


class UnknownHook(Refusal):
    reason = "unknown-hook"
    status = 404


class MethodNotAllowed(Refusal):
    reason = "method-not-allowed"
    status = 405


class BodyTooLarge(Refusal):
    reason = "body-too-large"
    status = 413


class Unverified(Refusal):
    """The proof of the sender is missing or wrong (signature, token, secret, address, age)."""

    reason = "unverified"
    status = 401


class UnreadableBody(Refusal):
    """The body is not what it says it is, or is nested or spread beyond all reason."""

    reason = "unreadable-body"
    status = 400


class TooManyRequests(Refusal):
    reason = "too-many-requests"
    status = 429


class StoreUnavailable(RelayError):
    """Nobody's, or the platform's: the store is away, full or not writable."""

    reason = "store-unavailable"


class StoreAway(StoreUnavailable):
    """It gives no answer at all; any other question would only wait as well."""


class StoreFull(StoreUnavailable):
    """The operator's: the store needs more memory, or shorter terms; until then nothing new is taken."""

    reason = "store-full"

    def __init__(self) -> None:
        super().__init__("The store is as full as intake may fill it; the rest is for what is on its way.")


class InvalidCall(RelayError):
    """The mapping's: a call's parameters are not what JustClick documents.

    ``problems`` maps a parameter (dotted: ``goods.0.good_name``) to the sentences about it.
    """

    reason = "invalid-parameters"

    def __init__(self, function: str, problems: Mapping[str, Sequence[str]]) -> None:
        self.function = function
        self.problems = {name: list(sentences) for name, sentences in problems.items()}
        told = "; ".join(f"{name}: {' '.join(sentences)}" for name, sentences in self.problems.items())
        super().__init__(f"{function}: {told}")


class WrongState(RelayError):
    """The operator's: a delivery's state does not allow what was asked."""

    reason = "wrong-state"


class NotFound(RelayError):
    """The operator's: what was asked for is not there."""

    reason = "not-found"
