"""The clocks of review and answer: what is late is seen, and how long it takes is told in one sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, text

from models import Area, Report, Turnaround
from models.clock_queries import late_for_answer
from tests.desk import decide
from tests.feedback import write_answer
from tests.site import Site, open_site


def tile(page: str) -> str:
    """The text of the tile of what waits for an answer."""
    before = page.split("Svar försenat")[0]
    return before.rsplit("<b>", 1)[1].split("</b>")[0]


def test_what_is_late_for_its_answer_is_on_the_dashboard_and_in_the_list(site: Site) -> None:
    reporter = site.sign_in("reporter")
    late, answered, closed = reporter.file_report(), reporter.file_report(), reporter.file_report()
    good = reporter.file_report(kind="good")
    coordinator = site.sign_in("coordinator")
    write_answer(coordinator, site, answered)
    decide(coordinator, site, closed, destination="no_forum", reason="Löst.")
    site.advance(days=60)
    site.recount()
    coordinator = site.sign_in("coordinator")
    assert tile(coordinator.get("/oversikt").text) == "0", "the last day is still in time"
    site.advance(days=1)
    coordinator = site.sign_in("coordinator")
    page = coordinator.get("/oversikt").text
    assert tile(page) == "1"
    assert "2 har väntat för länge" in page, "the late one and the one of what worked"
    assert "Av 1 som väntar på svar" in page
    listed = coordinator.get("/avvikelser?status=sena&period=allt").text
    assert late in listed
    assert "1 avvikelse<" in listed
    for other in (answered, closed, good):
        assert other not in listed


def test_what_is_late_is_found_by_its_index(site: Site) -> None:
    query = select(Report.id).where(Report.area_id.in_([1, 2]), late_for_answer(date(2026, 11, 16))).limit(1000)
    with site.database.read() as session:
        sqlite = session.get_bind().dialect.name == "sqlite"
        if not sqlite:  # A small table is read from end to end, whatever indexes it has.
            session.execute(text("SET enable_seqscan = off"))
        words = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        plan = session.execute(text(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{words}")).all()
    assert "ix_report_unanswered" in str(plan)


def test_the_two_clocks_are_settings(site: Site) -> None:
    parts = site.app.extensions["lexheller"]
    clocks = replace(parts.settings, review_days=1, answer_days=10)
    site.app.extensions["lexheller"] = replace(parts, settings=clocks)
    reporter = site.sign_in("reporter")
    reference = reporter.file_report()
    report = site.only_report()
    assert (report.review_due_on, report.answer_due_on) == (date(2026, 11, 17), date(2026, 11, 26))
    receipt = reporter.get(f"/rapportera/kvitto/{reference}").text
    assert "Granskas senast 17 november 2026" in receipt
    assert "Besvaras senast 26 november 2026" in receipt


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "Det är för få rapporter för att säga hur lång tid ett svar tar."),
        ([(4, 12.0)], "Det är för få rapporter för att säga hur lång tid ett svar tar."),
        ([(5, None)], "Färre än hälften av rapporterna har fått svar"),
        ([(5, 12.4)], "Hälften av rapporterna får svar inom 12 dagar."),
        ([(5, 0.2)], "Hälften av rapporterna får svar inom en dag."),
        (
            [(5, 12.4), (50, 30.0)],
            "Hälften av rapporterna får svar inom 12 till 30 dagar, olika i olika kommunområden.",
        ),
    ],
)
def test_one_sentence_tells_how_long_it_takes(
    sqlite_site_url: str, tmp_path: Path, rows: list[tuple[int, float | None]], sentence: str
) -> None:
    with open_site(sqlite_site_url, tmp_path) as site:
        with site.database.write() as session:
            areas = session.scalars(select(Area.id).where(Area.code.in_(("savsjo", "aneby"))).order_by(Area.id))
            for area_id, (reports, days) in zip(list(areas), rows, strict=False):
                session.add(Turnaround(area_id=area_id, computed_at=site.moment, reports=reports, answer_days=days))
        assert sentence in site.sign_in("coordinator").get("/oversikt").text
