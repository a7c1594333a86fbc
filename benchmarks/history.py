"""Fills a store with a past: a month of events with deliveries in every state, written by the relay's own commands.

Thousands of times faster than letting it happen; what stands in the store afterwards is the same.
"""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from multiprocessing import get_context

from hiredis import pack_command

from relay import ids, keys
from relay.lifecycle import State
from relay.models import Attempt, Delivery, Event
from relay.store import Gate, Store, codec
from relay.store.commands import birth_commands, event_commands
from relay.store.scripts import Command

MONTH_MS = 29 * 86_400_000
PROCESSES = 2
SEEN_MS = 7 * 86_400_000
HELD_BY = "function:school:DeleteSubscribe"
HEADERS = {
    "host": "relay.example.com",
    "content-type": "application/json",
    "user-agent": "Mozilla/5.0 (compatible; FormBuilder/2.4; +https://forms.example.com/webhooks)",
    "x-request-id": "9f1c7b52-5a0e-4c8e-8d5e-2d3a3f6f1c11",
    "accept": "*/*",
    "accept-encoding": "gzip",
    "content-length": "1024",
}
HOOKS = {"AddLeadToGroup": "lead", "CreateOrder": "order", "UpdateOrderStatus": "payment", "DeleteSubscribe": "lead"}
WORDS = [
    "".join(random.Random(place).choices("абвгдежзиклмнопрстуфхцчшщыэюя", k=3 + place % 7)) for place in range(3000)
]
DEAD_CODES = (606, 102, 104, 605, 200)


@dataclass(frozen=True, slots=True)
class Past:
    """``events`` in all; the newest ``waiting`` of them have a call that is still on its way."""

    events: int
    waiting: int
    body_bytes: int = 1024


