"""A real Chromium against the web half, served on loopback over a real Redis. Skipped plainly where there is none."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from tests.support import needs
from tests.web.conftest import PASSWORD, Web, make_web, web

__all__ = ["make_web", "web"]  # fixtures

# Debian's Chromium, without what it would tell or ask others by itself.
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]


@dataclass
class Site:
    web: Web
    url: str
    browser: Browser

    def visitor(self, width: int = 1280, *, locale: str = "en", scheme: str = "light", script: bool = True) -> Page:
        """A new window; what would leave this machine fails the test by being refused."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 800},
            locale=locale,
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=script,
            base_url=self.url,
        )
        context.set_default_timeout(10_000)
        return _watched(context, self.url)

    def insider(self, width: int = 1280, *, locale: str = "en", scheme: str = "light", script: bool = True) -> Page:
        page = self.visitor(width, locale=locale, scheme=scheme, script=script)
        page.goto("/")
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_url(self.url + "/")
        return page


def _watched(context: BrowserContext, url: str) -> Page:
    """Whatever the page asks for elsewhere is cut off and remembered, and so is what the browser complains of."""
    page = context.new_page()
    page.complaints = []  # type: ignore[attr-defined]
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)  # type: ignore[attr-defined]
    page.on("request", lambda asked: None if asked.url.startswith(url) else page.complaints.append(asked.url))  # type: ignore[attr-defined]
    return page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = needs.path_of(*needs.CHROMIUM)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def site(web: Web, browser: Browser) -> Iterator[Site]:
    server = make_server("127.0.0.1", 0, web.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(web, f"http://127.0.0.1:{server.port}", browser)
    for context in browser.contexts:
        context.close()
    server.shutdown()
    thread.join(10)
