"""Every Redis key that we own, with its type and life time. Keys are built here and nowhere else."""

from __future__ import annotations

import time
from hashlib import blake2b

# Prefixes that take a name behind them. The Lua scripts see them under these names too (see store/scripts.py).
EVENT = "relay:event:"  # hash, until retention: one webhook, word for word
DELIVERY = "relay:delivery:"  # hash, until retention: one call with its attempts
INDEX = "relay:index:"  # sorted set of ids, all scores 0: ids sort by time
FIND = "relay:find:"  # sorted set of event and delivery ids in which an e-mail, phone or number stands
SEEN = "relay:seen:"  # string, the hook's window: idempotency key -> event id
LINK = "relay:link:"  # string, 180 days: what a call has brought, for the calls that wait for it
WAITERS = "relay:waiters:"  # set of delivery ids that wait for a link
MAKING = "relay:making:"  # string, while it is being made: link -> the delivery that makes it
RESERVED = "relay:reserved:"  # string, while it waits: link -> the delivery that will make it unless it is made before
DOUBT = "relay:doubt:"  # string, 180 days: link -> since when nobody knows whether it was made (ms)
IN_FLIGHT = "relay:in-flight:"  # set of delivery ids being sent, by account, across all workers
CLAIMS = "relay:claims:"  # set of delivery ids being sent, by worker
HELD = "relay:held:"  # sorted set of delivery ids held by a gate
LIMITED = "relay:limited:"  # string, seconds: work of the account waits until one of its calls has ended
RATE = "relay:rate:"  # string: when the account's next call may start (ms)
REFUSALS = "relay:refusals:"  # list, the last 200 of a hook
ALLOWANCE = "relay:allowance:"  # string, two minutes: requests of a hook in this minute
REPLAY = "relay:replay:"  # hash, 30 days: a bulk replay: its filter, its place, its progress; with ":taken" a mark

JOB = "rq:job:"  # hash, RQ's: a job has the id of its delivery
QUEUE = "rq:queue:"  # list, RQ's

# Single keys.
BELL = "relay:bell"  # list of at most a few marks: rings when there is work
DUE = "relay:due"  # sorted set: retrying deliveries by the time of their next attempt (ms)
WAIT_UNTIL = "relay:wait-until"  # sorted set: waiting deliveries by the time at which they give up (ms)
BEATS = "relay:beats"  # hash: worker -> JSON with its beat, a number that grows while it lives
WAITS = "relay:waits"  # hash: how far the walk over those who wait has come, and when it was last gone on with (ms)
CLOCK = "relay:clock"  # hash: the time at the last look at it (ms); by how much it was set back, while plans are moved
EPOCH = "relay:epoch"  # hash: the run of the Redis server, when it was first seen, when the run before it was last seen
LOOKS = "relay:looks"  # hash: worker -> its beat at the last look, and how many looks it has stood still
GATES = "relay:gates"  # hash: gate -> JSON; an open gate has no entry
TOOK = "relay:took"  # hash: deliveries by how long they took from accepted to delivered (store/took.py)
COUNTS = "relay:counts"  # hash: counters for the page and the metrics
DEAD_COUNTS = "relay:dead-counts"  # hash: JSON of hook, function, code and account -> how many dead letters there are
REPLAYS = "relay:replays"  # set: ids of bulk replays that are not finished
HEARTBEATS = "relay:heartbeats"  # hash: periodic task -> when it last ran (ms)
REBUILDING = "relay:rebuilding"  # string, a minute at most: a sweeper writes lost jobs again
WRITABLE = "relay:writable"  # string, a minute: what /readyz writes
ROOM = "relay:room"  # string: bytes that intake may still add before the store is too full; absent: no limit known
HOLDING = "relay:holding"  # set: gates that hold something or once did; bounded by the configuration

ALL = INDEX + "all"
EVENTS = INDEX + "events"


def events_of(hook: str) -> str:
    return f"{INDEX}events:{hook}"


def in_state(state: str) -> str:
    return f"{INDEX}state:{state}"


def of_hook(hook: str) -> str:
    return f"{INDEX}hook:{hook}"


def of_function(function: str) -> str:
    return f"{INDEX}function:{function}"


def of_code(code: int) -> str:
    """Deliveries whose last answer had this code, in whatever state; not for 0, which is the code of nearly all."""
    return f"{INDEX}code:{code}"


def dead_of(kind: str, value: str | int) -> str:
    """Dead letters by ``hook``, ``function`` or ``code``: the only combinations that people look for at length."""
    return f"{INDEX}dead:{kind}:{value}"


def find(value: str) -> str:
    """No e-mail or phone stands in a key name: a short digest does."""
    return FIND + blake2b(value.strip().lower().encode(), digest_size=8).hexdigest()


def seen(hook: str, idempotency_key: str) -> str:
    return f"{SEEN}{hook}:{blake2b(idempotency_key.encode(), digest_size=12).hexdigest()}"


def allowance(hook: str) -> str:
    """This minute's."""
    return f"{ALLOWANCE}{hook}:{int(time.time() // 60)}"


def bill_link(account: str, order_id: str) -> str:
    """Without the prefix: how a delivery names what it waits for."""
    return f"bill:{account}:{order_id}"


def payment_link(account: str, payment: str) -> str:
    """``payment``: provider and number. All events of a payment mean one order, also those without the shop's own."""
    return f"pay:{account}:{payment}"


def result_link(event_id: str, name: str) -> str:
    return f"result:{event_id}:{name}"


def account_gate(account: str) -> str:
    return f"account:{account}"


def function_gate(account: str, function: str) -> str:
    return f"function:{account}:{function}"


def hook_gate(hook: str) -> str:
    return f"hook:{hook}"
