"""The page as a person meets it: finding a lead, mending it, on a phone, by keyboard, in the dark, without scripts."""

from __future__ import annotations

import pytest

from relay.lifecycle import State
from relay.outcomes import Refused, Unreached
from tests.browser.conftest import Site
from tests.support import needs
from tests.web.conftest import PASSWORD

pytestmark = needs.program(*needs.CHROMIUM)

LONG = "a.very.long.name.that.nobody.would.type.twice.in.a.row.but.some.do@subdomain.of.a.school.example.com"
# The ratio of every text to what lies behind it, as WCAG 2 counts it; returns what is too faint.
FAINT = """() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (node) => {
    for (let one = node; one; one = one.parentElement) {
      const colour = rgb(getComputedStyle(one).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!own || !node.checkVisibility() || node.closest(".unseen, .skip, option")) continue;
    const style = getComputedStyle(node);
    const [a, b] = [light(rgb(style.color)), light(behind(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.6 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) faint.push([node.tagName, node.textContent.trim().slice(0, 40), ratio.toFixed(2)]);
  }
  return faint;
}"""


def told(site: Site) -> list[str]:
    """A relay with something in most states; the addresses of all kinds of pages over it."""
    story = site.web.story
    dead, late = story.lead(LONG, name="Ж" * 200, tag="x" * 300), story.lead("late@example.com")
    story.answered(dead, Refused(103, "Incorrect rass_id" + "!" * 200))
    story.answered(late, Unreached("timeout", "No answer within 15 s.", may_have_arrived=True))
    story.came("lead", {"email": "lost@example.com"}, token="wrong", headers={"x-long": "y" * 400})
    unmapped = story.came("lead", {"name": "Nobody" * 30})
    waiting = story.calls_of(story.came("payment", {"order": "9" * 60}))[0]
    story.answered(story.lead("anna@example.com"), Refused(4, "Incorrect hash"))
    event = story.store.delivery(dead)
    assert event is not None
    return [
        *("/", "/deliveries", "/deliveries?state=dead", "/deliveries?state=discarded", "/events", "/codes"),
        *("/search", f"/search?q={LONG}", "/search?q=lost@example.com", "/search?q=nobody@example.com"),
        *(
            "/inbox/lead",
            "/inbox/lead/try",
            "/inbox/lead/refusals",
            "/inbox/payment/refusals",
            "/codes/103",
            "/codes/302",
            "/reasons/timeout",
        ),
        *("/replays/new?code=103", f"/deliveries/{dead}/discard", "/nowhere"),
        *(f"/deliveries/{one}" for one in (dead, late, waiting, *story.calls_of(unmapped))),
        *(f"/events/{one}" for one in (event.event_id, unmapped)),
    ]


def test_log_in_find_a_lead_replay_it_without_scripts(site: Site) -> None:
    """The whole way of somebody who is asked "where is my lead?", with JavaScript switched off."""
    dead = site.web.story.lead("anna@example.com")
    site.web.story.answered(dead, Refused(103, "Incorrect rass_id"))
    page = site.visitor(script=False)
    page.goto("/deliveries?state=dead")
    page.fill("#password", "wrong")
    page.click("main button")
    assert "not the password" in page.inner_text("main")
    page.fill("#password", PASSWORD)
    page.click("main button")
    assert page.url.endswith("/deliveries?state=dead")
    page.fill("#q", "anna@example.com")
    page.press("#q", "Enter")
    page.click("main table a:has-text('anna@example.com')")
    assert "There is no such group" in page.inner_text("main")
    page.click("text=Replay as sent")
    assert "Queued again" in page.inner_text("[role=status]")
    found = site.web.story.store.delivery(dead)
    assert found is not None
    assert found.state == State.QUEUED


def test_discarding_asks_first(site: Site) -> None:
    """Going back changes nothing; saying yes does."""
    dead = site.web.story.lead("anna@example.com")
    site.web.story.answered(dead, Refused(100, "Email is missing"))
    page = site.insider()
    page.click("text=Look at them")
    page.click("main table a:has-text('anna@example.com')")
    page.click("text=Discard …")
    page.click("text=Go back")
    page.click("text=Discard …")
    page.click("text=Discard it")
    assert "It will not be sent" in page.inner_text("[role=status]")


def test_pausing_and_resuming_an_account(site: Site) -> None:
    """From the overview, with a note for the others."""
    page = site.insider()
    page.click("summary:has-text('Pause')")
    page.fill("input[name=note]", "Moving the shop")
    page.click("details button:has-text('Pause')")
    assert "Moving the shop" in page.inner_text("#pauses")
    page.click("#pauses button:has-text('Resume')")
    assert page.locator("#pauses").count() == 0


def test_the_language_switch(site: Site) -> None:
    """One click, and it stays on the page where one is."""
    page = site.insider()
    page.goto("/deliveries?state=dead")
    page.click("footer >> text=Русский")
    assert page.url.endswith("/deliveries?state=dead")
    assert "Требуют решения" in page.inner_text("h1")


@pytest.mark.parametrize("locale", ["en", "ru"])
def test_nothing_scrolls_sideways_on_a_phone(site: Site, locale: str) -> None:
    """Every page at 360 px, with long names, addresses and words in it."""
    paths = told(site)
    page = site.insider(360, locale=locale)
    for path in paths:
        page.goto(path)
        for summary in page.query_selector_all("summary"):
            summary.click()
        wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], (path, wide)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(site: Site, scheme: str) -> None:
    """Contrast of WCAG AA on every page, by day and by night."""
    paths = told(site)
    page = site.insider(scheme=scheme)
    for path in paths:
        page.goto(path)
        assert page.evaluate(FAINT) == [], path


def test_screen_readers_and_keyboards_find_their_way(site: Site) -> None:
    """One heading of the first level, labels for all fields, named columns, and a way past the menu."""
    paths = told(site)
    page = site.insider()
    for path in paths:
        page.goto(path)
        assert page.locator("h1").count() == 1, path
        assert page.locator("main#main").count() == 1
        unlabelled = page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]):not([hidden]), select')]"
            ".filter((one) => !one.labels.length && !one.ariaLabel).map((one) => one.outerHTML)"
        )
        assert unlabelled == [], path
        assert page.evaluate("[...document.querySelectorAll('thead th:not([scope=col])')].length") == 0
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_pages_load_nothing_foreign_and_break_no_rule(site: Site) -> None:
    """The browser has no complaint about our content security policy, and nothing is asked of another host."""
    paths = [path for path in told(site) if path != "/nowhere"]
    page = site.insider()
    for path in paths:
        page.goto(path)
    assert page.complaints == []  # type: ignore[attr-defined]
