"""A relay's day for tests of the page: webhooks through the real intake, answers as the worker writes them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

from relay.deciding import decide
from relay.errors import Refusal
from relay.intake import Intake
from relay.models import Attempt, Configuration, WebhookRequest
from relay.outcomes import Accepted, Outcome, Refused
from relay.store import Claim, Gate, Move, Store
from tests.support.running import eventually

WORKER = "worker-1.4711.a1b2c3"


@dataclass
class Story:
    store: Store
    configuration: Configuration
    claims: dict[str, Claim] = field(default_factory=dict)

    # ------------------------------------------------------------ what comes in
    def came(self, hook: str, body: Any, token: str = "lead-token", **more: Any) -> str:
        """One webhook, kept or refused as the intake decides; the event's id, or the reason of the refusal."""
        configured = self.configuration.hooks[hook]
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        headers = {"content-type": "application/json", "user-agent": "Tilda/2.0", **more.pop("headers", {})}
        request = WebhookRequest("POST", more.pop("query", ""), headers, raw, "203.0.113.7", token)
        intake = Intake(self.configuration, self.store, 1024 * 1024)
        try:
            receipt = intake.receive(configured, request)
        except Refusal as refusal:
            intake.refuse(configured, request, refusal)
            return refusal.reason
        assert receipt.event_id
        return receipt.event_id

    def lead(self, email: str, hook: str = "lead", **body: Any) -> str:
        """A lead; the id of its one delivery."""
        return self.calls_of(self.came(hook, {"email": email, **body}))[0]

    def calls_of(self, event_id: str) -> tuple[str, ...]:
        event = self.store.event(event_id)
        assert event is not None
        return event.deliveries

    # ------------------------------------------------------------ what the workers do
    def claim(self) -> dict[str, Claim]:
        """A worker takes all that may be sent; what stands behind a closed gate is held."""
        while True:
            _, claims = self.store.claim(WORKER, 500, self.configuration.accounts.values())
            if not claims:
                return self.claims
            self.claims |= {one.delivery.id: one for one in claims}

    def answered(self, delivery_id: str, outcome: Outcome, took: int = 184) -> None:
        """JustClick has answered the call that was claimed (it is claimed now if it was not)."""
        # The account's rate may ask for a moment's patience.
        eventually(lambda: delivery_id in self.claims or delivery_id in self.claim(), 10, f"the claim of {delivery_id}")
        delivery = self.claims.pop(delivery_id).delivery
        decision = decide(delivery, outcome, None, spread=0.0)
        now = time.time_ns() // 1_000_000
        code, text = (outcome.code, outcome.text) if isinstance(outcome, Accepted | Refused) else (None, None)
        if decision.gate:
            until = now + int(decision.gate_seconds * 1000) if decision.gate_seconds else None
            self.store.close_gate(Gate(decision.gate, "closed", decision.reason or "", code, text or "", now, until))
        fields: dict[str, Any] = {"code": code, "text": text, "reason": decision.reason, "note": decision.note}
        if isinstance(outcome, Accepted):
            fields["result"] = outcome.result
        if decision.delay is not None:
            fields["next_attempt_at"] = now + int(decision.delay * 1000)
        attempt = Attempt(
            delivery.number,
            delivery.attempts[-1].started_at,
            took,
            outcome.status,
            code,
            text,
            decision.reason,
            decision.note,
            decision.trigger.value,
            WORKER,
        )
        assert self.store.move(Move(delivery, decision.trigger, attempt, fields, hold=decision.gate))

    def delivered(self, delivery_id: str) -> None:
        self.answered(delivery_id, Accepted(0, "OK"))

    def beats(self, in_flight: int = 3) -> None:
        """A worker and its periodic tasks are alive."""
        self.store.beat(WORKER, 1, host="worker-1", pid=4711, in_flight=in_flight, slots=64)
        self.store.ran("scheduler")
        self.store.ran("sweeper")
