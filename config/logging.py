"""How everything logs: one event a line on stdout, JSON in production, readable in development.

Our own lines and those of gunicorn, RQ and urllib3 leave in the same shape. No line holds a secret, a body, the
parameters of a call, or the token and the query of a hook's address.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO, cast

import structlog

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping, Sequence

    from config.settings import Settings

# Words which, as a part of a name (api_token, TILDA_SECRET, request-body), keep the value out of every line.
NEVER = frozenset(
    word + ending
    for word in ("secret", "token", "password", "passwd", "body", "bodie", "param", "parameter", "cookie", "credential")
    for ending in ("", "s")
) | {"authorization"}
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_HOOK_ADDRESS = re.compile(r"(/hooks/[\w.-]+)(?:/[^\s?\"']+)?(?:\?[^\s\"']*)?")
_CREDENTIALS = re.compile(r"(\w+://)[^/\s@]*@")
# Libraries whose chatter names jobs, addresses and connections at every step.
QUIET = {"rq": logging.WARNING, "rq.worker": logging.WARNING, "urllib3": logging.ERROR, "werkzeug": logging.WARNING}


class _Stdout:
    """Whatever sys.stdout is at the moment of writing: tests exchange it.

    Where nothing can be written (whoever read it is gone, the disk is full) the line is lost, and the work goes on.
    """

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):  # ValueError: it is closed
            return sys.stdout.write(text)
        return 0

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            sys.stdout.flush()


class _Handler(logging.StreamHandler[_Stdout]):
    """Ours, so that setting up twice replaces it and leaves the handlers of others alone."""


def configure_logging(settings: Settings) -> None:
    """Sets up structlog and the standard library's logging of this process; may be called again."""
    production = settings.production
    number = logging.getLevelNamesMapping()[settings.log_level.upper()]
    ours: Sequence[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        *_common(production),
    ]
    structlog.configure(
        processors=[*ours, *_rendered(production)],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", _Stdout())),
        cache_logger_on_first_use=True,
    )
    handler = _Handler(_Stdout())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_log_level, _named_after_library, *_common(production)],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendered(production)],
        )
    )
    root = logging.getLogger()
    root.handlers = [*(other for other in root.handlers if not isinstance(other, _Handler)), handler]
    root.setLevel(number)
    for name, loudest in QUIET.items():
        logging.getLogger(name).setLevel(max(number, loudest))
    logging.captureWarnings(capture=production)


def without_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drops what is named like a secret, at any depth, and blanks tokens that stand inside texts."""
    for name in [name for name in event if is_secret(name)]:
        del event[name]
    for name, value in event.items():
        if name != "exc_info" and not name.startswith("_"):  # structlog's own, not texts
            event[name] = _cleaned(value)
    return event


def is_secret(name: str) -> bool:
    return any(word.lower() in NEVER for word in _WORDS.findall(name))


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {key: _cleaned(inner) for key, inner in value.items() if not is_secret(str(key))}
    if isinstance(value, list | tuple):
        return [_cleaned(inner) for inner in value]
    return value


def masked(text: str) -> str:
    """``/hooks/lead/<token>?email=...`` becomes ``/hooks/lead/...``; the password in an address goes as well."""
    if "/hooks/" in text:
        text = _HOOK_ADDRESS.sub(lambda found: found[1] + ("" if found[0] == found[1] else "/..."), text)
    return _CREDENTIALS.sub(r"\1...@", text) if "@" in text and "://" in text else text


def _common(production: bool) -> list[structlog.typing.Processor]:
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    clock = structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False)
    return [stamp if production else clock, structlog.processors.format_exc_info, without_secrets]


def _rendered(production: bool) -> list[structlog.typing.Processor]:
    if production:
        return [_ordered, structlog.processors.JSONRenderer(serializer=_json)]
    return [structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), pad_event_to=26)]


def _ordered(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Time, level and event first, for those who read the raw lines."""
    first = {name: event.pop(name) for name in ("timestamp", "level", "event") if name in event}
    return {**first, **event}


def _json(event: Mapping[str, Any], **_options: Any) -> str:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"), default=str)


def _named_after_library(logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A library's line: its text is ``message``, and the event says whose it is (``gunicorn.noted``)."""
    record = event.get("_record")
    name: str = record.name if record is not None else getattr(logger, "name", "python")
    event["message"] = event["event"]
    event["event"] = f"{name.partition('.')[0]}.noted"
    return event
