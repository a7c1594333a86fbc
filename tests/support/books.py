"""Holds the books against each other: every id in an index has its record, every record stands in its indexes."""

from __future__ import annotations

import json
from collections import Counter, defaultdict

from redis import Redis

from relay import keys
from relay.lifecycle import State


def wrong_in_the_books(redis: Redis) -> list[str]:
    """Every sentence is something that dangles; the list is empty when the books are right."""
    events, deliveries = _records(redis, keys.EVENT), _records(redis, keys.DELIVERY)
    standing = _indexes(redis)
    known = events.keys() | deliveries.keys()
    found = [f"{key} names {one}, which is gone" for key, ids in standing.items() for one in ids - known]
    for id_, raw in events.items():
        expected = {keys.EVENTS, keys.events_of(raw.get("hook", "?"))} | set(map(keys.find, _words(raw)))
        found += [f"{id_} is missing in {index}" for index in expected if id_ not in standing[index]]
    for id_, raw in deliveries.items():
        hook, function, state = raw["hook"], raw["function"], raw["state"]
        expected = {keys.ALL, keys.in_state(state), keys.of_hook(hook), keys.of_function(function)}
        if state == State.DEAD:
            expected |= {keys.dead_of("hook", hook), keys.dead_of("function", function)}
        if raw.get("code", "0") != "0":
            expected.add(keys.of_code(int(raw["code"])))
        others = {keys.in_state(other) for other in State if other != state}
        found += [f"{id_} is missing in {index}" for index in expected if id_ not in standing[index]]
        found += [f"{id_} is {state} and stands in {index}" for index in others if id_ in standing[index]]
        found += [] if raw["event_id"] in events else [f"{id_} has no event"]
    return sorted(found + _wrong_counts(redis, deliveries))


def _wrong_counts(redis: Redis, deliveries: dict[str, dict[str, str]]) -> list[str]:
    dead = Counter(
        (raw["hook"], raw["function"], int(raw["code"]) if "code" in raw else None, raw["account"])
        for raw in deliveries.values()
        if raw["state"] == State.DEAD
    )
    counted = {tuple(json.loads(kind)): int(number) for kind, number in redis.hgetall(keys.DEAD_COUNTS).items()}
    kinds = dead.keys() | counted.keys()
    return [f"{counted.get(kind, 0)} {kind} are counted" for kind in kinds if counted.get(kind, 0) != dead[kind]]


def _records(redis: Redis, prefix: str) -> dict[str, dict[str, str]]:
    names = list(redis.scan_iter(prefix + "*", count=1000))
    pipeline = redis.pipeline(transaction=False)
    for name in names:
        pipeline.hgetall(name)
    answers = pipeline.execute()
    return {
        name.decode()[len(prefix) :]: {key.decode(): value.decode(errors="replace") for key, value in raw.items()}
        for name, raw in zip(names, answers, strict=True)
    }


def _indexes(redis: Redis) -> defaultdict[str, set[str]]:
    """Everything that names records, by its key."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    sorted_sets = [key for start in (keys.INDEX, keys.FIND, keys.HELD) for key in redis.scan_iter(start + "*", 1000)]
    for key in (*sorted_sets, keys.DUE.encode(), keys.WAIT_UNTIL.encode()):
        found[key.decode()] = {id_.decode() for id_ in redis.zrange(key, 0, -1)}
    for start in (keys.IN_FLIGHT, keys.CLAIMS, keys.WAITERS):
        for key in redis.scan_iter(start + "*", 1000):
            found[key.decode()] = {id_.decode() for id_ in redis.smembers(key)}
    return found


def _words(raw: dict[str, str]) -> list[str]:
    return [*json.loads(raw.get("words", "[]")), *json.loads(raw.get("fetched_words", "[]"))]
