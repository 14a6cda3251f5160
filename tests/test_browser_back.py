"""What a browser does by itself: Back lays no old choices beside a fresh stamp and sends no report twice, and Enter
presses the button that sends."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from models import Report
from models.report import ReportState
from tests.desk import decide, report_of
from tests.site import PASSWORD, TEXT, Site, address_of
from tests.test_granska_keyboard import served

ON_ONE = pytest.mark.parametrize("site_url", ["sqlite"], indirect=True)  # a browser behaves the same on both


def sign_in(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/logga-in")
    page.fill("#email", address_of(name))
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/logga-in" not in url)


@ON_ONE
def test_going_back_does_not_overwrite_what_a_colleague_saved(site: Site, page: Page) -> None:
    reference = site.sign_in("reporter").file_report()
    with served(site) as address:
        sign_in(page, address, "coordinator")
        page.goto(f"{address}/granska/{reference}")
        page.select_option("#category", "handover")
        page.get_by_text("Hos part:").click()
        page.goto(f"{address}/granska")
        saved = {"category": "rules", "destination": "no_forum", "reason": "Löst på telefon"}
        assert decide(site.sign_in("coordinator"), site, reference, **saved).status_code == 303
        page.go_back()
        assert page.input_value("#category") == "rules"
        assert not page.is_checked("input[value=party]")
        page.click("button[value=stay]")
        page.wait_for_load_state()
    report = report_of(site, reference)
    assert (report.category, report.state, report.close_reason) == ("rules", ReportState.CLOSED, "Löst på telefon")


@ON_ONE
def test_going_back_does_not_move_a_choice_to_the_one_below(site: Site, page: Page) -> None:
    """What is saved takes away an option, so that the same place in the list is another choice."""
    reporter = site.sign_in("reporter")
    first, second = reporter.file_report(), reporter.file_report()
    with served(site) as address:
        sign_in(page, address, "coordinator")
        page.goto(f"{address}/granska/{first}")
        page.select_option("#category", "handover")
        page.get_by_text("Hos part:").click()
        with page.expect_navigation(url=f"**/granska/{second}#rapporten"):
            page.click("button[value=next]")
        page.go_back()
        assert page.locator("h1").inner_text() == f"Granska {first}"
        assert page.input_value("input[name=destination]:checked") == "stay"
        with page.expect_navigation():
            page.click("button[value=stay]")
    assert report_of(site, first).state is ReportState.WITH_PARTY


@ON_ONE
def test_going_back_to_an_answer_does_not_bring_its_old_words_back(site: Site, page: Page) -> None:
    reference = site.sign_in("reporter").file_report()
    decide(site.sign_in("coordinator"), site, reference)
    with served(site) as address:
        sign_in(page, address, "coordinator")
        page.goto(f"{address}/granska/{reference}/svar")
        page.fill("#cause", "En gammal förklaring som ingen längre menar.")
        page.goto(f"{address}/granska")
        page.go_back()
        assert page.input_value("#cause") == ""


@ON_ONE
def test_going_back_and_sending_again_files_no_second_report_unasked(site: Site, page: Page) -> None:
    """The text is still there, so that nobody has to write it twice; the server knows that it has it."""
    with served(site) as address:
        sign_in(page, address, "reporter")
        page.goto(f"{address}/rapportera")
        page.check("input[name=counterpart][value=psykiatri]", force=True)
        page.fill("#description", TEXT)
        page.check("input[name=occurred][value=week]", force=True)
        page.select_option("#area", "savsjo")  # who reports in two areas chooses the first time
        page.get_by_role("button", name="Skicka rapporten").click()
        page.wait_for_url("**/kvitto/LH-2026-0001")
        page.go_back()
        assert page.input_value("#description") == TEXT
        page.get_by_role("button", name="Skicka rapporten").click()
        page.get_by_text("redan skickad och har numret LH-2026-0001").wait_for()
        assert (page.input_value("#description"), site.count(Report)) == (TEXT, 1)
        page.get_by_role("button", name="Skicka rapporten").click()
        page.wait_for_url("**/kvitto/LH-2026-0002")


@ON_ONE
def test_the_other_form_keeps_the_text_and_enter_still_sends(site: Site, browser: Browser) -> None:
    with served(site) as address:
        page = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800}).new_page()
        sign_in(page, address, "reporter")
        page.goto(f"{address}/rapportera")
        page.fill("#description", TEXT)
        page.get_by_role("button", name="Något som fungerade").click()
        assert page.locator("h1").inner_text() == "Berätta om samverkan som fungerade"
        assert page.input_value("#description") == TEXT
        assert page.locator("body").bounding_box()["width"] <= 320  # type: ignore[index]
        page.locator("#feedback_email").press("Enter")
        assert "Rapporten är inte skickad" in page.inner_text("main")
        assert "Välj vilken motpart rapporten gäller" in page.inner_text("main")
