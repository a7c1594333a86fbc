"""The environment as one frozen dataclass. Nothing else reads environment variables.

Reads a ``.env`` file in development only, and never lets it override the environment. Never prints a secret.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from dotenv import dotenv_values

from config.checking import Checks
from relay.errors import ConfigurationError

ROOT = Path(__file__).resolve().parent.parent

# Whoever finds one of these runs on somebody's platform, whatever RELAY_ENV says: its disk keeps nothing.
PLATFORM_MARKS = ("DYNO", "RENDER", "RAILWAY_ENVIRONMENT", "FLY_APP_NAME")
MOST_DAYS = 3650
STORE_SCHEMES = ("redis", "rediss", "unix", "redis+sentinel", "rediss+sentinel")
NO_STORE = (
    "REDIS_URL is missing. The relay keeps every event in Redis, and on a platform it does not start its own: add a "
    "Redis to the app (Heroku: heroku addons:create heroku-redis:premium-0), or set REDIS_URL to the redis:// or "
    "rediss:// address of one that persists. On your own machine leave RELAY_ENV unset: a Redis starts by itself."
)


@dataclass(frozen=True, slots=True)
class Settings:
    environment: str  # development or production
    port: int
    web_concurrency: int  # web processes
    redis_url: str | None = field(repr=False)  # complete: TLS options are in its query; None: the embedded server
    config_path: str  # of relay.yaml
    password: str = field(repr=False)  # of the status page; empty: the page is closed
    api_token: str = field(repr=False)  # empty: the API is closed
    secret_key: str = field(repr=False)  # signs the page's cookies
    justclick_login: str
    justclick_secret: str = field(repr=False)
    max_body: int = 1024 * 1024  # bytes
    trusted_proxies: int = 0  # hops in front of us whose X-Forwarded-* are believed
    in_flight: int = 64  # calls that one worker process has open at once
    keep_delivered_days: int = 30  # and discarded: since it ended
    keep_dead_days: int = 90
    keep_bodies_days: int = 30  # since they came in
    store_bytes: int = 0  # the store's memory, where the server itself reports no limit; 0: unknown
    var: Path = ROOT / "var"  # our files on disk (development)
    log_level: str = "info"
    host: str = "127.0.0.1"  # the address on which the web process listens
    web_threads: int = 16  # a web process; a sender that dawdles holds one of them
    reuse_port: bool = False  # each web process listens by itself (see config/gunicorn.py)
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)  # for the ${NAME}s of relay.yaml

    @property
    def production(self) -> bool:
        return self.environment == "production"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process, or of the mapping that is given (then no file is read).

    Raises ConfigurationError that lists every wrong value at once: its name, what it is (unless secret), what is right.
    """
    if environ is None:
        environ = complete(os.environ)
    checks = Checks(environ)
    environment = _environment(checks)
    production = environment == "production"
    settings = Settings(
        environment=environment,
        port=checks.number("PORT", 8000, 1, 65535),
        web_concurrency=checks.number("WEB_CONCURRENCY", 2 if production else 1, 1, 64),
        redis_url=_redis_url(checks, production),
        config_path=_config_path(checks),
        password=environ.get("RELAY_PASSWORD", ""),
        api_token=environ.get("RELAY_API_TOKEN", ""),
        secret_key=_secret_key(environ),
        justclick_login=_login(checks),
        justclick_secret=environ.get("JUSTCLICK_SECRET", ""),
        max_body=checks.size("RELAY_MAX_BODY", 1024 * 1024, 1024, 64 * 1024 * 1024),
        trusted_proxies=checks.number("RELAY_TRUSTED_PROXIES", 1 if on_platform(environ) else 0, 0, 10),
        in_flight=checks.number("RELAY_IN_FLIGHT", 64, 1, 1024),
        keep_delivered_days=checks.number("RELAY_KEEP_DELIVERED_DAYS", 30, 1, MOST_DAYS),
        keep_dead_days=checks.number("RELAY_KEEP_DEAD_DAYS", 90, 1, MOST_DAYS),
        keep_bodies_days=checks.number("RELAY_KEEP_BODIES_DAYS", 30, 1, MOST_DAYS),
        store_bytes=checks.size("RELAY_STORE_BYTES", 0, 1024 * 1024, 1024**4),
        var=Path(checks.text("RELAY_VAR") or ROOT / "var").absolute(),
        log_level=checks.choice("RELAY_LOG_LEVEL", "info", ("debug", "info", "warning", "error")),
        host=checks.text("RELAY_HOST") or ("0.0.0.0" if production else "127.0.0.1"),  # noqa: S104 - a router is in front
        web_threads=checks.number("RELAY_WEB_THREADS", 16, 1, 128),
        reuse_port=checks.choice("RELAY_REUSE_PORT", "no", ("no", "yes")) == "yes",
        environ=environ,
    )
    if checks.problems:
        raise ConfigurationError("\n".join(checks.problems))
    return settings


