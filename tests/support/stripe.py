"""Signs a webhook as Stripe does."""

from __future__ import annotations

import hashlib
import hmac

from relay.models import WebhookRequest


def signed(body: bytes, secret: str, moment: int = 1_789_378_891) -> WebhookRequest:
    proof = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"content-type": "application/json", "stripe-signature": f"t={moment},v1={proof}"}
    return WebhookRequest("POST", "", headers, body, "127.0.0.1")
