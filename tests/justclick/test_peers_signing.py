"""What the bench starts beside the relay does the same job: its signing agrees with ours (benchmarks/peers)."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from benchmarks.peers.contestants import n8n_body
from benchmarks.peers.peer import HERE
from relay.justclick.signing import signed_body
from tests.support import needs

needs_node = needs.program(*needs.NODE)

LEAD = {"email": "a+b'(c)*~!@example.com", "name": "Анна «Смирнова» & 100% \U0001f393", "phone": "+7 (999) 000-00-00"}
PARAMS = {"rid": ["webinar"], **{f"lead_{name}": value for name, value in LEAD.items()}}
SIGNED = signed_body(PARAMS, "demo", "secret")


@pytest.fixture
def node() -> str:
    return needs.path_of(*needs.NODE)


@needs_node
def test_the_signing_of_node_red_is_ours(node: str) -> None:
    source = (HERE / "justclick.js").read_text()
    asked = f"{source}; process.stdout.write(signedBody({json.dumps(LEAD)}, 'demo', 'secret'))"
    assert subprocess.check_output([node, "-e", asked]) == SIGNED


@needs_node
def test_the_signing_of_n8n_is_ours(node: str) -> None:
    """Its own ``hash`` of a text is a function of n8n's; the rest is what stands in the flow."""
    md5 = "return require('crypto').createHash(name).update(this + '').digest('hex');"
    shim = f"String.prototype.hash = function (name) {{ {md5} }};"
    expression = n8n_body("secret").removeprefix("={{").removesuffix("}}")
    asked = f"{shim} const $json = {{body: {json.dumps(LEAD)}}}; process.stdout.write({expression})"
    assert subprocess.check_output([node, "-e", asked]) == SIGNED


def test_the_signing_of_the_celery_task_is_ours() -> None:
    asked = f"import signing; print(signing.signed_body({LEAD!r}, 'demo', 'secret'), end='')"
    assert subprocess.check_output([sys.executable, "-c", asked], cwd=HERE / "celery") == SIGNED
