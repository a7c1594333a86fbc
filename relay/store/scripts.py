"""The Lua scripts of the store: each is one atomic step. Key names reach them from :mod:`relay.keys`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources import files

import msgpack
from redis import Redis
from redis.commands.core import Script

from relay import keys
from relay.store.group_commit import GroupCommit

_SHARED = {
    "EVENT": keys.EVENT,
    "DELIVERY": keys.DELIVERY,
    "STATE": keys.in_state(""),
    "LINK": keys.LINK,
    "WAITERS": keys.WAITERS,
    "MAKING": keys.MAKING,
    "RESERVED": keys.RESERVED,
    "DOUBT": keys.DOUBT,
    "IN_FLIGHT": keys.IN_FLIGHT,
    "CLAIMS": keys.CLAIMS,
    "HELD": keys.HELD,
    "HOLDING": keys.HOLDING,
    "ROOM": keys.ROOM,
    "LIMITED": keys.LIMITED,
    "RATE": keys.RATE,
    "BELL": keys.BELL,
    "JOB": keys.JOB,
    "QUEUE": keys.QUEUE,
    "WAIT_UNTIL": keys.WAIT_UNTIL,
    "GATES": keys.GATES,
    "BEATS": keys.BEATS,
    "LOOKS": keys.LOOKS,
    "EPOCH": keys.EPOCH,
    "WAITS": keys.WAITS,
    "CLOCK": keys.CLOCK,
    "DUE": keys.DUE,
}

Command = Sequence[str | bytes | int | float]


class Scripts:
    """Registered on one client; redis-py sends a script's text again when a restarted server has forgotten it."""

    def __init__(self, redis: Redis) -> None:
        self.keep = _script(redis, "keep")
        self.keep_together = GroupCommit(redis, self.keep)
        self.move = _script(redis, "move")
        self.claim = _script(redis, "claim")
        self.walk = _script(redis, "walk")
        self.note = _script(redis, "note")
        self.look = _script(redis, "look")
        self.let_go = _script(redis, "let_go")
        self.gate = _script(redis, "gate")
        self.reserve = _script(redis, "reserve")
        self.found = _script(redis, "found")
        self.clock = _script(redis, "clock")
        self.forget_delivery = _script(redis, "forget_delivery")
        self.forget_event = _script(redis, "forget_event")
        self.strip = _script(redis, "strip")


def _script(redis: Redis, name: str) -> Script:
    folder = files("relay.store") / "lua"
    names = ", ".join(f"{name} = '{prefix}'" for name, prefix in _SHARED.items())
    text = "\n".join((folder / f"{part}.lua").read_text(encoding="utf-8") for part in ("prelude", name))
    return redis.register_script(f"local K = {{ {names} }}\n{text}")


def packed(commands: Iterable[Command]) -> bytes:
    """Commands in one piece, as the scripts unpack them: the client is spared a check of each of a hundred words."""
    packed_: bytes = msgpack.packb(list(commands), use_bin_type=False)
    return packed_
