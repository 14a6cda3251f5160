"""The road once through: from a caseworker's form to a steering group's PDF, with every real part running."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.product import eventually, running_product
from webapp.demo import ACCOUNTS, PASSWORD

TEXT = "Vi kallade mottagningen till ett möte om samordnad plan. Ingen svarade på kallelsen på fem veckor."
MOST_PAGES = 60  # for each role
WIDTHS = (1280, 390, 320)
VARYING = re.compile(r"(LH-\d{4}-\d+|(?<=/)\d+|(?<=/)[a-z]+(?:-[a-z]+)+(?=$|/)|\?.*)")


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_product(tmp_path_factory.mktemp("product")) as address:
        yield address


@pytest.fixture
def visit(browser: Browser, product: str) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=product, locale="sv-SE", accept_downloads=True)
    yield context
    context.close()


def sign_in(page: Page, email: str) -> None:
    page.goto("/logga-in")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/logga-in" not in url)


def file_report(page: Page) -> str:
    """Answer the three questions and send. Returns: the reference on the receipt."""
    page.goto("/rapportera")
    if page.locator("#area").is_visible():
        page.select_option("#area", label="Sävsjö")
    choose(page, "counterpart", "psykiatri")
    page.fill("#description", TEXT)
    choose(page, "occurred", "month")
    page.click("button[value=send]:not([tabindex])")
    page.wait_for_url("**/rapportera/kvitto/*")
    return page.locator(".lh-ref").inner_text()


def choose(page: Page, name: str, value: str) -> None:
    """Pick a choice as people do: by its words, which cover the whole row."""
    page.locator(f"input[name={name}][value={value}] + label").click()


def test_a_report_travels_from_the_form_to_the_coordinators_figures(visit: BrowserContext) -> None:
    page = visit.new_page()
    sign_in(page, "forsorjningsstod@example.org")
    reference = file_report(page)
    assert re.fullmatch(r"LH-\d{4}-\d{4}", reference)
    page.reload()
    assert page.locator(".lh-ref").inner_text() == reference
    page.goto("/mina-rapporter")
    assert page.get_by_text(reference).count() == 1
    coordinator = visit.browser.new_context(base_url=page.url.split("/mina")[0]).new_page()  # type: ignore[union-attr]
    sign_in(coordinator, "koordinator@example.org")

    def classified() -> bool:
        coordinator.goto("/avvikelser?om=psykiatri&period=1m")
        row = coordinator.locator("tr", has_text=reference)
        return row.count() == 1 and "säkerhet" in row.inner_text()

    assert eventually(classified)
    total = coordinator.locator("main").inner_text()
    assert "1 avvikelse" in total
    coordinator.goto(f"/avvikelser/{reference}")
    assert TEXT in coordinator.locator("main").inner_text()


def approve_the_month(page: Page) -> bool:
    """What the coordinator does with the steering group's month. Returns: whether it is released by now."""
    page.goto("/rapporter")
    row = page.locator("tr", has_text="Månadsrapport").filter(has_text="Styrgrupp Samverk Sävsjö")
    if row.count() == 0:
        return False
    page.goto(row.get_by_role("link", name=re.compile("Granska|Utskick")).first.get_attribute("href") or "")
    said = page.locator("main").inner_text()
    # The cases of the demo are still being counted when the first draft is made.
    if "Bygg om utkastet innan" in said:
        page.get_by_role("button", name="Bygg om").click()
    elif page.get_by_role("button", name="Godkänn och skicka").count():
        page.get_by_role("button", name="Godkänn och skicka").click()
    return "läsbar för forumet" in said


@pytest.mark.timeout(400)
def test_the_steering_group_downloads_its_month_as_an_accessible_pdf(visit: BrowserContext, browser: Browser) -> None:
    page = visit.new_page()
    sign_in(page, "styrgrupp@example.org")
    coordinator = browser.new_context(base_url=page.url.rsplit("/", 1)[0], locale="sv-SE").new_page()
    sign_in(coordinator, "koordinator@example.org")
    assert eventually(lambda: approve_the_month(coordinator), 240)  # after some twenty others, and built twice

    def ready() -> bool:
        page.goto("/rapporter")
        return page.locator("tr", has_text="Styrgrupp Samverk Sävsjö").get_by_role("link", name="PDF").count() > 0

    assert eventually(ready, 90)
    row = page.locator("tr", has_text="Styrgrupp Samverk Sävsjö").first
    with page.expect_download() as download:
        row.get_by_role("link", name="PDF").click()
    document = Path(download.value.path()).read_bytes()
    assert hashlib.sha256(document).hexdigest() in page.content()
    with pikepdf.open(io.BytesIO(document)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "sv"
        assert 1 <= len(pdf.pages) <= 6
    page.goto("/avvikelser")
    assert page.title().startswith("Sidan finns inte")


def test_the_form_works_without_scripts(browser: Browser, product: str) -> None:
    context = browser.new_context(base_url=product, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "psykiatri@example.org")
    page.goto("/rapportera")
    page.click("button[value=send]:not([tabindex])")
    assert page.title().startswith("Fel: ")
    page.get_by_role("link", name="Välj vilken motpart rapporten gäller").click()
    context.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("email", sorted({str(account.role): account.email for account in ACCOUNTS}.values()))
def test_every_page_is_accessible_and_keeps_to_the_policy(visit: BrowserContext, product: str, email: str) -> None:
    page = visit.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.on("request", lambda request: faults.append(request.url) if not request.url.startswith(product) else None)
    sign_in(page, email)
    seen: set[str] = set()
    waiting = ["/"]
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        if VARYING.sub("*", address) in seen:
            continue
        seen.add(VARYING.sub("*", address))
        faults += look_at(page, address)
        waiting += links(page)
    assert faults == []
    assert len(seen) > 3


def look_at(page: Page, address: str) -> list[str]:
    """What is wrong with one page: its answer, axe's findings, and what sticks out sideways."""
    answer: Response | None = page.goto(address)
    if answer is None or answer.status != 200:
        return [f"{address}: {answer.status if answer else 'no answer'}"]
    found = Axe().run(page).response["violations"]
    faults = [f"{address}: {rule['id']} {rule['nodes'][0]['html'][:120]}" for rule in found]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        wide = page.evaluate("document.documentElement.scrollWidth")
        faults += [f"{address}: {wide} px wide at {width}"] if wide > width else []
    return faults


def links(page: Page) -> list[str]:
    """The addresses of our own pages that a page leads to; files to download are not pages."""
    hrefs: list[str] = page.eval_on_selector_all(
        "a[href^='/']", "links => links.map(link => link.getAttribute('href'))"
    )
    return [
        href.split("#")[0]
        for href in hrefs
        if not re.search(r"^/static|^/konto/utdrag|\.(pdf|csv|ics|json)(\?|$)", href)
    ]
