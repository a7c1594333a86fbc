"""JustClick Relay: webhooks in, signed JustClick calls out, nothing lost in between."""

__version__ = "0.1.0"
