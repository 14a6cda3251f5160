"""What the audit means for a summary: what is hidden is in no byte of it, and the decision is frozen."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import undefer

from models import Area, Forum, Report, Summary
from models.month_count import mark_slice
from models.report import ReportState
from models.snapshot_history import freeze_history
from models.summary import SummaryKind, SummaryState, next_version, order_summary
from schemas.disclosure import LEFT_OUT, Reason
from tests.forums import Room, room
from tests.pdf_text import read_pages, read_streams
from tests.site import Site
from tests.summaries import Row, busy_rows, make_snapshot
from tests.summary_pages import web_page
from tests.workshop import Workshop
from worker import pdf, tasks
from worker.disclosure import ProgrammeError, programme
from worker.page import write_page
from worker.summary import weigh, write_summary

__all__ = ["room"]  # a fixture
OCTOBER = date(2026, 10, 1)
QUIET = [("kommun", "region", ago, "contact_route", 30, 9) for ago in range(24)]


def hidden_rows(count: int, people: int) -> list[Row]:
    """A pair and a category of their own beside many others."""
    return [*QUIET, ("fk", "af", 5, "rules", count, people)]


# What is hidden


@pytest.mark.parametrize(("one", "other"), [((1, 1), (2, 2)), ((47, 2), (46, 2))])
def test_worlds_that_differ_in_hidden_numbers_give_the_same_bytes(one: tuple[int, int], other: tuple[int, int]) -> None:
    """So the numbers are in no text, no alternative text, no drawing and no metadata."""
    files = [pdf.render_summary(write_summary(make_snapshot(hidden_rows(*facts)))) for facts in (one, other)]
    assert files[0] == files[1]


def test_what_is_withheld_and_why_is_not_part_of_what_is_printed() -> None:
    snapshot = weigh(make_snapshot(hidden_rows(47, 2)))
    content = write_summary(snapshot)
    rows = {(row["table"], row["cell"]): row["reason"] for row in snapshot["withheld"]}
    assert rows["Kartan", "från Försäkringskassan om Arbetsförmedlingen"] == Reason.FEW_REPORTERS
    assert set(rows.values()) <= set(Reason)
    document = pdf.render_summary(content)
    for told in (json.dumps(content, ensure_ascii=False), write_page(content), " ".join(read_pages(document))):
        assert not re.search(r"\b47\b", told)
        assert not any(word in told for word in ("withheld", "printed", *map(str, Reason)))
    assert not any(str(reason).encode() in read_streams(document) for reason in Reason)


def test_a_map_that_is_mostly_hidden_gives_way_to_a_sentence_on_paper_and_screen() -> None:
    codes = ("kommun", "af", "fk", "region")
    rows = [(one, other, 3, "rules", 2, 2) for one in codes for other in codes]
    content = write_summary(make_snapshot(rows))
    assert content["left_out"]["heat_map"] == LEFT_OUT
    assert LEFT_OUT in write_page(content)
    assert 'class="heat"' not in write_page(content)
    assert {cell["number"]["text"] for row in content["heat_map"]["rows"] for cell in row["cells"]} == {"<5"}


def test_a_map_that_a_year_cannot_fill_shows_two_years_and_says_so() -> None:
    codes = ("kommun", "af", "fk", "region")
    rows: list[Row] = [(one, other, ago, "rules", 4, 4) for one in codes for other in codes for ago in (3, 15)]
    snapshot = weigh(make_snapshot(rows))
    content = write_summary(snapshot)
    assert snapshot["map_months"] == 24
    assert "heat_map" not in content["left_out"]
    assert content["heat_map"]["first_month"] == "december 2024"
    assert "Kartan visar två år" in content["heat_map"]["reading"]
    assert {cell["number"]["text"] for row in content["heat_map"]["rows"] for cell in row["cells"]} == {"10", "0"}
    assert "december 2024–november 2026" in write_page(content)
    one_year = weigh(make_snapshot([row for row in rows if row[2] == 3]))
    assert "map_months" not in one_year
    assert write_summary(one_year)["left_out"]["heat_map"] == LEFT_OUT


def test_a_year_of_single_reports_still_tells_the_month() -> None:
    content = write_summary(make_snapshot([("kommun", "region", ago, "rules", 2, 2) for ago in range(12)]))
    assert content["left_out"]["trend"] == LEFT_OUT
    assert {month["number"]["text"] for month in content["trend"]["months"]} == {"<5"}
    for page in (write_page(content), web_page(content, None)):
        assert LEFT_OUT in page
        assert not re.search(r'Samma tal i en tabell|Visa som tabell|<table class="months">', page)
    quiet = write_page(write_summary(make_snapshot([])))
    assert ("Samma tal i en tabell" in quiet, "Rapporter per månad, avrundade till närmaste fem." in quiet) == (
        False,
        True,
    )


# What is frozen


def test_a_weighed_snapshot_is_written_without_the_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    """So another version of it, years later, cannot change a word."""
    snapshot = json.loads(json.dumps(weigh(make_snapshot([*busy_rows(), ("fk", "af", 5, "rules", 3, 3)]))))
    content = write_summary(snapshot)
    monkeypatch.setattr(programme, "milp", None)
    assert write_summary(snapshot) == content
    with pytest.raises(TypeError):
        write_summary({name: part for name, part in snapshot.items() if name != "withheld"})


def test_the_decision_can_be_checked_from_the_snapshot_alone() -> None:
    snapshot = weigh(make_snapshot([*busy_rows(), ("fk", "af", 5, "rules", 3, 3)]))
    bare = {name: part for name, part in snapshot.items() if name not in ("withheld", "printed", "known")}
    assert weigh(bare) == snapshot


# What readers have seen before


@pytest.fixture
def shop(site: Site, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    site.add_reports(60)
    monkeypatch.setattr(pdf, "render_summary", lambda _content: b"%PDF-1.7")
    return Workshop(site, monkeypatch)


def build(shop: Workshop, code: str = "lsg-savsjo", month: date = OCTOBER) -> Summary:
    with shop.site.database.write() as session:
        forum_id = session.scalars(select(Forum.id).where(Forum.code == code)).one()
        version = next_version(session, forum_id, SummaryKind.MONTHLY, month)
        summary_id = order_summary(session, forum_id, SummaryKind.MONTHLY, month, version, shop.site.moment)
    assert summary_id
    tasks.build_summary(summary_id)
    return stored(shop, summary_id)


def stored(shop: Workshop, summary_id: int) -> Summary:
    with shop.site.database.read() as session:
        whole = [undefer(Summary.snapshot), undefer(Summary.content)]
        return session.get_one(Summary, summary_id, options=whole)


def history(summary: Summary) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (summary.snapshot or {})["history"]
    return found


def test_a_summary_is_audited_with_the_earlier_ones_of_its_area_and_federation(shop: Workshop) -> None:
    first = build(shop)
    assert history(first) == []
    assert [entry["areas"] for entry in history(build(shop, month=date(2026, 9, 1)))] == [["Sävsjö"]]
    assert len(history(build(shop, "styrgrupp-samverk-savsjo"))) == 2
    assert ["Sävsjö"] in [entry["areas"] for entry in history(build(shop, "hoglandet-styrelsen"))]
    assert [entry["areas"] for entry in history(build(shop, "lsg-tranas"))] == [["Tranås", "*"]]


def test_the_history_holds_what_was_printed_and_no_exact_count(shop: Workshop) -> None:
    build(shop)
    [entry] = history(build(shop, month=date(2026, 9, 1)))
    printed = [cell[-1] for table in entry["tables"] for cell in table["cells"]]
    assert printed
    assert all(text in set(Reason) or int(text) % 5 == 0 for text in printed)


def test_a_report_that_is_taken_back_makes_its_counts_unknown_anew(shop: Workshop) -> None:
    build(shop)
    with shop.site.database.write() as session:
        here = (Area.name == "Sävsjö", Report.month.between(date(2025, 11, 1), OCTOBER))
        report = session.scalars(select(Report).join(Report.area).where(*here).limit(1)).one()
        month, category = report.month.isoformat(), report.category
        session.execute(update(Report).where(Report.id == report.id).values(state=ReportState.MERGED))
        mark_slice(session, report.area_id, report.month)
    shop.site.recount()
    [entry] = history(build(shop))
    assert ["Sävsjö", None, None, category, month, 0] in entry["moved"]
    assert len(entry["moved"]) == 3  # its pair, its category, and both


def test_two_drafts_of_one_audience_know_of_each_other(shop: Workshop) -> None:
    first = build(shop)
    with shop.site.database.read() as session:
        assert freeze_history(session, session.get_one(Summary, first.id)) == []
    second = build(shop, "styrgrupp-samverk-savsjo")
    with shop.site.database.read() as session:
        assert len(freeze_history(session, session.get_one(Summary, first.id))) == 1
    assert len(history(second)) == 1


def test_a_solver_without_an_answer_fails_the_build_with_a_reason(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Nothing:
        success, message = False, "time limit reached"

    monkeypatch.setattr(programme, "milp", lambda *_, **__: Nothing())
    with pytest.raises(ProgrammeError):
        build(shop)
    with shop.site.database.read() as session:
        summary = session.scalars(select(Summary).options(undefer(Summary.content))).one()
    assert (summary.state, summary.fault, summary.content) == (SummaryState.FAILED, tasks.NOT_WEIGHED, None)


# Screens of others than the area's coordinator


def test_an_administrator_reads_the_numbers_of_an_agenda_as_its_members_do(room: Room) -> None:
    meeting_id = room.meeting()
    references = [room.report(paraphrase="Hemlig omskrivning.") for _ in range(3)]
    room.item(meeting_id, *references)
    address = f"/forum/lsg-savsjo/moten/{meeting_id}"
    assert "3 rapporter" in room.site.sign_in("coordinator").get(address).text
    for name in ("administrator", "member"):
        page = room.site.sign_in(name).get(address).text
        assert "&lt;5 rapporter" in page
        assert "3 rapporter" not in page
        assert not any(reference in page for reference in references)


def test_only_the_coordinator_sees_how_many_reports_wait_for_a_forum(room: Room) -> None:
    for _ in range(3):
        room.report()
    for address in ("/forum", "/forum/lsg-savsjo"):
        told = {name: room.site.sign_in(name).get(address).text for name in ("coordinator", "administrator", "member")}
        assert "väntar på" in told["coordinator"]
        assert "väntar på" not in told["administrator"] + told["member"]
