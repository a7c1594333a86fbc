"""The command line's half is put together here: settings, configuration and store, for the commands that need them."""

from __future__ import annotations

from config.settings import load_settings
from relay import hooks
from relay.connect import connect
from relay.embedded_redis import ensure
from relay.parts import Parts
from relay.store import Store


def open_parts() -> Parts:
    """Raises ConfigurationError when the environment or relay.yaml is wrong. Connects at the first question."""
    settings = load_settings()
    configuration = hooks.load(settings.config_path, settings.environ)
    return Parts(settings, configuration, Store(connect(settings.redis_url or ensure(settings.var))))
