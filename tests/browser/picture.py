"""Makes docs/images/status-page.png: ``python -m tests.browser.picture``.

A real Chromium looks at the real page, over a real Redis that real webhooks and answers have filled.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from app import create_app
from config.settings import load_settings
from relay.connect import connect
from relay.outcomes import Accepted, Outcome, Refused, Unreached
from relay.parts import Parts
from relay.redis_programs import candidates
from tests.browser.conftest import FLAGS
from tests.support.story import Story
from tests.web.conftest import ENVIRON, PASSWORD

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "images" / "status-page.png"
CONFIGURATION = """
accounts:
  school:
    login: ${JUSTCLICK_LOGIN}
    secret: ${JUSTCLICK_SECRET}
    max_in_flight: 1000
    max_per_second: 1000
hooks:
  webinar:
    provider: tilda
    secret: ${LEAD_TOKEN}
    calls: [{function: AddLeadToGroup, params: {rid: webinar}}]
  newsletter:
    provider: generic
    token: ${LEAD_TOKEN}
    contact: {email: "{{ body.email }}"}
    calls: [{function: AddLeadToGroup, params: {rid: news}}]
  orders:
    provider: generic
    token: ${LEAD_TOKEN}
    contact: {email: "{{ body.email }}"}
    order: {id: "{{ body.order }}", amount: "{{ body.amount }}"}
    calls: [{function: CreateOrder, params: {goods: [{good_name: course, good_sum: "{{ order.amount }}"}]}}]
"""
ADDRESS = "relay.example.com:80"
TROUBLE: tuple[Outcome, ...] = (
    Refused(100, "Email is missing"),
    Refused(100, "Email is missing"),
    Refused(103, "Incorrect rass_id"),
    Unreached("timeout", "No answer within 15 s.", may_have_arrived=True),
)


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="relay-picture-"))
    socket = folder / "redis.sock"
    command = [candidates()[0], "--port", "0", "--unixsocket", str(socket), "--dir", str(folder), "--appendonly", "yes"]
    redis = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        while not socket.exists():
            threading.Event().wait(0.05)
        _take(folder, f"unix://{socket}")
    finally:
        redis.terminate()
        redis.wait(10)
        shutil.rmtree(folder)
    sys.stdout.write(f"{PICTURE}\n")


def _take(folder: Path, redis_url: str) -> None:
    (folder / "relay.yaml").write_text(CONFIGURATION, encoding="utf-8")
    environ = {**ENVIRON, "RELAY_CONFIG": str(folder / "relay.yaml"), "RELAY_LOG_LEVEL": "error"}
    app = create_app(load_settings(environ), connect(redis_url, max_connections=8))
    parts: Parts = app.extensions["relay"]
    _a_day(Story(parts.store, parts.configuration))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or "chromium"
        shown_as = f"--host-resolver-rules=MAP {ADDRESS} 127.0.0.1:{server.port}"
        browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, shown_as])
        page = browser.new_page(viewport={"width": 1180, "height": 830}, locale="en", device_scale_factor=1.5)
        page.goto(f"http://{ADDRESS}/")
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_selector(".verdict")
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(PICTURE), clip={"x": 0, "y": 0, "width": 1180, "height": 830})
        browser.close()
    server.shutdown()


def _a_day(story: Story) -> None:
    """Many leads that went well, a few that did not, an order, a sender with a wrong token."""
    leads = [_on_tilda(story, number) for number in range(812)]
    leads += [story.lead(f"reader{number}@example.com", "newsletter") for number in range(392)]
    orders = [
        story.calls_of(
            story.came(
                "orders", {"email": f"buyer{number}@example.com", "order": str(10400 + number), "amount": "4900"}
            )
        )[0]
        for number in range(38)
    ]
    for lead, outcome in zip(leads, TROUBLE, strict=False):
        story.answered(lead, outcome)
    for lead in leads[len(TROUBLE) :]:
        story.delivered(lead)
    for number, order in enumerate(orders):
        story.answered(order, Accepted(0, "Order created", {"bill_id": 7000 + number}))
    for _ in range(3):
        story.came("newsletter", {"email": "late@example.com"}, token="old-token")
    story.delivered(story.lead("latest@example.com", "newsletter"))
    story.delivered(_on_tilda(story, 9000))
    story.beats(0)


def _on_tilda(story: Story, number: int) -> str:
    body = {"Email": f"lead{number}@example.com", "Name": "Anna", "tranid": f"1:{number}"}
    return story.calls_of(story.came("webinar", body, token="", headers={"x-api-key": "lead-token"}))[0]


if __name__ == "__main__":
    main()
