"""The life of a delivery: its states, what moves it, and the one table of what is allowed.

The rows of ``TRANSITIONS`` are the documentation. Nothing else decides whether a state may follow another.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    QUEUED = "queued"  # stored, a job waits
    WAITING = "waiting"  # needs something that is not there yet
    HELD = "held"  # its account, function or hook is paused
    SENDING = "sending"  # a worker has claimed it
    RETRYING = "retrying"  # no usable answer; the next time is known
    DELIVERED = "delivered"
    DEAD = "dead"  # a person must look at it
    DISCARDED = "discarded"  # a person decided so


class Trigger(StrEnum):
    CLAIMED = "claimed"  # a worker took it; the attempt counts from here
    ACCEPTED = "accepted"  # JustClick did it
    REFUSED = "refused"  # JustClick said no
    POSTPONED = "postponed"  # no usable answer, another try is planned
    GAVE_UP = "gave_up"  # no usable answer, and trying on is pointless or unsafe
    BLOCKED = "blocked"  # this answer paused its account or function
    MISSED = "missed"  # what it waits for is not there yet
    FOUND = "found"  # what it waited for is there
    EXPIRED = "expired"  # what it waited for did not come in time
    DUE = "due"  # the time of the next attempt has come
    ORPHANED = "orphaned"  # its worker died
    PAUSED = "paused"
    RESUMED = "resumed"
    REPLAYED = "replayed"
    DISCARDED = "discarded"


S, T = State, Trigger

TRANSITIONS: dict[Trigger, tuple[frozenset[State], State]] = {
    # trigger       from                                          to
    T.CLAIMED: (frozenset({S.QUEUED}), S.SENDING),
    T.ACCEPTED: (frozenset({S.SENDING}), S.DELIVERED),
    T.REFUSED: (frozenset({S.SENDING}), S.DEAD),
    T.POSTPONED: (frozenset({S.SENDING}), S.RETRYING),
    T.GAVE_UP: (frozenset({S.SENDING}), S.DEAD),
    T.BLOCKED: (frozenset({S.SENDING}), S.HELD),
    T.MISSED: (frozenset({S.QUEUED}), S.WAITING),
    T.FOUND: (frozenset({S.WAITING}), S.QUEUED),
    T.EXPIRED: (frozenset({S.WAITING}), S.DEAD),
    T.DUE: (frozenset({S.RETRYING}), S.QUEUED),
    T.ORPHANED: (frozenset({S.SENDING}), S.QUEUED),
    T.PAUSED: (frozenset({S.QUEUED}), S.HELD),
    T.RESUMED: (frozenset({S.HELD}), S.QUEUED),
    T.REPLAYED: (frozenset({S.DEAD}), S.QUEUED),
    T.DISCARDED: (frozenset({S.DEAD}), S.DISCARDED),
}

BORN = frozenset({S.QUEUED, S.DEAD})  # dead at birth: an event that could not be mapped
ENDED = frozenset({S.DELIVERED, S.DEAD, S.DISCARDED})


def allows(trigger: Trigger, state: State) -> bool:
    return state in TRANSITIONS[trigger][0]


def target(trigger: Trigger) -> State:
    return TRANSITIONS[trigger][1]
