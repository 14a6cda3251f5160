"""The coordinator's list: filters, pages, the table for a spreadsheet, and one report."""

from __future__ import annotations

import csv
import html
import io
import re
from typing import Any

from sqlalchemy import select

from models import Classification, Report
from models.month_count import mark_slice
from models.report import ReportState
from tests.site import TEXT, Site, Visitor

HEADINGS = ["Referens", "Mottagen", "Kommunområde", "Från", "Om", "Kategori", "När det hände", "Status"]
ROW = re.compile(r'class="lh-meta">(LH-\d{4}-\d{4})')
# What a spreadsheet would calculate, or run (CWE-1236); with what the cell must hold instead.
FORMULAS = [
    *("=cmd|' /C calc'!A0", '=HYPERLINK("https://evil.example","Klicka")', "+1+1", "-2+3", "-SUM(1+1)", "=1;=2"),
    *(' =1+1"', "＝1+1", "＋1", "－1", "＝SUM(1)", "\u00a0=1+1", '"=1+1"', "'=1+1", "Kriminalvården; öst"),
]


def table(visitor: Visitor, choice: str = "") -> list[list[str]]:
    """The CSV as a spreadsheet reads it."""
    text = visitor.get(f"/avvikelser.csv?{choice}").data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def references(page: str) -> list[str]:
    """The reports of a page of the list, from the top."""
    return ROW.findall(page)


def change(site: Site, reference: str, **values: Any) -> None:
    """Change a report past the site, and count it anew."""
    with site.database.write() as session:
        report = session.scalars(select(Report).where(Report.reference == reference)).one()
        for name, value in values.items():
            setattr(report, name, value)
        mark_slice(session, report.area_id, report.month)
    site.recount()


def test_each_filter_leaves_what_it_says(site: Site) -> None:
    visitor, coordinator = site.sign_in("reporter"), site.sign_in("coordinator")
    first = visitor.file_report()
    second = visitor.file_report(area="aneby", counterpart="sjukpenning", reporting_unit="arbetsmarknadsenhet")
    change(site, second, state=ReportState.IN_REVIEW, category="rules")
    site.recount()
    only_first = ("omrade=savsjo", "fran=forsorjningsstod", "om=psykiatri", "om=region", "status=nya")
    only_second = ("omrade=aneby", "fran=arbetsmarknadsenhet", "om=fk", "status=granskade", "kategori=rules")
    for choices, found in ((only_first, first), (only_second, second)):
        for choice in choices:
            assert references(coordinator.get(f"/avvikelser?{choice}").text) == [found], choice
    both = ("", "fran=kommun", "period=1m", "period=2026-11", "period=allt", "kategori=&omrade=&status=")
    for choice in both:
        assert references(coordinator.get(f"/avvikelser?{choice}").text) == [second, first], choice
    for choice in ("period=forra", "omrade=savsjo&om=fk", "fran=af"):
        page = coordinator.get(f"/avvikelser?{choice}").text
        assert references(page) == []
        assert "Inga avvikelser för det här urvalet. Prova en längre period eller rensa filter." in page


def test_unknown_filters_are_404(site: Site) -> None:
    coordinator = site.sign_in("coordinator")
    for choice in ("omrade=nassjo", "period=x", "kategori=x", "status=x", "fran=x", "om=x", "niva=part", "x=1"):
        for address in ("/avvikelser", "/avvikelser.csv"):
            assert coordinator.get(f"{address}?{choice}").status_code == 404, (address, choice)


def test_pages_hold_every_report_once(site: Site) -> None:
    site.add_reports(130)
    coordinator = site.sign_in("coordinator")
    listed: list[str] = []
    address: str | None = "/avvikelser?period=allt&omrade=savsjo"
    while address:
        page = coordinator.get(address).text
        listed += references(page)
        found = re.search(r'<a href="([^"]*)" rel="next"', page)
        address = html.unescape(found.group(1)) if found else None
    everything = [row[0] for row in table(coordinator, "period=allt&omrade=savsjo")[1:]]
    assert listed == everything
    assert len(set(listed)) == len(listed) > 50


