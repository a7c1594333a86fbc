"""Measures speed and loss. Nothing here is imported by the relay; only loopback is ever a target."""
