"""Every page that an address gives, in a real browser, as each role that may see it; and every form with its errors.

Each is looked at by axe at the width of a small phone. The policy is strict, so anything inline or from elsewhere would
be refused by the browser and told on its console.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Response
from sqlalchemy import select, update
from werkzeug.exceptions import HTTPException

from models import AgendaItem, Report, User
from models.account import Purpose, make_token, order_token
from models.report import ReportState
from tests.actions import add_action
from tests.answered import add_alike, answer, publish
from tests.disposals import add_rule, freeze
from tests.forums import LSG, Room
from tests.handouts import begin
from tests.releases import open_office
from tests.site import PASSWORD, Site, Visitor, address_of
from tests.test_access import ONE_OF_EACH
from tests.test_clustering import WHEELCHAIR
from tests.test_every_field import furnished
from tests.test_granska_keyboard import served
from tests.test_monster import file_all, group_reports
from tests.test_replay import gaps
from tests.web_forms import WebForm, forms_of
from webapp.access import ANYBODY, ENDPOINTS

__all__ = ["furnished"]  # a fixture
ON_ONE = pytest.mark.parametrize("site_url", ["sqlite"], indirect=True)  # what a page looks like is the same on both
WIDTH = 320
EACH = 6  # pages of one endpoint that are followed; the rest differ in their rows alone
PERSON = {role.value: name for role, name in ONE_OF_EACH.items()}
ENDS = ("/logga-ut", "/static")
# Addresses that no page of this site leads to, and where they are looked at.
ELSEWHERE = {
    "issuers.begin": "leads to the employer's own page (test_issuers)",
    "issuers.finish": "leads back from there (test_issuers)",
    "lamna_ut.download": "a file, once it is decided (test_lamna_ut_masks)",
    "lamna_ut.export": "a file, once it is decided (test_lamna_ut_masks)",
    "lamna_ut.letter": "a letter, once it is decided (test_lamna_ut_decisions)",
    "losenord.choose": "only a mail leads there; looked at below",
    "static": "files, not pages",
    "utskick.show_mail": "where mail lies in a folder (test_utskick)",
}
# What a coordinator sees only with the federation's own post; the administrator sees it here.
WITH_POST = {"coordinator": {"tjanster.list_posts", "utskick.list_deliveries"}}
WRONG = "850312-9812"  # refused in every field, so that every field shows its error
MET_ELSEWHERE = re.compile("the server responded with a status of")  # the console tells of each 404 and 422


@pytest.fixture
def busy(furnished: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site where something of every kind is under way: a month that is released, an answer that is open to all,
    actions, patterns, a copy to hand out, a rule of disposal with its protocol."""
    office = open_office(furnished, monkeypatch, reports=30)
    office.approve()
    for party in ("region", "kommun"):
        add_action(Room(furnished), party=party)
    reference, *_, old = add_alike(furnished, 6, 3)
    answer(furnished.sign_in("coordinator"), furnished, reference)
    assert publish(furnished.sign_in("coordinator"), furnished, reference).status_code == 303
    file_all(furnished, WHEELCHAIR[:4])
    assert group_reports(furnished)
    assert begin(furnished, references="LH-2026-0001").status_code == 303
    assert add_rule(furnished).status_code == 303
    long_ago = furnished.moment - timedelta(days=1100)
    closed = {"state": ReportState.CLOSED, "received_at": long_ago, "closed_at": long_ago}
    with furnished.database.write() as session:
        session.execute(update(Report).where(Report.reference == old).values(closed))
    freeze(furnished.sign_in("administrator"))
    return furnished


class Crawl:
    """What one role reaches by links: one page of each endpoint, the text of every page, and the forms on them."""

    def __init__(self, site: Site, role: str) -> None:
        self.site, self.role = site, role
        self.visitor: Visitor = site.visitor() if role == "stranger" else site.sign_in(PERSON[role])
        self.pages: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.reached: set[str] = set()
        self.forms: dict[tuple[str, tuple[str, ...]], WebForm] = {}
        self._adapter = site.app.url_map.bind("localhost")
        self._go()

    def may(self, endpoint: str) -> bool:
        roles = ENDPOINTS[endpoint]
        return roles is ANYBODY or self.role in {str(role.value) for role in roles}

    def wanted(self) -> set[str]:
        rules = self.site.app.url_map.iter_rules()
        return {rule.endpoint for rule in rules if "GET" in (rule.methods or ()) and self.may(rule.endpoint)}

    def _starts(self) -> Iterator[str]:
        """Every address of the application, filled with what exists; and what only a moment leads to."""
        if self.role in ("reporter", "coordinator"):
            yield f"/rapportera/kvitto/{self.visitor.file_report()}"
        with self.site.database.read() as session:
            for item in session.scalars(select(AgendaItem).order_by(AgendaItem.id)):
                yield f"/forum/{LSG}/moten/{item.meeting_id}/arenden/{item.id}/beslut"
            answered = select(Report.reference).where(Report.state == ReportState.ANSWERED).order_by(Report.id)
            yield from (f"/granska/{reference}/svar" for reference in session.scalars(answered))
        yield from gaps(self.site, self.site.app.url_map.iter_rules())

    def _go(self) -> None:
        waiting, seen, often = ["/", *self._starts()], set[str](), Counter[str]()
        while waiting:
            address = waiting.pop(0).split("#")[0]
            endpoint = self._endpoint(address, "GET")
            if address in seen or endpoint is None or not self.may(endpoint) or address.startswith(ENDS):
                continue
            seen.add(address)
            if often[endpoint] >= EACH:
                continue
            found = self.visitor.get(address, buffered=True)
            waiting += [found.location] if found.location else []
            self.reached |= {endpoint} if found.status_code in (200, 302) else set()
            if found.status_code != 200:
                continue
            if found.mimetype == "text/html":
                often[endpoint] += 1
                self.pages.setdefault(endpoint, address)
                self.texts[address] = found.text
                forms, links = forms_of(address, found.text)
                waiting += links
                for form in forms:
                    posted = str(self._endpoint(form.action, "POST"))
                    self.forms.setdefault((posted, tuple(sorted(form.texts))), form)

    def _endpoint(self, address: str, method: str) -> str | None:
        try:
            return str(self._adapter.match(address.split("?")[0], method=method)[0])
        except HTTPException:
            return None


