"""The web half: webhooks in (hooks), the status page (status, pages, auth), the JSON API (api), the probes (health)."""