def test_a_page_beyond_the_last_shows_the_last(site: Site) -> None:
    site.add_reports(90)
    coordinator = site.sign_in("coordinator")
    assert "Sida 2 av 2" in coordinator.get("/avvikelser?period=allt&sida=9999").text
    assert "Sida 1 av 2" in coordinator.get("/avvikelser?period=allt&sida=-3").text


def test_the_csv_opens_right_in_a_swedish_spreadsheet(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    coordinator = site.sign_in("coordinator")
    assert coordinator.get("/avvikelser.csv").data.startswith(b"\xef\xbb\xbfReferens;Mottagen;")
    row = [reference, "2026-11-16", "Sävsjö", "Försörjningsstöd", "Psykiatrimottagning", "Behöver bedömas"]
    assert table(coordinator) == [HEADINGS, [*row, "Den senaste veckan", "Mottagen"]]


def test_the_csv_holds_no_free_text(site: Site) -> None:
    words = {"description": "Hemlig händelse med minst tjugo tecken.", "suggestion": "Hemligt förslag"}
    site.sign_in("reporter").file_report(**words, wants_feedback="1", feedback_email="hemlig@example.org")
    text = site.sign_in("coordinator").get("/avvikelser.csv").text
    assert "emlig" not in text
    assert "@" not in text


def test_nobodys_words_become_a_formula(site: Site) -> None:
    visitor = site.sign_in("reporter")
    for words in FORMULAS:
        visitor.file_report(counterpart="annan", counterpart_other=words, pii_confirmed="1")
    rows = table(site.sign_in("coordinator"))[1:]
    cells = [row[4] for row in reversed(rows)]
    assert [len(row) for row in rows] == [len(HEADINGS)] * len(FORMULAS)
    for words, cell in zip(FORMULAS, cells, strict=True):
        assert cell.removeprefix("'").strip() in words
        assert not cell.lstrip(" \u00a0").startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))


def test_a_report_is_read_by_the_areas_coordinator_with_everything_that_was_answered(site: Site) -> None:
    reference = site.sign_in("reporter").file_report(
        other_actors=["primarvard"],
        occurred_on="2026-11-10",
        consequence=["delayed"],
        recurrence="often",
        reporter_category="handover",
        suggestion="En gemensam brevlåda.",
        may_paraphrase="1",
    )
    page = html.unescape(site.sign_in("coordinator").get(f"/avvikelser/{reference}").text).replace("\xad", "")
    for words in (TEXT, "Försörjningsstöd, Sävsjö", "Psykiatrimottagning", "Primärvård", "10 november 2026", "Ofta"):
        assert words in page, words
    for words in ("Insats blev försenad", "En gemensam brevlåda.", "har inte bedömts än"):
        assert words in page, words
    for name in ("reporter", "member", "administrator", "neighbour", "far-coordinator"):
        assert site.sign_in(name).get(f"/avvikelser/{reference}").status_code == 404, name


def test_a_suggestion_is_shown_as_one_with_its_reasons(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    with site.database.write() as session:
        facts = {"confidence": 0.85, "abstained": False, "reasons": ["remissen"], "alternatives": [("rules", 0.1)]}
        report_id = session.scalars(select(Report.id)).one()
        row = Classification(report_id=report_id, model_version="1", category="handover", made_at=site.moment, **facts)
        session.add(row)
    page = html.unescape(site.sign_in("coordinator").get(f"/avvikelser/{reference}").text)
    assert "Förslag: " in page
    assert "hög säkerhet" in page
    assert "hög säkerhet säkerhet" not in page
    assert "remissen" in page


def test_a_report_that_was_taken_back_or_merged_is_not_listed_nor_counted(site: Site) -> None:
    visitor, coordinator = site.sign_in("reporter"), site.sign_in("coordinator")
    kept, merged, taken_back = (visitor.file_report() for _ in range(3))
    change(site, merged, state=ReportState.MERGED)
    change(site, taken_back, state=ReportState.WITHDRAWN)
    page = coordinator.get("/avvikelser").text
    assert references(page) == [kept]
    assert "1 avvikelse</h2>" in page
