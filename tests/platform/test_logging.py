"""config/logging.py: one event a line, one shape for all, and no secrets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.logging import is_secret, masked

ROOT = Path(__file__).parents[2]
HEAD = """
import logging, warnings, structlog
from config.logging import configure_logging
from config.settings import load_settings
configure_logging(load_settings({environ!r}))
log = structlog.get_logger()
"""
PRODUCTION = {"RELAY_ENV": "production", "REDIS_URL": "redis://h"}


def logged(code: str, environ: dict[str, str] | None = None) -> str:
    """What a process of its own writes to stdout."""
    program = HEAD.format(environ=PRODUCTION if environ is None else environ) + code
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout


def lines(code: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in logged(code).splitlines()]


def test_an_event_is_one_json_line() -> None:
    """Time, level and event first; Cyrillic stays readable; what JSON does not know becomes text."""
    written = logged("log.info('delivery.attempted', hook='вебинар', code=0, path=__import__('pathlib').Path('/a'))")
    (line,) = written.splitlines()
    assert list(json.loads(line)) == ["timestamp", "level", "event", "hook", "code", "path"]
    assert "вебинар" in line
    assert json.loads(line)["timestamp"].endswith("Z")


def test_libraries_speak_in_the_same_shape() -> None:
    """gunicorn, RQ and whatever uses the standard library."""
    (event,) = lines("logging.getLogger('gunicorn.error').warning('Worker %s left', 7)")
    assert (event["event"], event["message"], event["level"]) == ("gunicorn.noted", "Worker 7 left", "warning")


def test_warnings_of_python_are_events_too() -> None:
    """Nothing but JSON on a platform's log."""
    (event,) = lines("warnings.warn('old')")
    assert "old" in event["message"]


def test_an_exception_stays_on_its_line() -> None:
    """A traceback of many lines is one event."""
    code = "try:\n    1 / 0\nexcept ZeroDivisionError:\n    log.exception('worker.failed', hook='a')"
    (event,) = lines(code)
    assert event["level"] == "error"
    assert "ZeroDivisionError" in event["exception"]


def test_nothing_named_like_a_secret_gets_out() -> None:
    """At any depth, in ours and in names of others; what is harmless stays."""
    names = ["api_token", "secret", "password", "TILDA_SECRET", "apiToken", "body", "request_body", "params", "cookies"]
    given = dict.fromkeys(names, "hidden")
    (event,) = lines(f"log.info('a.b', hook='h', nested={{'deep': [{given!r}], 'kept': 1}}, **{given!r})")
    assert "hidden" not in str(event)
    assert event["hook"] == "h"
    assert event["nested"]["kept"] == 1


def test_tokens_in_addresses_are_blanked_also_in_tracebacks() -> None:
    """A library that logs the address of a request, a password in the address of the store."""
    code = (
        "logging.getLogger('gunicorn.error').error('Error handling request %s', 'POST /hooks/lead/t0k3n?email=a@b.c')\n"
        "try:\n    raise ValueError('redis://:pa55@host/0')\nexcept ValueError:\n    log.exception('x.y')"
    )
    written = logged(code)
    assert not any(secret in written for secret in ("t0k3n", "a@b.c", "pa55"))
    assert "/hooks/lead/..." in written


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("/hooks/lead/abc", "/hooks/lead/..."),
        ("/hooks/lead?x=1", "/hooks/lead/..."),
        ("/hooks/lead/abc?x=1 HTTP/1.1", "/hooks/lead/... HTTP/1.1"),
        ("/hooks/lead", "/hooks/lead"),
        ("rediss://user:pa/ss@h", "rediss://user:pa/ss@h"),
        ("rediss://user:pass@h:1/0", "rediss://...@h:1/0"),
        ("anna@example.com", "anna@example.com"),
    ],
)
def test_what_is_blanked_in_a_text(text: str, left: str) -> None:
    """Only the token and the query of a hook's address, and the credentials of any address."""
    assert masked(text) == left


@pytest.mark.parametrize("name", ["token", "api_token", "apiToken", "X-Auth-Token", "RELAY_PASSWORD", "body", "params"])
def test_names_of_secrets(name: str) -> None:
    """Whole words, in every spelling."""
    assert is_secret(name)


@pytest.mark.parametrize("name", ["hook", "code", "anybody", "parameterless_count", "tokenizer", "event_id"])
def test_names_of_no_secrets(name: str) -> None:
    """Words that only contain such a word."""
    assert not is_secret(name)


def test_the_level_holds_for_all() -> None:
    """RELAY_LOG_LEVEL=warning silences information, ours and theirs."""
    code = "log.info('a.b'); logging.getLogger('x').info('c'); log.warning('d.e')"
    written = logged(code, {**PRODUCTION, "RELAY_LOG_LEVEL": "warning"})
    assert [json.loads(line)["event"] for line in written.splitlines()] == ["d.e"]


def test_rq_does_not_tell_about_every_job() -> None:
    """Its lines name jobs with their arguments."""
    assert lines("logging.getLogger('rq.worker').info('default: relay.deliver(...)')") == []


def test_in_development_it_is_made_for_people() -> None:
    """No JSON at home."""
    written = logged("log.info('delivery.attempted', hook='webinar', token='hidden')", {})
    assert "delivery.attempted" in written
    assert "hook=webinar" in written
    assert "{" not in written
    assert "hidden" not in written


def test_setting_up_twice_writes_once() -> None:
    """The master of gunicorn and the application both do it."""
    code = f"configure_logging(load_settings({PRODUCTION!r})); logging.getLogger('x').warning('once')"
    assert len(lines(code)) == 1


@pytest.mark.parametrize("gone", ["reader", "disk"])
def test_a_line_that_cannot_be_written_stops_nothing(gone: str) -> None:
    """The work goes on, and what it has done can be recorded."""
    code = "log.info('a'); logging.getLogger('gunicorn').error('b'); import sys; sys.stderr.write('went on')"
    program = HEAD.format(environ=PRODUCTION) + code
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe, Path("/dev/full").open("w") as full:
        stdout = pipe if gone == "reader" else full
        done = subprocess.run(
            [sys.executable, "-uc", program], cwd=ROOT, stdout=stdout, stderr=subprocess.PIPE, check=False
        )
    assert done.stderr.endswith(b"went on")
