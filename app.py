"""The web half is put together here, and nowhere else."""

from __future__ import annotations

import structlog
from flask import Flask
from flask.sessions import SessionInterface
from redis import Redis

from config.logging import configure_logging
from config.settings import Settings, load_settings
from relay import hooks
from relay.connect import connect
from relay.embedded_redis import ensure
from relay.parts import Parts
from relay.store import Store
from relay.web import api, auth, health, status
from relay.web import hooks as hooks_web

PATIENCE = 2.0  # seconds for one answer of the store, three times over: many senders give up after ten


class NoSession(SessionInterface):
    """Flask's own sessions are not used (the page has its own cookie): no signer is made for every webhook."""

    def open_session(self, *_: object) -> None:
        """None: there is none, and whoever asks for it meets an error."""

    def save_session(self, *_: object) -> None:
        """Never called: a session that was not opened has nothing to save."""


def create_app(settings: Settings | None = None, redis: Redis | None = None) -> Flask:
    """The application. Raises ConfigurationError when the environment or relay.yaml is wrong."""
    settings = settings or load_settings()
    configure_logging(settings)
    configuration = hooks.load(settings.config_path, settings.environ)
    for doubt in hooks.doubts(configuration):
        structlog.get_logger().warning("configuration.doubtful", doubt=doubt)
    store = Store(redis if redis is not None else connect(settings.redis_url or ensure(settings.var), timeout=PATIENCE))
    parts = Parts(settings, configuration, store)

    app = Flask("relay.web")
    app.secret_key = settings.secret_key
    app.session_interface = NoSession()
    app.extensions["relay"] = parts
    app.url_map.merge_slashes = False  # a doubled slash would be answered with a redirect, and no sender follows one
    app.register_blueprint(hooks_web.blueprint(parts))
    app.register_blueprint(health.blueprint(parts))
    app.register_blueprint(auth.blueprint(parts))
    app.register_blueprint(api.blueprint(parts))
    app.register_blueprint(status.blueprint(parts))
    return app
