"""The load: senders that post webhooks at a steady rate, send again what was not answered 2xx, and remember it all."""

from __future__ import annotations

import heapq
import http.client
import itertools
import json
import select
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from benchmarks.chaos.sent import Answered, Webhook, webhook

AGAIN_AFTER = 2.0  # seconds until what was not answered 2xx is sent again
PATIENCE = 25.0  # seconds that a sender waits for an answer
FIRST_PLACE = 10  # from here on every payment has its order before it
OTHERS = 1_000_000  # numbers of events that are not of the stream


class Senders:
    """``addresses`` gives the ports of the web processes; each try goes to the next one, as behind a router."""

    def __init__(self, addresses: Callable[[], Sequence[int]], rate: float, threads: int = 12) -> None:
        self.addresses, self.rate = addresses, rate
        self.sent: list[Webhook] = []
        self.due: list[tuple[float, int, Webhook]] = []
        self.changed = threading.Condition()
        self.running = True  # new events are made
        self.stopped = False
        self.unanswered = 0
        self.turn = itertools.count()
        self.places = itertools.count(FIRST_PLACE)
        self.threads = [threading.Thread(target=self._send_until_stopped, daemon=True) for _ in range(threads)]

    def start(self) -> None:
        threading.Thread(target=self._make, daemon=True).start()
        for thread in self.threads:
            thread.start()

    def burst(self, count: int, kind: str | None = None) -> None:
        """So many further events at once."""
        with self.changed:
            for _ in range(count):
                self._add(time.monotonic(), kind)
            self.changed.notify_all()

    def stop_making(self) -> None:
        self.running = False

    def finish(self, seconds: float = 60) -> bool:
        """No new events; True when every event has been answered 2xx in time."""
        self.stop_making()
        with self.changed:
            done = self.changed.wait_for(lambda: self.unanswered == 0, seconds)
            self.stopped = True
            self.changed.notify_all()
        for thread in self.threads:
            thread.join(PATIENCE + 5)
        return done

    # ------------------------------------------------------------ making
    def _make(self) -> None:
        begun = time.monotonic()
        for number in itertools.count():
            time.sleep(max(0.0, begun + number / self.rate - time.monotonic()))
            with self.changed:
                if not self.running:
                    return
                self._add(time.monotonic())
                self.changed.notify()

    def _add(self, at: float, kind: str | None = None) -> None:
        made = Webhook(OTHERS + len(self.sent), kind) if kind else webhook(next(self.places))
        self.sent.append(made)
        self.unanswered += 1
        heapq.heappush(self.due, (at, len(self.sent), made))

    # ------------------------------------------------------------ sending
    def _send_until_stopped(self) -> None:
        wires: dict[int, http.client.HTTPConnection] = {}
        while (one := self._next()) is not None:
            answer = self._post(one, wires)
            with self.changed:
                one.answers.append(answer)
                if 200 <= answer.status < 300:
                    self.unanswered -= 1
                else:
                    heapq.heappush(self.due, (time.monotonic() + AGAIN_AFTER, id(one), one))
                self.changed.notify_all()

    def _next(self) -> Webhook | None:
        with self.changed:
            while not self.stopped:
                wait = self.due[0][0] - time.monotonic() if self.due else 1.0
                if wait <= 0:
                    return heapq.heappop(self.due)[2]
                self.changed.wait(min(wait, 1.0))
        return None

    def _post(self, one: Webhook, wires: dict[int, http.client.HTTPConnection]) -> Answered:
        """One try. A port at which nobody listens is passed over, as routers do; what broke on its way has failed."""
        began = time.monotonic()
        ports = self.addresses()
        turn = next(self.turn)
        for place in range(len(ports)):
            port = ports[(turn + place) % len(ports)]
            wire = wires.setdefault(port, http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE))
            try:
                return _ask(wire, one, began)
            except ConnectionRefusedError:
                wire.close()
            except (OSError, http.client.HTTPException):
                with suppress(OSError):
                    wire.close()
                break
        return Answered(time.monotonic(), time.monotonic() - began, 0)


def _ask(wire: http.client.HTTPConnection, one: Webhook, began: float) -> Answered:
    if wire.sock and select.select([wire.sock], [], [], 0)[0]:  # the other side has closed it meanwhile
        wire.close()
    body = json.dumps(one.body).encode()
    wire.request("POST", f"/hooks/{one.hook}/lead-token", body, {"Content-Type": "application/json"})
    answer = wire.getresponse()
    answer.read()
    now, told = time.monotonic(), answer.headers
    event_id, duplicate = told.get("Relay-Event-Id", ""), told.get("Relay-Duplicate", "") == "true"
    return Answered(now, now - began, answer.status, event_id, duplicate, told.get("Retry-After", ""))
