"""The way of a summary in a real browser without scripts, on a phone: read, edited, approved, mailed, checked."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize

from models.delivery import DeliveryState
from tests.releases import SEATS, Office, open_office
from tests.site import PASSWORD, Site, address_of
from tests.smtp_stub import SmtpStub
from tests.test_granska_keyboard import served
from worker import pdf

REAL = pdf.render_summary
CLAIM = "Kontaktvägarna behöver styrgruppens hjälp."
PHONE: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture
def site(sqlite_site_url: str, tmp_path: Path) -> Site:
    """One database is enough for a journey; the rules behind it are tried on both."""
    return Site(sqlite_site_url, tmp_path)


def sign_in(browser: Browser, address: str, name: str) -> Page:
    page = browser.new_context(java_script_enabled=False, viewport=PHONE, base_url=address).new_page()
    page.goto("/logga-in")
    page.fill("#email", address_of(name))
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    return page


def look(page: Page) -> None:
    """Nothing sticks out sideways at the width of a phone."""
    assert page.locator("body").bounding_box()["width"] <= PHONE["width"]  # type: ignore[index]


@pytest.mark.timeout(300)
def test_from_draft_to_a_copy_that_is_known_to_be_genuine(
    browser: Browser, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SmtpStub(refused=(SEATS["fk"],)) as server, served(site) as address:
        office = open_office(site, monkeypatch, reports=60, mail_url=server.url, public_url=address)
        monkeypatch.setattr(pdf, "render_summary", REAL)
        approve_an_edited_draft(office, sign_in(browser, address, "coordinator"))
        office.deliver()
        assert sorted(taken.recipients[0] for taken in server.taken) == sorted([SEATS["af"], SEATS["kommun"]])
        assert office.mails()["Försäkringskassan"] == (DeliveryState.FAILED, "Mejlservern säger nej (550)")
        text = server.taken[0].letter.get_content()
        link = next(line for line in text.splitlines() if "/rapporter/" in line)
        document = fetch(sign_in(browser, address, "member"), link)
        assert f"{office.stored().pdf_sha256}" in text
        check_a_copy(browser, address, document)
        see_the_refused_mail(office, sign_in(browser, address, "coordinator"))
    site.database.dispose()


def approve_an_edited_draft(office: Office, page: Page) -> None:
    page.goto("/rapporter")
    page.locator("main").get_by_role("link", name="Granska").first.click()
    look(page)
    page.get_by_text("Ändra texterna").click()
    page.fill("#sentences_0_claim", CLAIM)
    page.get_by_role("button", name="Spara ändringarna").click()
    assert "Utkastet skrivs" in page.inner_text("main")
    office.build()
    page.reload()
    assert "Ändrad. Så stod det:" in page.content()
    page.get_by_role("button", name="Godkänn och skicka").click()
    assert "Godkänd. Dokumentet skrivs ut" in page.inner_text("main")
    office.build()
    page.reload()
    assert "Godkänd och läsbar för forumet." in page.inner_text("main")
    look(page)


def fetch(page: Page, link: str) -> Path:
    """The member follows the link of the mail and takes the file."""
    page.goto(link)
    assert CLAIM in page.inner_text("main")
    assert "Utkast." not in page.inner_text("main")
    with page.expect_download() as download:
        page.get_by_role("link", name="Hämta PDF").click()
    path = Path(download.value.path())
    with pikepdf.open(path) as opened:
        assert opened.Root.MarkInfo.Marked
    return path


def check_a_copy(browser: Browser, address: str, document: Path) -> None:
    """Somebody without an account has got the file."""
    page = browser.new_context(java_script_enabled=False, viewport=PHONE, base_url=address).new_page()
    page.goto("/rapporter/kontrollera")
    page.set_input_files("#file", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": document.read_bytes()})
    page.get_by_role("button", name="Kontrollera").click()
    look(page)
    said = page.inner_text("main")
    for words in ("Äkta", "Den gäller.", "samverkanskoordinator", "lsg-savsjo-2026-10-v1"):
        assert words in said


def see_the_refused_mail(office: Office, page: Page) -> None:
    page.goto(f"/rapporter/{office.summary_id}/granska")
    assert "Mejlservern säger nej (550)" in page.inner_text("main")
    look(page)
    page.get_by_role("button", name="Skicka igen").click()
    assert "Mejlet är köat." in page.inner_text("main")


def test_the_pages_are_accessible(browser: Browser, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(site) as address:
        office = open_office(site, monkeypatch, reports=60)
        page = browser.new_context(base_url=address, viewport={"width": 320, "height": 800}).new_page()
        page.goto("/logga-in")
        page.fill("#email", address_of("administrator"))
        page.fill("#password", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "/logga-in" not in url)
        review = f"/rapporter/{office.summary_id}/granska"
        for place in (review, "/rapporter/kontrollera", "/utskick", "/forum/lsg-savsjo"):
            page.goto(place)
            for summary in page.locator("details > summary").all():
                summary.click()
            found = Axe().run(page).response["violations"]
            assert [(place, rule["id"], rule["nodes"][0]["html"][:200]) for rule in found] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, place
    site.database.dispose()