class Look:
    """A browser that is signed in, and what was wrong with the pages it saw."""

    def __init__(self, browser: Browser, address: str, role: str) -> None:
        self.page: Page = browser.new_page(base_url=address, locale="sv-SE", viewport={"width": WIDTH, "height": 800})
        self.faults: list[str] = []
        self.page.on("console", lambda message: self._hear(message.type, message.text))
        self.page.on("request", lambda request: self._fetch(request.url, address))
        if role != "stranger":
            self.page.goto("/logga-in")
            self.page.fill("#email", address_of(PERSON[role]))
            self.page.fill("#password", PASSWORD)
            self.page.click("main button[type=submit]")
            self.page.wait_for_url(lambda url: "/logga-in" not in url)

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not MET_ELSEWHERE.search(text):
            self.faults.append(f"{self.page.url}: {text}")

    def _fetch(self, url: str, address: str) -> None:
        if not url.startswith(address):
            self.faults.append(f"{self.page.url} fetched {url}")

    def visit(self, address: str, status: int = 200) -> None:
        self.judge(self.page.goto(address), address, status)

    def judge(self, answer: Response | None, what: str, *statuses: int) -> None:
        if answer is None or answer.status not in statuses:
            self.faults.append(f"{what}: {answer.status if answer else 'no answer'}")
        for rule in Axe().run(self.page).response["violations"]:
            self.faults.append(f"{what}: {rule['id']} {rule['nodes'][0]['html'][:200]}")
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        self.faults += [f"{what}: {wide} px wide at {WIDTH}"] if wide > WIDTH else []

    def send_wrong(self, form: WebForm) -> None:
        """Fill every text of a form with what is refused, past the browser's own checks, and send it."""
        self.page.goto(form.page)
        with self.page.expect_navigation() as sending:
            self.page.evaluate(SEND, [form.action, list(form.texts), WRONG])
        self.judge(sending.value, f"{form.page} -> {form.action}", 200, 409, 422, 429)


SEND = """([action, texts, words]) => {
    const holds = form => form.method === 'post' && texts.every(name => form.elements[name]);
    const forms = [...document.forms].filter(holds);
    const form = forms.find(form => form.getAttribute('action') === action) || forms[0];
    for (const name of texts) form.elements[name].value = words;
    HTMLFormElement.prototype.submit.call(form);
}"""
UNPROVEN = """() => {
    const form = [...document.forms].find(form => form.elements.csrf_token);
    form.elements.csrf_token.value = '';
    HTMLFormElement.prototype.submit.call(form);
}"""


@ON_ONE
@pytest.mark.timeout(400)  # axe takes its time, on every page and every form
@pytest.mark.parametrize("role", ["stranger", *PERSON])
def test_every_page_and_every_error_is_accessible_and_keeps_to_the_policy(
    busy: Site, browser: Browser, role: str
) -> None:
    crawl = Crawl(busy, role)
    with served(busy) as address:
        look = Look(browser, address, role)
        for place in crawl.pages.values():
            look.visit(place)
        for form in crawl.forms.values():
            if form.texts:
                look.send_wrong(form)
        look.page.close()
    assert look.faults == []
    assert crawl.wanted() - crawl.reached - ELSEWHERE.keys() == WITH_POST.get(role, set())


@ON_ONE
def test_the_pages_of_failures_and_of_links_in_mail_are_accessible_too(site: Site, browser: Browser) -> None:
    site.app.view_functions["pages.about"] = lambda: str(1 // 0)
    with site.database.write() as session:
        user = session.scalars(select(User).where(User.email == address_of("reporter"))).one()
        token = order_token(session, user.id, Purpose.RESET, site.moment)
        session.flush()
        words = make_token(session, token.id)
    with served(site) as address:
        look = Look(browser, address, "reporter")
        look.visit("/nej", 404)
        look.visit("/oversikt?period=%00", 404)
        look.visit("/om", 500)
        look.visit("/losenord/nej", 410)
        look.visit(f"/losenord/{words}")
        look.page.goto("/konto")
        with look.page.expect_navigation() as sending:
            look.page.evaluate(UNPROVEN)
        look.judge(sending.value, "a form without its token", 400)
        look.page.close()
    assert look.faults == []
