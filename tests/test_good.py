"""What worked is told in the same form, counts for itself, and stands beside what failed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from models import Classification, Draft, MonthCount, MonthPairCount, Outbox, Report
from models.count_queries import Window, about_month_sums, category_sums, good_sums, pair_sums
from models.report import ReportKind, ReportState
from schemas.months import month_of
from tests.site import TEXT, Site
from tests.workshop import Workshop

GOOD = "/rapportera?om=fungerade"


def test_the_form_asks_about_what_worked(site: Site) -> None:
    reporter = site.sign_in("reporter")
    page, usual = reporter.get(GOOD).text, reporter.get("/rapportera").text
    for words in ("Berätta om samverkan som fungerade", "Vilken verksamhet fungerade samverkan med?", "Vad fungerade?"):
        assert words in page
        assert words not in usual
    for name in ("consequence", "reporter_category", "raised_directly"):
        assert f'name="{name}"' in usual
        assert f'name="{name}"' not in page
    assert 'name="kind" value="good"' in page
    assert 'name="kind" value="deviation"' in usual


def test_the_other_form_keeps_everything_that_was_typed(site: Site) -> None:
    reporter = site.sign_in("reporter")
    more = {"consequence": "delayed", "raised_directly": "yes", "recurrence": "some", "suggestion": "Möten."}
    other = reporter.send(do="good", description="Kort.", **more)
    assert other.status_code == 200
    assert "Berätta om samverkan som fungerade" in other.text
    kept = dict(re.findall(r'type="hidden" name="(consequence|raised_directly)" value="([^"]*)"', other.text))
    assert kept == {"consequence": "delayed", "raised_directly": "yes"}
    back = reporter.send(do="deviation", kind="good", description="Kort.", **more).text
    assert 'name="kind" value="deviation"' in back
    for page in (other.text, back):
        assert "Kort.</textarea>" in page
        assert "Möten.</textarea>" in page
        for field, code in (("counterpart", "psykiatri"), ("occurred", "week"), ("recurrence", "some")):
            assert re.search(f'name="{field}" value="{code}"[^>]* checked', page)
    assert re.search('value="delayed"[^>]* checked', back)
    assert (site.count(Report), site.count(Draft)) == (0, 0)


def test_no_answer_more_is_needed(site: Site) -> None:
    reporter = site.sign_in("reporter")
    response = reporter.post("/rapportera", data={
        "area": "savsjo", "reporting_unit": "forsorjningsstod", "counterpart": "psykiatri", "description": TEXT,
        "occurred": "week", "kind": "good", **reporter.tokens(GOOD),
    })  # fmt: skip
    assert response.status_code == 303
    receipt = reporter.get(response.location).text
    assert "Tack för att du berättar vad som fungerar" in receipt
    assert "Läses senast 23 november 2026" in receipt
    assert "Besvaras senast" not in receipt
    report = site.only_report()
    assert (report.kind, report.state, report.answer_due_on) == (ReportKind.GOOD, ReportState.RECEIVED, None)
    assert report.receiver_id is not None


def test_what_is_asked_about_failings_is_not_stored(site: Site) -> None:
    more = {"consequence": ["delayed"], "reporter_category": "rules", "raised_directly": "yes", "suggestion": "Möten."}
    site.sign_in("reporter").file_report(kind="good", **more)
    report = site.only_report()
    assert (report.consequences, report.reporter_category, report.raised_directly) == ([], None, None)
    assert report.suggestion == "Möten."


def test_a_mistake_keeps_the_kind_and_the_text(site: Site) -> None:
    reporter = site.sign_in("reporter")
    page = reporter.send(kind="good", occurred=None)
    assert page.status_code == 422
    assert "Vad fungerade?" in page.text
    assert TEXT in page.text
    assert 'name="kind" value="good"' in page.text


def test_a_draft_keeps_the_kind(site: Site) -> None:
    reporter = site.sign_in("reporter")
    assert reporter.send(kind="good", do="draft").status_code == 303
    assert "Vad fungerade?" in reporter.get("/rapportera?utkast=1").text


@pytest.mark.parametrize("kind", ["", None, "deviation"])
def test_a_form_without_a_kind_is_about_a_failing(site: Site, kind: str | None) -> None:
    site.sign_in("reporter").file_report(kind=kind)
    assert site.only_report().kind is ReportKind.DEVIATION


def test_a_kind_that_does_not_exist_is_refused(site: Site) -> None:
    assert site.sign_in("reporter").send(kind="great").status_code == 422


def test_it_is_not_classified_and_counts_for_itself(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = Workshop(site, monkeypatch)
    reporter = site.sign_in("reporter")
    reporter.file_report()
    for _ in range(2):
        reporter.file_report(kind="good")
    with site.database.read() as session:
        assert len(session.scalars(select(Outbox)).all()) == 1
        for job in session.scalars(select(Outbox)):
            shop.bells.append((job.task.value, job.subject_id))
    shop.count()
    with site.database.read() as session:
        rows = session.execute(select(MonthCount.reports, MonthCount.awaiting, MonthCount.good)).all()
        pairs = session.execute(select(MonthPairCount.reports, MonthPairCount.good)).all()
    assert [tuple(row) for row in rows] == [(1, 1, 2)]
    assert [tuple(row) for row in pairs] == [(1, 2)]
    assert site.count(Classification) == 0


def test_where_only_good_is_told_nothing_chafes(site: Site) -> None:
    """No row of the heat map, the categories or the trends stands there with a zero."""
    site.sign_in("reporter").file_report(kind="good")
    site.recount()
    report = site.only_report()
    window = Window([report.area_id], month_of(site.moment), month_of(site.moment))
    with site.database.read() as session:
        assert (pair_sums(session, window), category_sums(session, window)) == ({}, {})
        assert about_month_sums(session, window) == {}
        assert good_sums(session, window) == {report.about_unit_id: 1}


def test_the_dashboard_shows_it_and_leads_to_as_many_reports(site: Site) -> None:
    reporter = site.sign_in("reporter")
    reporter.file_report()
    for counterpart in ("psykiatri", "psykiatri", "sjukpenning"):
        reporter.file_report(kind="good", counterpart=counterpart)
    site.recount()
    coordinator = site.sign_in("coordinator")
    card = coordinator.get("/oversikt").text.split('id="good-heading"')[1].split("</section>")[0]
    links: list[Any] = re.findall(r'<a href="([^"]+)">[^<]+</a><span class="lh-meta">(\d+) rapport', card)
    assert [int(count) for _, count in links] == [2, 1]
    for address, count in links:
        page = coordinator.get(address.replace("&amp;", "&")).text
        assert "Det som fungerade" in page
        assert page.count('class="lh-title"') == int(count)
    assert "Visa alla 3" in card


def test_the_lists_of_failings_and_of_what_worked_are_apart(site: Site) -> None:
    reporter = site.sign_in("reporter")
    failed, worked = reporter.file_report(), reporter.file_report(kind="good")
    site.recount()
    coordinator = site.sign_in("coordinator")
    usual, good = coordinator.get("/avvikelser").text, coordinator.get("/avvikelser?slag=fungerade").text
    assert (failed in usual, worked in usual) == (True, False)
    assert (failed in good, worked in good) == (False, True)
    assert "1 rapport<" in good
    assert 'name="kategori"' not in good
    assert worked in coordinator.get("/avvikelser.csv?slag=fungerade").text
    assert coordinator.get("/avvikelser?slag=annat").status_code == 404
    shown = coordinator.get(f"/avvikelser/{worked}").text
    assert "Rapporten handlar om något som fungerade" in shown


def test_what_worked_is_not_late_for_an_answer(site: Site) -> None:
    site.sign_in("reporter").file_report(kind="good")
    site.advance(days=200)
    page = site.sign_in("coordinator").get("/avvikelser?status=sena&period=allt").text
    assert "0 avvikelser" in page