def fill(store: Store, socket_path: str, past: Past) -> None:
    """Returns when all of it stands in the store. Raises AssertionError when something is missing."""
    before = store.redis.zcard(keys.EVENTS)
    now = store.now_ms()
    bounds = [past.events * place // PROCESSES for place in range(PROCESSES + 1)]
    processes = [
        get_context("fork").Process(target=_write, args=(socket_path, past, now, range(first, last)))
        for first, last in pairwise(bounds)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    store.close_gate(Gate(HELD_BY, "closed", "operator", None, "", now))
    assert store.redis.zcard(keys.EVENTS) - before == past.events


def queue(store: Store, socket_path: str, count: int) -> None:
    """At least so many more that wait in the queue."""
    fill(store, socket_path, Past(count * 10 // 7 + 100, count * 10 // 7 + 100))


# ---------------------------------------------------------------- one event
def email(number: int) -> str:
    return f"anna.smirnova{number}@example.com"


def phone(number: int) -> str:
    return f"7999{number % 10_000_000:07d}"


def body(number: int, size: int) -> bytes:
    """JSON of a form with a hundred different sets of answers."""
    told = {"id": str(number), "email": email(number), "name": "Анна Смирнова", "phone": "+" + phone(number)}
    return f"{json.dumps(told, ensure_ascii=False)[:-1]}, {_answers(number % 100, size)}}}".encode()


@cache
def _answers(place: int, size: int) -> str:
    chance = random.Random(place)
    answers: dict[str, str] = {}
    while len(json.dumps(answers, ensure_ascii=False).encode()) < size - 240:
        answers[f"Вопрос {len(answers) + 1}"] = " ".join(chance.choices(WORDS, k=5))
    return f'"answers": {json.dumps(answers, ensure_ascii=False)}'


def _state(number: int, past: Past) -> tuple[str, str, int | None]:
    """Function, state and code of the event's one call."""
    place = number % 100
    function = "AddLeadToGroup" if place < 70 else "CreateOrder" if place < 90 else "UpdateOrderStatus"
    if number >= past.events - past.waiting:
        if place < 70:
            return "AddLeadToGroup", State.QUEUED, None
        if place < 80:
            return "CreateOrder", State.RETRYING, None
        if place < 90:
            return "UpdateOrderStatus", State.WAITING, None
        return "DeleteSubscribe", State.HELD, None
    fate = number * 7919 % 1000
    if fate < 50:
        return function, State.DEAD, DEAD_CODES[number * 31 // 7 % len(DEAD_CODES)]
    if fate < 70:
        return function, State.DISCARDED, 606
    if fate < 90:
        return function, State.DELIVERED, 102
    return function, State.DELIVERED, 0


def commands(number: int, past: Past, now: int) -> Iterator[Command]:
    """All that stands in the store of one event and its delivery."""
    at = now - MONTH_MS + MONTH_MS * number // past.events
    function, state, code = _state(number, past)
    event_id = ids.new_id("evt", at)
    order = f"A-{number}"
    delivery = Delivery(
        id=ids.new_id("dlv", at),
        event_id=event_id,
        hook=HOOKS[function],
        account="school",
        function=function,
        params={
            "rid": ["webinar"],
            "lead_email": email(number),
            "lead_name": "Анна Смирнова",
            "lead_phone": phone(number),
        },
        state=state,
        created_at=at,
        updated_at=at,
        name=function,
        code=code,
        text=None if code is None else "OK" if code == 0 else "Is already subscribed",
        reason="refused" if state in (State.DEAD, State.DISCARDED) else None,
        order_id=order if function == "CreateOrder" else None,
        tries=0 if code is None else 1,
        number=0 if code is None else 1,
    )
    event = Event(
        id=event_id,
        hook=delivery.hook,
        provider="generic",
        received_at=at,
        headers=HEADERS,
        body=body(number, past.body_bytes),
        address="203.0.113.7",
        deliveries=(delivery.id,),
    )
    words = [email(number), phone(number), *([order] if function != "AddLeadToGroup" else [])]
    yield from event_commands(event, [word.lower() for word in words])
    yield from birth_commands(delivery)
    yield ["SET", keys.seen(event.hook, f"id:{number}:{now}"), event_id, "PX", SEEN_MS]
    yield from _on_its_way(delivery, now)
    if code is not None:
        attempt = Attempt(1, at, 184, 200, code, delivery.text, trigger="accepted", worker="worker-1.4711.a1b2c3")
        yield ["HSET", keys.DELIVERY + delivery.id, "a1", codec.attempt_text(attempt)]


def _on_its_way(delivery: Delivery, now: int) -> Iterator[Command]:
    if delivery.state == State.RETRYING:
        yield ["ZADD", keys.DUE, now + 86_400_000, delivery.id]
    elif delivery.state == State.WAITING:
        link = f"bill:school:{delivery.id}"
        yield ["HSET", keys.DELIVERY + delivery.id, "awaits", link]
        yield ["SADD", keys.WAITERS + link, delivery.id]
        yield ["ZADD", keys.WAIT_UNTIL, now + 86_400_000, delivery.id]
    elif delivery.state == State.HELD:
        yield ["HSET", keys.DELIVERY + delivery.id, "held_by", HELD_BY]
        yield ["ZADD", keys.HELD + HELD_BY, 0, delivery.id]
        yield ["SADD", keys.HOLDING, HELD_BY]


# ---------------------------------------------------------------- onto the wire
def _write(socket_path: str, past: Past, now: int, numbers: Iterable[int]) -> None:
    with socket.socket(socket.AF_UNIX) as wire:
        wire.connect(socket_path)
        wire.sendall(pack_command(("CLIENT", "REPLY", "OFF")))
        buffer = bytearray()
        for number in numbers:
            for command in commands(number, past, now):
                buffer += pack_command(tuple(command))
            if len(buffer) > 1 << 20:
                wire.sendall(buffer)
                buffer.clear()
        wire.sendall(buffer + pack_command(("CLIENT", "REPLY", "ON")) + pack_command(("PING",)))
        wire.settimeout(600)
        answer = b""
        while b"+PONG\r\n" not in answer:
            answer += wire.recv(1024)
