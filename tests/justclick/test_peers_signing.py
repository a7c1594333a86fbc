"""The peers do the same job: their signing agrees with ours. ``pytest benchmarks/peers/test_signing.py``."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from benchmarks.peers.contestants import FlaskCelery
from benchmarks.peers.peer import HERE
from relay.justclick.signing import signed_body

LEAD = {"email": "a+b'(c)*~!@example.com", "name": "Анна «Смирнова» & 100% \U0001f393", "phone": "+7 (999) 000-00-00"}
PARAMS = {"rid": ["webinar"], **{f"lead_{name}": value for name, value in LEAD.items()}}


def test_the_signing_of_the_flows_is_ours() -> None:
    """Node-RED and n8n take it from one file."""
    node = shutil.which("node")
    if not node:
        pytest.skip("needs node")
    source = (HERE / "justclick.js").read_text()
    asked = f"{source}; process.stdout.write(signedBody({json.dumps(LEAD)}, 'demo', 'secret'))"
    assert subprocess.check_output([node, "-e", asked]) == signed_body(PARAMS, "demo", "secret")


def test_the_signing_of_the_celery_task_is_ours() -> None:
    """It runs in an environment of its own."""
    if FlaskCelery.missing():
        pytest.skip(FlaskCelery.missing())
    asked = f"import shop; print(shop.signed_body({LEAD!r}), end='')"
    environ = {"JUSTCLICK_LOGIN": "demo", "JUSTCLICK_SECRET": "secret", "JUSTCLICK_URL": "", "BROKER": "redis://"}
    told = subprocess.check_output([FlaskCelery.bin / "python", "-c", asked], env=environ, cwd=HERE / "celery")
    assert told == signed_body(PARAMS, "demo", "secret")