def complete(environ: Mapping[str, str], root: Path = ROOT) -> Mapping[str, str]:
    """The environment, in development completed by ``.env`` and by what ``make run`` keeps in ``var/dev.env``.

    The earlier one wins. An account in the environment or in .env replaces the sandbox's as a whole: a real login is
    never sent to the sandbox's address, nor the other way round.
    """
    if _is_production(environ):
        return dict(environ)
    found = {**_file(root / ".env"), **environ}
    if _is_production(found):  # the .env file itself says so
        return found
    kept = _file(Path(found.get("RELAY_VAR") or root / "var") / "dev.env")
    if found.get("JUSTCLICK_LOGIN") or found.get("JUSTCLICK_SECRET"):
        kept = {name: value for name, value in kept.items() if not name.startswith("JUSTCLICK_")}
    return {**kept, **{name: value for name, value in found.items() if value or name not in kept}}


def on_platform(environ: Mapping[str, str]) -> bool:
    return any(environ.get(mark) for mark in PLATFORM_MARKS)


def _is_production(environ: Mapping[str, str]) -> bool:
    return on_platform(environ) or environ.get("RELAY_ENV", "").strip().lower() == "production"


def _file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    # No interpolation: a secret may hold a dollar sign.
    return {name: value for name, value in dotenv_values(path, interpolate=False).items() if value is not None}


def _environment(checks: Checks) -> str:
    chosen = checks.choice("RELAY_ENV", "development", ("development", "production"))
    return "production" if on_platform(checks.environ) else chosen


def _redis_url(checks: Checks, production: bool) -> str | None:
    url = checks.text("REDIS_URL")
    if not url:
        if production:
            checks.problems.append(NO_STORE)
        return None
    parts = urlsplit(url)
    if parts.scheme not in STORE_SCHEMES or not (parts.netloc or parts.path):
        # The value holds a password more often than not, so only its beginning is told.
        checks.wrong("REDIS_URL", f"begins with {url.partition(':')[0][:20]!r}", f"one of {_schemes()}", shown=True)
        return None
    return _with_certificate_rules(url, checks)


def _with_certificate_rules(url: str, checks: Checks) -> str:
    """A ``rediss`` address with the rules about its certificate in its query; what stands there already stays.

    Certificates are verified. REDIS_CA_FILE names the authority to trust. Only on a Heroku dyno, whose store shows a
    certificate that it signed itself and publishes no authority for, an address without any rule is not verified.
    """
    parts = urlsplit(url)
    if not parts.scheme.startswith("rediss") or {"ssl_cert_reqs", "ssl_ca_certs"} & parse_qs(parts.query).keys():
        return url
    authority = checks.text("REDIS_CA_FILE")
    if authority:
        if not Path(authority).is_file():
            checks.wrong("REDIS_CA_FILE", authority, "the path of a PEM file with the certificate to trust")
        rule = f"ssl_ca_certs={quote(authority, safe='')}"
    elif checks.environ.get("DYNO"):
        rule = "ssl_cert_reqs=none"
    else:
        return url
    return parts._replace(query=f"{parts.query}&{rule}" if parts.query else rule).geturl()


def _config_path(checks: Checks) -> str:
    return checks.text("RELAY_CONFIG") or str(ROOT / "config" / "relay.yaml")


def _login(checks: Checks) -> str:
    login = checks.text("JUSTCLICK_LOGIN")
    if "/" in login or "." in login or "@" in login:
        likely = login.removeprefix("https://").removeprefix("http://").partition(".")[0].partition("@")[0]
        checks.wrong("JUSTCLICK_LOGIN", login, f"the login alone, without address or domain: {likely}")
    for present, absent in (("JUSTCLICK_LOGIN", "JUSTCLICK_SECRET"), ("JUSTCLICK_SECRET", "JUSTCLICK_LOGIN")):
        if checks.text(present) and not checks.text(absent):
            checks.problems.append(f"{absent} is missing although {present} is set: set both, or neither.")
    return login


def _secret_key(environ: Mapping[str, str]) -> str:
    """SECRET_KEY, else one made of the other secrets: the same in all processes, another when one of them changes."""
    given = environ.get("SECRET_KEY", "")
    names = ("RELAY_PASSWORD", "RELAY_API_TOKEN", "JUSTCLICK_SECRET", "REDIS_URL")
    others = [environ.get(name, "") for name in names]
    if given or not any(others):
        return given
    return hashlib.sha256("\0".join(["relay cookies", *others]).encode()).hexdigest()


def _schemes() -> str:
    return ", ".join(f"{scheme}://" for scheme in STORE_SCHEMES)
