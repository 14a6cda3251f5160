"""Reviewing by keyboard alone: how many keys one report takes, counted in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from sqlalchemy import select
from werkzeug.serving import make_server

from models import Report
from models.report import ReportState
from tests.desk import suggest
from tests.site import PASSWORD, Site, address_of

MOST_KEYS = 8  # what a report that needs no writing may take


@contextmanager
def served(site: Site) -> Iterator[str]:
    """The site at an address of its own."""
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


class Keyboard:
    """A page that is used by keys only, each of them counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))


def start(site: Site, page: Page, address: str, count: int) -> list[str]:
    reporter = site.sign_in("reporter")
    filed = [reporter.file_report() for _ in range(count)]
    for reference in filed:
        suggest(site, reference, "handover")
    page.goto(f"{address}/logga-in")
    page.fill("#email", address_of("coordinator"))
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.goto(f"{address}/granska/{filed[0]}#rapporten")
    return filed


def test_a_report_is_reviewed_with_few_keys(site: Site, page: Page) -> None:
    """From the page that `Spara och öppna nästa` leads to, until the next one stands there."""
    with served(site) as address:
        filed = start(site, page, address, 3)
        keys = Keyboard(page)
        keys.press("Tab")
        assert keys.focused() == "Hoppa till bedömningen"
        keys.press("Enter")
        assert keys.focused() == "category"
        keys.press("Tab", "Tab")
        assert keys.focused() == "destination"
        keys.press("Space")
        with page.expect_navigation(url=f"**/granska/{filed[1]}#rapporten"):
            keys.press("Enter")
        assert page.locator("h1").inner_text() == f"Granska {filed[1]}"
        first = keys.pressed
        keys.press("Tab", "Enter", "Tab", "Tab", "Space")
        with page.expect_navigation(url=f"**/granska/{filed[2]}#rapporten"):
            keys.press("Enter")
    assert (first, keys.pressed) == (6, 12)
    assert first <= MOST_KEYS
    with site.database.read() as session:
        rows = {report.reference: report.state for report in session.scalars(select(Report))}
        categories = set(session.scalars(select(Report.category)))
    assert rows == {filed[0]: ReportState.ROUTED, filed[1]: ReportState.ROUTED, filed[2]: ReportState.RECEIVED}
    assert categories == {"handover"}


def test_what_a_choice_asks_for_shows_when_it_is_chosen(site: Site, page: Page) -> None:
    with served(site) as address:
        start(site, page, address, 1)
        assert not page.locator("#question").is_visible()
        page.locator("input[value=ask]").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        assert Keyboard(page).focused() == "question"
        page.keyboard.type("Vilken mottagning?")
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/granska")
        assert "Behöver komplettering" in page.locator("main").inner_text()


def test_the_desks_pages_have_no_fault_that_axe_finds_and_fit_every_width(site: Site, page: Page) -> None:
    with served(site) as address:
        (reference,) = start(site, page, address, 1)
        for path in ("/granska", f"/granska/{reference}", f"/granska/{reference}/text"):
            page.goto(address + path)
            assert Axe().run(page).response["violations"] == []
            for width in (1280, 390, 320):
                page.set_viewport_size({"width": width, "height": 900})
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
