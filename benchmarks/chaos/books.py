"""Everything that stands in the store, read raw: no code of the store is asked what it thinks of it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from redis import Redis

from relay import keys

Record = dict[str, str]

# What must not hold anything when nothing is on its way: name, and the prefix or key.
EMPTY_AT_REST = {
    "in-flight": keys.IN_FLIGHT,
    "claims": keys.CLAIMS,
    "held": keys.HELD,
    "waiters": keys.WAITERS,
    "making": keys.MAKING,
    "due": keys.DUE,
    "wait-until": keys.WAIT_UNTIL,
    "gates": keys.GATES,
    "RQ queue": keys.QUEUE,
    "RQ job": keys.JOB,
}


@dataclass
class Books:
    events: dict[str, Record] = field(default_factory=dict)
    deliveries: dict[str, Record] = field(default_factory=dict)
    indexes: dict[str, set[str]] = field(default_factory=dict)  # by name without the prefix: "state:dead"
    counts: dict[str, int] = field(default_factory=dict)
    dead_counts: dict[str, int] = field(default_factory=dict)  # by JSON of hook, function, code, account
    seen: dict[str, str] = field(default_factory=dict)  # idempotency mark -> event id
    left: dict[str, int] = field(default_factory=dict)  # keys that are to be empty at rest -> entries


def read_books(redis: Redis) -> Books:
    """One walk over all keys, 500 at a time. Nothing may be moving meanwhile."""
    books = Books()
    names = [key.decode() for key in redis.scan_iter(count=1000)]
    for start in range(0, len(names), 500):
        portion = names[start : start + 500]
        for name, content in zip(portion, _contents(redis, portion), strict=True):
            _enter(books, name, content)
    return books


def _contents(redis: Redis, names: Iterable[str]) -> list[Any]:
    pipeline = redis.pipeline(transaction=False)
    for name in names:
        if name.startswith((keys.EVENT, keys.DELIVERY)) or name in (keys.COUNTS, keys.DEAD_COUNTS):
            pipeline.hgetall(name)
        elif name.startswith(keys.INDEX):
            pipeline.zrange(name, 0, -1)
        elif name.startswith(keys.SEEN):
            pipeline.get(name)
        else:
            pipeline.type(name)
    answers: list[Any] = pipeline.execute()
    return answers


def _enter(books: Books, name: str, content: Any) -> None:
    if name.startswith(keys.EVENT):
        books.events[name[len(keys.EVENT) :]] = _record(content)
    elif name.startswith(keys.DELIVERY):
        books.deliveries[name[len(keys.DELIVERY) :]] = _record(content)
    elif name.startswith(keys.INDEX):
        books.indexes[name[len(keys.INDEX) :]] = {member.decode() for member in content}
    elif name == keys.COUNTS:
        books.counts = _numbers(content)
    elif name == keys.DEAD_COUNTS:
        books.dead_counts = _numbers(content)
    elif name.startswith(keys.SEEN):
        if content:
            books.seen[name[len(keys.SEEN) :]] = content.decode()
    elif any(name.startswith(prefix) for prefix in EMPTY_AT_REST.values()):
        books.left[name] = 1  # Redis has no empty collections: what is there holds something


def _numbers(content: dict[bytes, bytes]) -> dict[str, int]:
    return {name.decode(): int(number) for name, number in content.items()}


def _record(content: dict[bytes, bytes]) -> Record:
    if packed := content.pop(b"zbody", None):
        content[b"body"] = zlib.decompress(packed)
    return {name.decode(): value.decode("utf-8", "replace") for name, value in content.items()}
